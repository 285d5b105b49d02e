package org.smsieve.app.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** One of the page's files, from the class path. A browser that has it already is told so. */
final class PageFile implements HttpHandler {
    private final byte[] content;
    private final String type;
    private final String tag;

    PageFile(String name, String type) {
        this.type = type;
        try (InputStream in = PageFile.class.getResourceAsStream(name)) {
            content = in.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            tag = '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("ETag", tag);
        if (exchange.getRequestHeaders()
                .getOrDefault("If-None-Match", List.of())
                .contains(tag)) {
            try (exchange) {
                exchange.sendResponseHeaders(Answers.NOT_MODIFIED, -1);
            }
        } else {
            Answers.send(exchange, Answers.OK, type, content);
        }
    }
}
