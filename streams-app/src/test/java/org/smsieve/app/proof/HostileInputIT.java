package org.smsieve.app.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.TinyBundle;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.CheckpointException;
import org.smsieve.checkpoint.Safetensors;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.message.Inbound;
import org.smsieve.message.InboundReader;
import org.smsieve.message.InputFormat;
import org.smsieve.registry.Announcement;
import org.smsieve.registry.AnnouncementException;
import org.smsieve.registry.PromotionRule;

/**
 * What comes from outside, cut, bent and made up: it is read or cleanly refused, and takes no more memory than its own
 * size accounts for.
 */
@Tag("proof")
@Timeout(7200)
class HostileInputIT {
    private static final int INPUTS = Scale.of(1_500, 200_000);
    /** What a refusal with its stack trace and the parsers' own buffers may take, and how often an input is copied. */
    private static final long ALLOWED_BYTES = 4 << 20;

    private static final long ALLOWED_COPIES = 100;

    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ":",
            ",",
            "null",
            "-1",
            "1e999",
            "99999999999999999999",
            "0.5",
            "\\u0000",
            "\\",
            "../",
            "\u0000",
            "\ud83d\ude00".substring(0, 1),
            "é",
            "[[[[[[[[",
            "{\"a\":",
            "true",
            "NaN",
            "\n");

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path directory;

    private interface Reading {
        /** Reads an input; a clean refusal is one of the errors caught here. */
        boolean isRead(byte[] input) throws Exception;
    }

    /** Some changes to a valid input, or bytes at random. */
    private static byte[] hostile(byte[] valid, Random random) {
        if (random.nextInt(20) == 0) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            return bytes;
        }
        byte[] bytes = valid;
        for (int change = 0; change <= random.nextInt(4); change++) {
            int from = random.nextInt(bytes.length + 1);
            int to = Math.min(bytes.length, from + random.nextInt(12));
            byte[] middle = switch (random.nextInt(5)) {
                case 0 -> new byte[0];
                case 1 -> PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8);
                case 2 -> new byte[] {(byte) random.nextInt(256)};
                case 3 ->
                    PIECES.get(random.nextInt(PIECES.size()))
                            .repeat(random.nextInt(2_000))
                            .getBytes(UTF_8);
                default -> Arrays.copyOfRange(bytes, 0, from);
            };
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(Arrays.copyOf(bytes, from));
            out.writeBytes(middle);
            if (random.nextInt(10) > 0) {
                out.writeBytes(Arrays.copyOfRange(bytes, to, bytes.length));
            }
            bytes = out.toByteArray();
        }
        return bytes;
    }

    private static void tryAll(String kind, byte[] valid, Reading reading) throws Exception {
        // In CI always the same: what fails there, the change at hand has broken.
        Random random = Scale.SOAK ? Seed.random(kind) : new Random(kind.hashCode());
        assertThat(reading.isRead(valid)).as("the valid one").isTrue();
        int read = 0;
        long most = 0;
        for (int i = 0; i < INPUTS; i++) {
            byte[] input = hostile(valid, random);
            try {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                read += reading.isRead(input) ? 1 : 0;
                long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
                most = Math.max(most, allocated);
                assertThat(allocated).as("bytes allocated").isLessThan(ALLOWED_BYTES + ALLOWED_COPIES * input.length);
            } catch (Throwable e) {
                String hex = HexFormat.of().formatHex(Arrays.copyOf(input, Math.min(input.length, 2_000)));
                throw new AssertionError(kind + " number " + i + ", " + input.length + " bytes: " + hex, e);
            }
        }
        System.out.printf(
                "proof: %d hostile inputs, %s: %d read, %d refused, at most %d kB allocated for one%n",
                INPUTS, kind, read, INPUTS - read, most >> 10);
    }

    @Test
    void announcements() throws Exception {
        Announcement served = Announcement.serve(
                "sms", "1", "file:///registry/sms/1/", "ab".repeat(32), Map.of("test", Map.of("a", 1)), Instant.EPOCH);
        Announcement valid = served.asShadow(0.5, new PromotionRule(10, 0.9, 2), served);

        tryAll("announcements", valid.toJson(), input -> {
            try {
                return Announcement.parse(input) != null;
            } catch (AnnouncementException e) {
                assertThat(e.getMessage()).hasSizeLessThan(1_000).doesNotContain("\n");
                return false;
            }
        });
    }

    @Test
    void values() throws Exception {
        byte[] valid = "{\"id\":7,\"more\":[1.50,{\"text\":\"no\"}],\"sms\":{\"text\":\"see you \\u00e9 🎉\"}}"
                .getBytes(UTF_8);
        for (InputFormat format :
                List.of(new InputFormat.Text(), new InputFormat.Json(JsonPointer.compile("/sms/text")))) {
            InboundReader reader = new InboundReader(format, 1 << 20);

            tryAll("values as " + format.getClass().getSimpleName(), valid, input -> {
                Inbound inbound = reader.read(input);
                if (inbound instanceof Inbound.Unreadable unreadable) {
                    assertThat(unreadable.reason()).isNotEqualTo(DeadLetterReason.DEFECT);
                    return false;
                }
                return true;
            });
        }
    }

    @Test
    void weights() throws Exception {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],"
                + "\"data_offsets\":[0,24]},\"b\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[24,26]}}";
        byte[] valid = ByteBuffer.allocate(8 + header.length() + 26)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length())
                .put(header.getBytes(UTF_8))
                .array();
        Path file = directory.resolve("model.safetensors");

        tryAll("safetensors", valid, input -> {
            Files.write(file, input);
            try {
                Safetensors weights = Safetensors.open(file);
                for (String name : weights.names()) {
                    weights.read(name);
                }
                return true;
            } catch (CheckpointException | IOException e) {
                return false;
            }
        });
    }

    @Test
    void bundles() throws Exception {
        Path bundle = TinyBundle.of("tiny", "1", 1).write(directory.resolve("bundle"));

        for (String file : List.of(Bundle.MANIFEST_FILE, Checkpoint.CONFIG_FILE)) {
            byte[] valid = Files.readAllBytes(bundle.resolve(file));
            tryAll(file, valid, input -> {
                Files.write(bundle.resolve(file), input);
                try {
                    if (file.equals(Bundle.MANIFEST_FILE)) {
                        Bundle.readManifest(bundle.resolve(file));
                    } else {
                        Checkpoint.open(bundle);
                    }
                    return true;
                } catch (CheckpointException | IOException e) {
                    return false;
                }
            });
            Files.write(bundle.resolve(file), valid);
        }
    }
}
