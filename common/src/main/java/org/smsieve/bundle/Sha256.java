package org.smsieve.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 digests (FIPS 180-4) in lower-case hexadecimal. */
public final class Sha256 {
    private static final int CHUNK_BYTES = 1 << 16;

    private Sha256() {}

    /** The digest of a file's bytes. */
    public static String of(Path file) throws IOException {
        MessageDigest digest = newDigest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * The digest of a checkpoint's weights: of one file's bytes; of several files that of the list which
     * {@code sha256sum} prints of them in this order, a line each of digest, two spaces and name.
     */
    public static String of(List<Path> files) throws IOException {
        if (files.size() == 1) {
            return of(files.get(0));
        }
        StringBuilder list = new StringBuilder();
        for (Path file : files) {
            list.append(of(file)).append("  ").append(file.getFileName()).append('\n');
        }
        return of(list.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The digest of these bytes, one array after the other. */
    public static String of(byte[]... contents) {
        MessageDigest digest = newDigest();
        for (byte[] content : contents) {
            digest.update(content);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
