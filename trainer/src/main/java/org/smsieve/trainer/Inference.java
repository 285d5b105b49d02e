package org.smsieve.trainer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import me.tongfei.progressbar.ProgressBar;
import org.smsieve.bundle.Bundle;
import org.smsieve.bundle.GoldenExample;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Gpt2Classifier;
import org.smsieve.gpt2.Precision;
import org.smsieve.text.Tokenizer;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.evaluate.Predictions;
import org.smsieve.trainer.finetune.Finetuner;
import org.smsieve.trainer.finetune.LabelledTokens;

/**
 * What a model says of messages before it is written.
 *
 * @param bundle the weights as they will be stored
 * @param device what to compute on, as in {@link ComputeOptions}
 */
record Inference(Bundle bundle, Tokenizer tokenizer, String device) {
    /** Texts written for this purpose: the data set's own are not for everyone to publish. */
    private static final List<String> GOLDEN_TEXTS = List.of(
            "Hey, just wanted to check if we're still on for dinner tonight? Let me know!",
            "You are a winner you have been specially selected to receive $1000 cash or a $2000 award.",
            "running 10 min late, order me a flat white pls x",
            "URGENT! Call 09000000000 from a landline to claim your complimentary holiday. T&Cs apply",
            "");

    /** Of the stored weights, as the app computes. */
    Map<String, Predictions> predictions(Map<String, Dataset> parts, Precision precision) throws IOException {
        try (Gpt2Classifier classifier = open(precision)) {
            return each(parts, (messages, bar) -> Predictions.of(classifier, tokenizer, messages, bar::stepTo));
        }
    }

    /** Of the weights just trained, which takes only the trained blocks where the finetuner kept the states below. */
    Map<String, Predictions> predictions(Map<String, Dataset> parts, Finetuner finetuner) {
        return each(parts, (messages, bar) -> {
            List<LabelledTokens> tokens = LabelledTokens.of(messages, tokenizer);
            // Some parts are parts of others.
            finetuner.prepare(tokens, done -> {});
            return finetuner.predict(tokens, bar::stepBy);
        });
    }

    private static Map<String, Predictions> each(
            Map<String, Dataset> parts, BiFunction<Dataset, ProgressBar, Predictions> predict) {
        Map<String, Predictions> predictions = new LinkedHashMap<>();
        parts.forEach((part, messages) -> {
            try (ProgressBar bar = Console.progressBar("evaluate " + part, messages.size())) {
                predictions.put(part, predict.apply(messages, bar));
            }
        });
        return predictions;
    }

    /** The stored weights' logits of some texts, in fp32. */
    List<GoldenExample> golden() throws IOException {
        List<GoldenExample> golden = new ArrayList<>();
        try (Gpt2Classifier classifier = open(Precision.FP32)) {
            for (String text : GOLDEN_TEXTS) {
                List<Double> logits = new ArrayList<>();
                for (float logit : classifier.logits(tokenizer.encode(text))) {
                    logits.add((double) logit);
                }
                golden.add(new GoldenExample(text, logits));
            }
        }
        return golden;
    }

    private Gpt2Classifier open(Precision precision) throws IOException {
        return Gpt2Classifier.open(bundle, new ComputeOptions(device, precision.label()));
    }
}
