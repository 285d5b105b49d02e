package org.smsieve.download;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** An HTTP server that also misbehaves: each connection is for one request, and gets the next of the given answers. */
public final class ScriptedServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Thread acceptor = new Thread(this::serve, "scripted-server");
    private final List<Answer> answers;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * What a client asked for.
     *
     * @param target the second word of the request's first line
     * @param headers by their names in lower case
     */
    public record Request(String target, Map<String, String> headers) {}

    /** Writes all that the client is to get; then the connection is closed. */
    @FunctionalInterface
    public interface Answer {
        /** Answers one request. */
        void write(Request request, OutputStream out) throws IOException;
    }

    /** A server on a free port of this machine; the last answer is given again and again. */
    public ScriptedServer(Answer... answers) throws IOException {
        this.answers = List.of(answers);
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /** The file in one piece, or the part that is asked for. */
    public static Answer file(byte[] content, String etag) {
        return (request, out) -> {
            String range = request.headers().get("range");
            String condition = request.headers().get("if-range");
            if (range == null || (condition != null && !condition.equals(etag))) {
                head(out, "200 OK", "ETag: " + etag, "Content-Length: " + content.length);
                out.write(content);
                return;
            }
            int from = Integer.parseInt(range.replaceAll("\\D", ""));
            if (from >= content.length) {
                head(out, "416 Range Not Satisfiable", "Content-Range: bytes */" + content.length, "Content-Length: 0");
                return;
            }
            head(
                    out,
                    "206 Partial Content",
                    "ETag: " + etag,
                    "Content-Range: bytes " + from + "-" + (content.length - 1) + "/" + content.length,
                    "Content-Length: " + (content.length - from));
            out.write(content, from, content.length - from);
        };
    }

    /** The file's first bytes, then the end of the connection. */
    public static Answer broken(byte[] content, String etag, int bytes) {
        return (request, out) -> {
            head(out, "200 OK", "ETag: " + etag, "Content-Length: " + content.length);
            out.write(content, 0, bytes);
        };
    }

    /** A status and headers without a body. */
    public static Answer status(String status, String... headers) {
        return (request, out) -> {
            String[] all = Arrays.copyOf(headers, headers.length + 1);
            all[headers.length] = "Content-Length: 0";
            head(out, status, all);
        };
    }

    /** The file's first bytes, then nothing for as long as the server runs. */
    public Answer stalled(byte[] content, int bytes) {
        return (request, out) -> {
            head(out, "200 OK", "Content-Length: " + content.length);
            out.write(content, 0, bytes);
            out.flush();
            try {
                closed.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        };
    }

    /** Writes a response's head. */
    public static void head(OutputStream out, String status, String... headers) throws IOException {
        String head = "HTTP/1.1 " + status + "\r\n" + String.join("\r\n", headers) + "\r\nConnection: close\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
    }

    /** The address of a path that begins with a slash. */
    public URI address(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    /** Where it listens. */
    public int port() {
        return socket.getLocalPort();
    }

    /** What was asked for so far, in order. */
    public List<Request> requests() {
        return requests;
    }

    /** Returns when connections are refused: a thread that still waits for one keeps the port open, and takes it. */
    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread thread = new Thread(() -> answer(connection), "scripted-server-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            Request request = read(connection);
            Answer answer;
            synchronized (requests) {
                answer = answers.get(Math.min(requests.size(), answers.size() - 1));
                requests.add(request);
            }
            answer.write(request, connection.getOutputStream());
        } catch (IOException e) {
            // The client may go away whenever it likes; what it got is seen on its side.
            return;
        }
    }

    private static Request read(Socket connection) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
        String target = reader.readLine().split(" ", -1)[1];
        Map<String, String> headers = new TreeMap<>();
        for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Request(target, headers);
    }
}
