package org.smsieve.trainer.baseline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Runs of words or of characters in a text, in lower case. */
enum Ngrams {
    /** One word, or two next to each other. */
    WORDS {
        @Override
        Map<String, Integer> counts(String text) {
            List<String> words = WORD.matcher(text.toLowerCase(Locale.ROOT))
                    .results()
                    .map(MatchResult::group)
                    .toList();
            Map<String, Integer> counts = new LinkedHashMap<>();
            for (int i = 0; i < words.size(); i++) {
                counts.merge(words.get(i), 1, Integer::sum);
                if (i > 0) {
                    counts.merge(words.get(i - 1) + " " + words.get(i), 1, Integer::sum);
                }
            }
            return counts;
        }
    },
    /** Two to five characters, spaces among them; runs of spaces count as one. */
    CHARACTERS {
        @Override
        Map<String, Integer> counts(String text) {
            int[] characters = SPACES.matcher(text.toLowerCase(Locale.ROOT))
                    .replaceAll(" ")
                    .codePoints()
                    .toArray();
            Map<String, Integer> counts = new LinkedHashMap<>();
            for (int length = SHORTEST; length <= LONGEST; length++) {
                for (int begin = 0; begin + length <= characters.length; begin++) {
                    counts.merge(new String(characters, begin, length), 1, Integer::sum);
                }
            }
            return counts;
        }
    };

    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACES = Pattern.compile("\\s\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final int SHORTEST = 2;
    private static final int LONGEST = 5;

    /** How often each stands in a text, in the order of their first places. */
    abstract Map<String, Integer> counts(String text);
}
