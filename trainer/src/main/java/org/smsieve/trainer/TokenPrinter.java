package org.smsieve.trainer;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

/** Prints tokens as text, one after the other. A character that a token ends inside of waits until it is whole. */
final class TokenPrinter implements AutoCloseable {
    private final Tokenizer tokenizer;
    private final PrintWriter out;
    private final List<Integer> pending = new ArrayList<>();

    TokenPrinter(Tokenizer tokenizer, PrintWriter out) {
        this.tokenizer = tokenizer;
        this.out = out;
    }

    /** Prints the next token. */
    void print(int token) {
        pending.add(token);
        // So begins a character whose bytes are not all there; what is none at all shows when more tokens come.
        if (!pendingText().endsWith("\uFFFD")) {
            close();
        }
    }

    /** Prints what is still waiting. */
    @Override
    public void close() {
        out.print(pendingText());
        out.flush();
        pending.clear();
    }

    private String pendingText() {
        return tokenizer.decode(
                Tokens.of(pending.stream().mapToInt(Integer::intValue).toArray()));
    }
}
