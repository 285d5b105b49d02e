package org.smsieve.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.smsieve.app.microbatch.BatchLimits;
import org.smsieve.app.microbatch.MicroBatcher;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.text.Tokenizer;
import org.smsieve.text.Tokens;

/**
 * How long a message takes that comes alone, while the engine has nothing else to do: medians.
 *
 * @param engineMillis from the text to the verdict: the tokeniser, the engine's queue and thread, the model
 * @param forwardMillis one forward pass on the same tokens, on the caller's thread, up to its logits
 */
record LoneMessage(double engineMillis, double forwardMillis) {
    private static final int LEAST = 10;
    private static final BatchLimits LIMITS = new BatchLimits(1, 8_192, Duration.ofMinutes(2));

    /**
     * Measures both by turns, over one message after the other.
     *
     * @param classifier closed when this returns
     * @param seconds the least time that it takes
     */
    static LoneMessage measure(Gpt2Classifier classifier, List<String> texts, double seconds) {
        Tokenizer tokenizer = Tokenizer.gpt2();
        Histogram engine = new Histogram(3);
        Histogram forward = new Histogram(3);
        Tokens canary = tokenizer.encode(texts.get(0));
        try (MicroBatcher batcher = MicroBatcher.start(classifier, canary, LIMITS, (batch, verdicts, nanos) -> {})) {
            long begun = System.nanoTime();
            for (int i = 0; i < LEAST || System.nanoTime() - begun < seconds * 1e9; i++) {
                String text = texts.get(i % texts.size());
                Tokens tokens = tokenizer.encode(text);
                long start = System.nanoTime();
                // Meanwhile the engine's thread, which owns the classifier, waits for a message.
                classifier.logits(tokens);
                long between = System.nanoTime();
                batcher.await(batcher.submit(tokenizer.encode(text)));
                engine.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - between));
                forward.recordValue(TimeUnit.NANOSECONDS.toMicros(between - start));
            }
        }
        return new LoneMessage(median(engine), median(forward));
    }

    /** How many times its forward pass a message takes. */
    double ratio() {
        return engineMillis / forwardMillis;
    }

    private static double median(Histogram micros) {
        return micros.getValueAtPercentile(50) / 1000.0;
    }
}
