package org.smsieve.download;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smsieve.bundle.Sha256;

/** One file's way into {@link Download#partial}, over as many connections as it takes. For one thread. */
final class Transfer {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");
    private static final int REQUEST_TIMEOUT = 408;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient client;
    private final Patience patience;
    private final Download download;
    private final Path partial;
    private final DownloadProgress progress;

    /** What the server calls this state of the file, in order not to join parts of two; null if it does not say. */
    private String validator;
    /** Whether bytes were joined on the mere hope that the file is the one they began with. */
    private boolean joinedUnseen;

    private boolean answered;

    /** The connection broke, or the server has a bad moment: another attempt may succeed. */
    private static final class PassingException extends IOException {
        private static final long serialVersionUID = 1L;

        PassingException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    Transfer(HttpClient client, Patience patience, Download download, DownloadProgress progress) {
        this.client = client;
        this.patience = patience;
        this.download = download;
        this.partial = download.partial();
        this.progress = progress;
    }

    /** Returns when all of the file is there and its checksum, if known, is right. */
    void run() throws IOException, InterruptedException {
        if (download.sha256() == null) {
            Files.deleteIfExists(partial);
        }
        transfer();
        String found = checksum();
        if (joinedUnseen && !Objects.equals(found, download.sha256())) {
            Files.delete(partial);
            joinedUnseen = false;
            transfer();
            found = checksum();
        }
        if (!Objects.equals(found, download.sha256())) {
            Files.delete(partial);
            throw new ChecksumException(
                    download.address() + ": sha256 " + found + " (expected: " + download.sha256() + "; deleted)");
        }
    }

    private void transfer() throws IOException, InterruptedException {
        int failures = 0;
        long most = size();
        while (true) {
            try {
                attempt();
                return;
            } catch (PassingException e) {
                failures = size() > most ? 1 : failures + 1;
                most = Math.max(most, size());
                if (!answered || failures >= patience.attempts()) {
                    throw new DownloadException(download.address() + ": " + e.getMessage(), e);
                }
                Thread.sleep(patience.pauseAfter(failures).toMillis());
            }
        }
    }

    private void attempt() throws IOException, InterruptedException {
        long offset = validator == null && download.sha256() == null ? 0 : size();
        HttpRequest.Builder request = HttpRequest.newBuilder(download.source()).header("User-Agent", "smsieve");
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-");
            if (validator != null) {
                request.header("If-Range", validator);
            }
        }
        HttpResponse<BodyChunks> response = send(request.build());
        answered = true;
        try (BodyChunks body = response.body()) {
            switch (response.statusCode()) {
                case 200 -> {
                    validator = validator(response);
                    receive(
                            body,
                            0,
                            response.headers()
                                    .firstValueAsLong("Content-Length")
                                    .orElse(-1));
                }
                case 206 -> resume(response, body, offset);
                case RANGE_NOT_SATISFIABLE -> {
                    // All of it may be there since an earlier process, which the checksum tells.
                    if (offset == 0 || download.sha256() == null) {
                        Files.deleteIfExists(partial);
                        throw new PassingException("HTTP status 416 to a sound request", null);
                    }
                    joinedUnseen = true;
                }
                default -> refuse(response.statusCode());
            }
        }
    }

    private void resume(HttpResponse<BodyChunks> response, BodyChunks body, long offset)
            throws IOException, InterruptedException {
        Matcher range = CONTENT_RANGE.matcher(
                response.headers().firstValue("Content-Range").orElse(""));
        String current = validator(response);
        boolean fits = range.matches() && Long.parseLong(range.group(1)) == offset;
        if (!fits || (validator != null && current != null && !current.equals(validator))) {
            Files.deleteIfExists(partial);
            throw new PassingException("the server sent another part or file than asked for", null);
        }
        if (validator == null) {
            joinedUnseen = true;
            validator = current;
        }
        receive(body, offset, range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2)));
    }

    private void refuse(int status) throws IOException {
        if (status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS || status >= 500) {
            throw new PassingException("HTTP status " + status, null);
        }
        throw new DownloadException(download.address() + ": " + Failures.status(status));
    }

    private HttpResponse<BodyChunks> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<BodyChunks>> answer = client.sendAsync(request, info -> new BodyChunks());
        try {
            return answer.get(patience.silence().plus(patience.connect()).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new PassingException("no answer", e);
        } catch (ExecutionException e) {
            // An answer that is not HTTP makes the client throw all sorts of exceptions.
            throw new PassingException(Failures.noAnswer(e.getCause(), download.source(), client.proxy()), e);
        } finally {
            answer.cancel(true);
        }
    }

    /** Writes the body from {@code offset} on, over what is there. */
    private void receive(BodyChunks body, long offset, long total) throws IOException, InterruptedException {
        if (total > download.maxBytes()) {
            throw tooLarge(total + " bytes");
        }
        long bytes = offset;
        try (FileChannel file = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.truncate(offset).position(offset);
            for (var chunk = next(body); !chunk.isEmpty(); chunk = next(body)) {
                for (ByteBuffer buffer : chunk) {
                    bytes += buffer.remaining();
                    if (bytes > download.maxBytes()) {
                        throw tooLarge("more bytes");
                    }
                    write(buffer, file);
                }
                progress.received(bytes, total);
            }
            file.force(true);
        }
        if (total >= 0 && bytes != total) {
            throw new PassingException("ended after " + bytes + " of " + total + " bytes", null);
        }
    }

    private void write(ByteBuffer buffer, FileChannel file) throws IOException {
        try {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException e) {
            throw new IOException(partial + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private List<ByteBuffer> next(BodyChunks body) throws PassingException, InterruptedException {
        try {
            return body.next(patience.silence());
        } catch (IOException e) {
            throw new PassingException("the connection broke: " + e.getMessage(), e);
        }
    }

    private DownloadException tooLarge(String found) throws IOException {
        Files.deleteIfExists(partial);
        return new DownloadException(
                download.address() + ": " + found + " (expected: at most " + download.maxBytes() + " bytes)");
    }

    private String checksum() throws IOException {
        return download.sha256() == null ? null : Sha256.of(partial);
    }

    private long size() throws IOException {
        return Files.exists(partial) ? Files.size(partial) : 0;
    }

    /** A strong entity tag, or the date: what {@code If-Range} takes (RFC 9110, 13.1.5). */
    private static String validator(HttpResponse<?> response) {
        Optional<String> tag = response.headers().firstValue("ETag").filter(t -> !t.startsWith("W/"));
        return tag.or(() -> response.headers().firstValue("Last-Modified")).orElse(null);
    }
}
