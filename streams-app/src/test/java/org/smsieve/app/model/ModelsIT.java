package org.smsieve.app.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.config.AppConfig;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.ComputeOptions;
import org.smsieve.classifier.Verdict;
import org.smsieve.command.UserException;
import org.smsieve.text.Tokenizer;

class ModelsIT {
    @Test
    void opensTheModelBuiltIn() {
        Tokenizer tokenizer = Tokenizer.gpt2();
        try (BatchClassifier classifier =
                new Models(new AppConfig.Model(Optional.empty(), ComputeOptions.AUTO)).configured()) {
            List<Verdict> verdicts = classifier.classify(List.of(
                    tokenizer.encode("You are a winner you have been specially selected to receive $1000 cash or a"
                            + " $2000 award."),
                    tokenizer.encode("Hey, just wanted to check if we're still on for dinner tonight? Let me know!")));

            assertThat(verdicts).extracting(Verdict::label).containsExactly("spam", "ham");
        }
    }

    @Test
    void saysWhatIsWrongWithABundle(@TempDir Path directory) {
        Path absent = directory.resolve("absent");
        AppConfig.Model model = new AppConfig.Model(Optional.of(absent), ComputeOptions.AUTO);

        assertThatThrownBy(() -> new Models(model).configured())
                .isInstanceOf(UserException.class)
                .hasMessage("model: " + absent + ": cannot be opened (no such directory (expected: a bundle))");
    }
}
