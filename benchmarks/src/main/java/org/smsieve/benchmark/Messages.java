package org.smsieve.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smsieve.app.demo.DemoMessages;
import org.smsieve.command.UserException;
import org.smsieve.text.Tokenizer;

/**
 * Texts to classify. They are made of the words of the demo's messages, as long in tokens as real messages are, and no
 * two are the same: what remembers texts gains nothing. For use by one thread.
 */
final class Messages {
    private static final Pattern WORD = Pattern.compile("\\p{L}+");

    /** So few short texts are there that some lengths run out: then a longer one is made. */
    private static final int ATTEMPTS = 20;

    private final Random random = new Random(1);
    private final Tokenizer tokenizer = Tokenizer.gpt2();
    /** Words by how many tokens they take at the beginning of a text, and after a space. */
    private final Map<Integer, List<String>> first = new HashMap<>();

    private final Map<Integer, List<String>> later = new HashMap<>();
    private final Set<String> made = new HashSet<>();

    Messages() {
        Set<String> words = new TreeSet<>();
        for (byte[] message : DemoMessages.builtIn()) {
            Matcher matcher = WORD.matcher(new String(message, StandardCharsets.UTF_8));
            while (matcher.find()) {
                words.add(matcher.group());
            }
        }
        for (String word : words) {
            first.computeIfAbsent(tokenizer.encode(word).length(), tokens -> new ArrayList<>())
                    .add(word);
            later.computeIfAbsent(tokenizer.encode(" " + word).length(), tokens -> new ArrayList<>())
                    .add(" " + word);
        }
    }

    /** Texts of the lengths of real messages, in random order. */
    List<String> texts(int count) {
        return MessageLengths.of(count, random).stream().map(this::text).toList();
    }

    /** Texts of one length in tokens. */
    List<String> texts(int count, int tokens) {
        return random.ints(count).mapToObj(i -> text(tokens)).toList();
    }

    /**
     * Texts of a file: a message a line, of which what stands before a tab is left out, over and over until there are
     * enough.
     *
     * @throws UserException if there are none
     */
    static List<String> read(Path file, int count) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file).stream()
                    .map(line -> line.substring(line.indexOf('\t') + 1))
                    .toList();
        } catch (IOException e) {
            throw new UserException(
                    "--data: " + file + ": cannot be read (" + e + "; expected: a message a line, in UTF-8)", e);
        }
        if (lines.isEmpty()) {
            throw new UserException("--data: " + file + ": is empty (expected: a message a line)");
        }
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(lines.get(i % lines.size()));
        }
        return texts;
    }

    private String text(int tokens) {
        for (int length = tokens; ; length++) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                String text = any(length);
                if (made.add(text)) {
                    return text;
                }
            }
        }
    }

    /** Words are letters alone, so that the tokeniser splits at the spaces and their tokens add up. */
    private String any(int tokens) {
        StringBuilder text = new StringBuilder();
        int left = tokens;
        while (left > 0) {
            Map<Integer, List<String>> words = text.isEmpty() ? first : later;
            // Of a length that any word may have, the short ones more often, and not more than what is left.
            int length = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(Math.min(left, 3));
            List<String> choice = words.get(length);
            text.append(choice.get(random.nextInt(choice.size())));
            left -= length;
        }
        return text.toString();
    }
}
