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
import org.smsieve.gpt2.Lora;
import org.smsieve.gpt2.Precision;
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
                double loss =
                        finetuner.step(List.of(batch(expected.get("batches").get(step))), 1);

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
            if (finetuner.hasFrozenBlocks()) {
                finetuner.prepare(messages, done -> {});
            }

            finetuner.train(messages, List.of(), QUIET);

            Checkpoint result = finetuner.result();
            for (String name : base.config().parameters().keySet()) {
                boolean changed = !Arrays.equals(
                        base.tensor(name).values(), result.tensor(name).values());
                boolean adapted = trainable == Trainable.LORA && Lora.adapts(name);
                assertThat(changed).as(name).isEqualTo(adapted || trainable.trains(name, base.config()));
            }
        }
    }

    @Test
    void learnsWhatCanBeLearned() throws IOException {
        List<LabelledTokens> messages = messages(60);
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.plain(Trainable.ALL, 10, 2e-3))) {
            Figures before = finetuner.evaluate(messages);

            finetuner.train(messages, List.of(), QUIET);

            Figures after = finetuner.evaluate(messages);
            assertThat(before.accuracy()).isLessThan(0.9);
            assertThat(after.accuracy()).isEqualTo(1);
            assertThat(after.loss()).isLessThan(before.loss() / 4);
        }
    }

    @Test
    void gainsNothingFromTheCacheButTime() throws IOException {
        FrozenOptions noCache = new FrozenOptions(Precision.FP32, 0);
        FrozenOptions small = new FrozenOptions(Precision.FP32, 4000);
        List<Double> cached = losses(Options.plain(Trainable.LAST_BLOCK, 2, 1e-3));

        for (FrozenOptions frozen : List.of(noCache, small)) {
            List<Double> computed = losses(Options.plain(Trainable.LAST_BLOCK, 2, 1e-3, 1, Selection.LAST, frozen));

            for (int i = 0; i < cached.size(); i++) {
                assertThat(computed.get(i)).isCloseTo(cached.get(i), within(1e-5));
            }
        }
    }

    @Test
    void averagesTheGradientsOfAccumulatedBatches() throws IOException {
        List<LabelledTokens> messages = messages(8);
        List<Double> whole = losses(Options.plain(Trainable.ALL, 3, 1e-3), messages);

        List<Double> accumulated =
                losses(Options.plain(Trainable.ALL, 3, 1e-3, 2, Selection.LAST, Options.CACHE), messages);

        assertThat(accumulated).hasSize(whole.size());
        for (int i = 0; i < whole.size(); i++) {
            assertThat(accumulated.get(i)).isCloseTo(whole.get(i), within(1e-5));
        }
    }

    @Test
    void mergesAdaptersIntoTheWeightsTheyStandBeside() throws IOException {
        List<LabelledTokens> messages = messages(30);
        FinetuneOptions options = Options.plain(Trainable.LORA, 5, 1e-2);
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), options)) {
            Figures before = finetuner.evaluate(messages);
            finetuner.train(messages, List.of(), QUIET);
            Figures trained = finetuner.evaluate(messages);

            try (Finetuner merged =
                    new Finetuner(finetuner.result(), Device.cpu(), Options.plain(Trainable.ALL, 1, 1e-3))) {
                Figures again = merged.evaluate(messages);

                assertThat(again.loss()).isCloseTo(trained.loss(), within(1e-5));
                assertThat(again.loss()).isLessThan(before.loss() / 2);
            }
        }
    }

    @Test
    void keepsTheEpochWithTheLeastValidationLossAndStopsWhenPatienceIsOver() throws IOException {
        List<LabelledTokens> validation = messages(12);
        // So high a rate that the first steps do harm, and so contrary labels that learning does.
        List<LabelledTokens> contrary = validation.stream()
                .map(message -> new LabelledTokens(message.tokens(), (message.label() + 1) % 3))
                .toList();
        Selection selection = new Selection(true, 2);
        try (Finetuner finetuner = new Finetuner(
                base(), Device.cpu(), Options.plain(Trainable.ALL, 20, 2e-3, 1, selection, Options.CACHE))) {
            History history = finetuner.train(contrary, validation, QUIET);

            assertThat(history.epochs()).isEqualTo(history.keptEpoch() + 2).isLessThan(20);
            List<Double> losses = history.points().stream()
                    .filter(History.Point::endsEpoch)
                    .map(point -> point.validation().loss())
                    .toList();
            double kept = losses.get(history.keptEpoch() - 1);
            assertThat(losses).allSatisfy(loss -> assertThat(loss).isGreaterThanOrEqualTo(kept));
            try (Finetuner again =
                    new Finetuner(finetuner.result(), Device.cpu(), Options.plain(Trainable.ALL, 1, 1e-3))) {
                assertThat(again.evaluate(validation).loss()).isCloseTo(kept, within(1e-6));
            }
        }
    }

    @Test
    void tellsTheCourseOfTraining() throws IOException {
        List<LabelledTokens> messages = messages(20);
        List<Integer> steps = new ArrayList<>();
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.plain(Trainable.ALL, 2, 1e-3))) {
            History history = finetuner.train(messages, messages(9), QUIET);

            for (History.Point point : history.points()) {
                steps.add(point.step());
                assertThat(point.examples()).isEqualTo(4L * point.step());
                assertThat(point.epoch()).isCloseTo(point.step() / 5.0, within(1e-9));
                assertThat(point.endsEpoch()).isEqualTo(point.step() == 5 || point.step() == 10);
            }
        }

        assertThat(steps).containsExactly(0, 2, 4, 5, 6, 8, 10);
    }

    @Test
    void givesTheSameWeightsForTheSameSeed() throws IOException {
        float[][] weights = new float[2][];
        for (int i = 0; i < 2; i++) {
            try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.random(0.1))) {
                finetuner.train(messages(20), messages(9), QUIET);
                weights[i] = finetuner.result().tensor("wte.weight").values();
            }
        }

        assertThat(weights[0]).isEqualTo(weights[1]);
    }

    private static List<Double> losses(FinetuneOptions options) throws IOException {
        return losses(options, messages(12));
    }

    private static List<Double> losses(FinetuneOptions options, List<LabelledTokens> messages) throws IOException {
        List<Double> losses = new ArrayList<>();
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), options)) {
            if (finetuner.hasFrozenBlocks()) {
                finetuner.prepare(messages, done -> {});
            }
            finetuner.train(messages, List.of(), new Finetuner.Progress() {
                @Override
                public void step(int step, double loss) {
                    losses.add(loss);
                }

                @Override
                public void point(History.Point point) {}
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

    private static final Finetuner.Progress QUIET = new Finetuner.Progress() {
        @Override
        public void step(int step, double loss) {}

        @Override
        public void point(History.Point point) {}
    };
}
