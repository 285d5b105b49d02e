package org.smsieve.trainer;

import java.util.Locale;
import java.util.Map;
import org.smsieve.bundle.Manifest;
import org.smsieve.trainer.evaluate.Evaluation;

/** Writes a bundle's {@code README.md}: what the model is, how good it is and how it was made, for a person to read. */
final class ModelCard {
    private ModelCard() {}

    /** The card, with the front matter that model hubs read. */
    static String of(Manifest manifest, Map<String, Evaluation> evaluations, String command) {
        StringBuilder card = new StringBuilder();
        card.append("---\nlibrary_name: transformers\npipeline_tag: text-classification\n");
        card.append("tags:\n- sms\n- spam-detection\n- gpt2\n---\n");
        card.append("# ").append(manifest.model()).append("\n\n");
        card.append("A GPT-2 that labels SMS messages ").append(String.join(", ", manifest.labels()));
        card.append(". It reads up to ").append(manifest.maxTokens()).append(" tokens of a message and judges by the ");
        card.append(manifest.pooling().toString().replace('-', ' ')).append(".");
        if (manifest.decisionThreshold() != null) {
            card.append(String.format(
                    Locale.ROOT,
                    " A message is labelled %s if its probability of that is at least %s.",
                    manifest.decisionThreshold().label(),
                    manifest.decisionThreshold().probability()));
        }
        card.append("\n\n## Figures\n\n| messages | number | accuracy |");
        manifest.labels().forEach(label -> card.append(" F1 ").append(label).append(" |"));
        card.append("\n| --- | ---: | ---: |")
                .append(" ---: |".repeat(manifest.labels().size()));
        card.append('\n');
        evaluations.forEach((part, evaluation) -> {
            card.append(String.format(
                    Locale.ROOT, "| %s | %,d | %.2f %% |", part, evaluation.messages(), 100 * evaluation.accuracy()));
            evaluation
                    .labels()
                    .forEach(label -> card.append(String.format(Locale.ROOT, " %.4f |", evaluation.f1(label))));
            card.append('\n');
        });
        card.append("\n## How it was made\n\n```\n").append(command).append("\n```\n\n| | |\n| --- | --- |\n");
        row(card, "base", manifest.base().name());
        row(
                card,
                "data",
                manifest.data().name() + ", sha256 `" + manifest.data().sha256() + "`");
        row(card, "seed", manifest.seed());
        manifest.hyperParameters().forEach((name, value) -> row(card, name, value));
        row(card, "precision", manifest.precision());
        card.append("\n## Limits\n\nThe figures hold for messages like those it was trained on. Others, of another");
        card.append(" country, language or time, it may well judge wrongly.\n");
        return card.toString();
    }

    private static void row(StringBuilder card, String name, Object value) {
        card.append("| ").append(name).append(" | ").append(value).append(" |\n");
    }
}
