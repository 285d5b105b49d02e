package org.smsieve.text;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;

/**
 * GPT-2's byte-level BPE ({@code r50k_base}). Special tokens are never read from a text: {@code <|endoftext|>} standing
 * in a message is encoded as ordinary characters. Safe for use by several threads.
 *
 * @see <a href="https://github.com/openai/gpt-2/blob/master/src/encoder.py">encoder.py of GPT-2</a>
 */
public final class Tokenizer {
    /** The number of distinct tokens, {@value}. */
    public static final int VOCABULARY_SIZE = 50_257;

    /** The id of {@code <|endoftext|>}, {@value}: padding, and the one token an empty text is classified by. */
    public static final int END_OF_TEXT = 50_256;

    private final Encoding encoding;

    private Tokenizer(Encoding encoding) {
        this.encoding = encoding;
    }

    /** The tokeniser of GPT-2. The vocabulary is read once a process, in some tens of milliseconds. */
    public static Tokenizer gpt2() {
        return new Tokenizer(Vocabulary.R50K);
    }

    /**
     * Encodes a text.
     *
     * @param text any text; an unpaired surrogate is encoded as {@code ?}
     * @return its tokens, none for an empty text
     */
    public Tokens encode(String text) {
        return Tokens.wrap(encoding.encodeOrdinary(text).toArray());
    }

    /**
     * The text that the tokens stand for. Tokens that end inside a character give U+FFFD there.
     *
     * @param tokens ids in [0, {@link #VOCABULARY_SIZE})
     */
    public String decode(Tokens tokens) {
        IntArrayList ids = new IntArrayList(tokens.length());
        for (int i = 0; i < tokens.length(); i++) {
            ids.add(tokens.id(i));
        }
        return encoding.decode(ids);
    }

    private static final class Vocabulary {
        static final Encoding R50K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
    }
}
