package org.smsieve.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Safetensors;
import org.smsieve.parity.Fixture;
import org.smsieve.text.Tokens;

class FinetunerIT {
    private static final float TOLERANCE = 1e-4f;

    @ParameterizedTest
    @EnumSource(names = {"LAST_BLOCK", "ALL"})
    void stepsAsPytorchDoes(Trainable trainable) throws IOException {
        Path fixture = Fixture.checkpoint("training");
        JsonNode expected = Fixture.json("training/expected.json");
        JsonNode run = expected.get("runs").get(trainable.toString());
        FinetuneOptions options =
                Options.plain(trainable, 1, expected.get("optimizer").get("lr").doubleValue());
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), options)) {
            for (int step = 0; step < expected.get("batches").size(); step++) {
                double loss = finetuner.step(batch(expected.get("batches").get(step)));

                assertThat(loss).isCloseTo(run.get("losses").get(step).doubleValue(), within((double) TOLERANCE));
            }

            Checkpoint result = finetuner.result();
            Safetensors weights =
                    Safetensors.open(fixture.resolve(run.get("weights").asText()));
            for (String name : result.config().parameters().keySet()) {
                float[] found = result.tensor(name).values();
                float[] wanted = weights.read(name.startsWith("score") ? name : "transformer." + name)
                        .values();
                for (int i = 0; i < found.length; i++) {
                    if (!isKeyBias(name, i, found.length)) {
                        assertThat(found[i]).as("%s[%d]", name, i).isCloseTo(wanted[i], within(TOLERANCE));
                    }
                }
            }
        }
    }

    /** The keys' bias has no gradient but rounding, which AdamW scales up to steps of any size. */
    private static boolean isKeyBias(String name, int index, int size) {
        return name.endsWith("c_attn.bias") && index >= size / 3 && index < 2 * size / 3;
    }

    @ParameterizedTest
    @EnumSource(Trainable.class)
    void trainsNothingThatIsFrozen(Trainable trainable) throws IOException {
        Checkpoint base = base();
        try (Finetuner finetuner = new Finetuner(base, Device.cpu(), Options.plain(trainable, 2, 1e-3))) {
            List<LabelledTokens> messages = messages(12);
            finetuner.prepare(messages, () -> {});

            finetuner.train(messages, quiet());

            Checkpoint result = finetuner.result();
            for (String name : base.config().parameters().keySet()) {
                boolean changed = !Arrays.equals(
                        base.tensor(name).values(), result.tensor(name).values());
                assertThat(changed).as(name).isEqualTo(trainable.trains(name, base.config()));
            }
        }
    }

    @Test
    void learnsWhatCanBeLearned() throws IOException {
        List<LabelledTokens> messages = messages(60);
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.plain(Trainable.ALL, 10, 2e-3))) {
            Figures before = finetuner.evaluate(messages);

            finetuner.train(messages, quiet());

            Figures after = finetuner.evaluate(messages);
            assertThat(before.accuracy()).isLessThan(0.9);
            assertThat(after.accuracy()).isEqualTo(1);
            assertThat(after.loss()).isLessThan(before.loss() / 4);
        }
    }

    @Test
    void gainsNothingFromPreparingButTime() throws IOException {
        List<LabelledTokens> messages = messages(12);
        List<Double> prepared = losses(messages, true);
        List<Double> unprepared = losses(messages, false);

        for (int i = 0; i < prepared.size(); i++) {
            assertThat(prepared.get(i)).isCloseTo(unprepared.get(i), within(1e-5));
        }
    }

    @Test
    void givesTheSameWeightsForTheSameSeed() throws IOException {
        float[][] weights = new float[2][];
        for (int i = 0; i < 2; i++) {
            try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.random(0.1))) {
                finetuner.train(messages(20), quiet());
                weights[i] = finetuner.result().tensor("wte.weight").values();
            }
        }

        assertThat(weights[0]).isEqualTo(weights[1]);
    }

    private static List<Double> losses(List<LabelledTokens> messages, boolean prepare) throws IOException {
        List<Double> losses = new ArrayList<>();
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.plain(Trainable.LAST_BLOCK, 2, 1e-3))) {
            if (prepare) {
                finetuner.prepare(messages, () -> {});
            }
            finetuner.train(messages, new Finetuner.Progress() {
                @Override
                public void step(int step, double loss) {
                    losses.add(loss);
                }

                @Override
                public void epoch(int epoch) {}
            });
        }
        return losses;
    }

    private static Checkpoint base() throws IOException {
        return Checkpoint.open(Fixture.checkpoint("sequence-classification"));
    }

    /** Messages whose label is whether token 1, 2 or neither stands in them. */
    private static List<LabelledTokens> messages(int count) {
        Random random = new Random(3);
        List<LabelledTokens> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = random.ints(1 + random.nextInt(10), 3, 150).toArray();
            int label = i % 3;
            if (label > 0) {
                ids[random.nextInt(ids.length)] = label;
            }
            messages.add(new LabelledTokens(Tokens.of(ids), label));
        }
        return messages;
    }

    private static List<LabelledTokens> batch(JsonNode batch) {
        List<Tokens> sequences = Fixture.sequences(batch.get("sequences"));
        int[] labels = Fixture.ints(batch.get("labels"));
        List<LabelledTokens> messages = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            messages.add(new LabelledTokens(sequences.get(i), labels[i]));
        }
        return messages;
    }

    private static Finetuner.Progress quiet() {
        return new Finetuner.Progress() {
            @Override
            public void step(int step, double loss) {}

            @Override
            public void epoch(int epoch) {}
        };
    }
}
