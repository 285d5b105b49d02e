package org.smsieve.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.smsieve.checkpoint.Checkpoint;
import org.smsieve.checkpoint.Safetensors;
import org.smsieve.command.UserException;
import org.smsieve.gpt2.Lora;
import org.smsieve.gpt2.Pooling;
import org.smsieve.gpt2.Precision;
import org.smsieve.gpt2.TokenBatch;
import org.smsieve.parity.Fixture;
import org.smsieve.text.Tokens;
import org.smsieve.trainer.evaluate.Prediction;

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

            finetuner.train(messages, List.of(), List.of(), QUIET);

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

            finetuner.train(messages, List.of(), List.of(), QUIET);

            Figures after = finetuner.evaluate(messages);
            assertThat(before.accuracy()).isLessThan(0.9);
            assertThat(after.accuracy()).isEqualTo(1);
            assertThat(after.loss()).isLessThan(before.loss() / 4);
        }
    }

    @Test
    void gainsNothingFromTheCacheButTime() throws IOException {
        List<LabelledTokens> messages = messages(12);
        List<Double> cached = losses(Options.plain(Trainable.LAST_BLOCK, 2, 1e-3), messages);
        FrozenOptions noCache = new FrozenOptions(Precision.FP32, 0);

        List<Double> computed =
                losses(Options.plain(Trainable.LAST_BLOCK, 2, 1e-3, 1, Selection.LAST, noCache), messages);

        for (int i = 0; i < cached.size(); i++) {
            assertThat(computed.get(i)).isCloseTo(cached.get(i), within(1e-5));
        }
    }

    @Test
    void keepsWhatFitsAndComputesTheRest() throws IOException {
        List<Tokens> messages =
                messages(40).stream().map(LabelledTokens::tokens).toList();
        FinetuneOptions whole = Options.plain(Trainable.LAST_BLOCK, 2, 1e-3);
        FinetuneOptions partly = Options.plain(
                Trainable.LAST_BLOCK, 2, 1e-3, 1, Selection.LAST, new FrozenOptions(Precision.FP32, 12_000));
        List<Tokens> batch = messages.subList(0, 20);
        try (FrozenStates all = new FrozenStates(base(), Device.cpu(), whole);
                FrozenStates some = new FrozenStates(base(), Device.cpu(), partly);
                NDManager manager = NDManager.newBaseManager()) {
            all.prepare(messages, done -> {});
            // In turn, as training and validation messages: what did not fit of the first must not shut out the second.
            messages.forEach(message -> some.prepare(List.of(message, message), done -> {}));
            TokenBatch padded = TokenBatch.of(batch, Pooling.LAST_TOKEN, 64, base().config());

            float[] expected = all.of(batch, padded, manager).toFloatArray();
            float[] found = some.of(batch, padded, manager).toFloatArray();

            assertThat(some.bytes()).isBetween(6_000L, 12_000L).isLessThan(all.bytes());
            assertThat(found).usingComparatorWithPrecision(1e-5f).containsExactly(expected);
        }
    }

    @Test
    void learnsFromAccumulatedBatchesAsFromOne() throws IOException {
        // Of uneven weights, and the last batch of an epoch incomplete.
        List<LabelledTokens> messages = messages(7);
        Map<String, Double> weights = Map.of("spam", 5.0);
        FinetuneOptions whole = Options.weighted(8, 1, weights);
        FinetuneOptions accumulated = Options.weighted(2, 4, weights);
        List<List<LabelledTokens>> one = List.of(messages);
        List<List<LabelledTokens>> four =
                List.of(messages.subList(0, 2), messages.subList(2, 4), messages.subList(4, 6), messages.subList(6, 7));
        try (Finetuner together = new Finetuner(base(), Device.cpu(), whole);
                Finetuner apart = new Finetuner(base(), Device.cpu(), accumulated)) {
            for (int step = 0; step < 3; step++) {
                double loss = together.step(one, 1);
                assertThat(apart.step(four, 1)).isCloseTo(loss, within(1e-5));
            }
        }
    }

    @Test
    void weighsLabels() throws IOException {
        List<LabelledTokens> messages = messages(6);
        try (Finetuner finetuner =
                new Finetuner(base(), Device.cpu(), Options.weighted(8, 1, Map.of("ham", 2.0, "spam", 7.0)))) {
            double expected = 0;
            double total = 0;
            for (Prediction prediction : finetuner.predict(messages, done -> {}).rows()) {
                double weight = List.of(2.0, 7.0, 1.0).get(prediction.label());
                expected -= weight * Math.log(prediction.probabilities().get(prediction.label()));
                total += weight;
            }

            assertThat(finetuner.step(List.of(messages), 1)).isCloseTo(expected / total, within(1e-5));
        }
    }

    @Test
    void dropsActivationsWhenItLearnsAndNotWhenItPredicts() throws IOException {
        List<LabelledTokens> messages = messages(6);
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.random(0.5))) {
            double exact = finetuner.evaluate(messages).loss();

            double dropped = finetuner.step(List.of(messages), 1e-9);

            assertThat(Math.abs(dropped - exact)).isGreaterThan(1e-3);
            assertThat(finetuner.evaluate(messages).loss()).isCloseTo(exact, within(1e-4));
        }
    }

    @Test
    void followsTheSchedule() throws IOException {
        List<LabelledTokens> messages = messages(6);
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.plain(Trainable.ALL, 1, 1e-2))) {
            double before = finetuner.evaluate(messages).loss();

            finetuner.step(List.of(messages), 0);
            double still = finetuner.evaluate(messages).loss();
            finetuner.step(List.of(messages), 1);

            assertThat(still).isEqualTo(before);
            assertThat(finetuner.evaluate(messages).loss()).isNotCloseTo(before, within(1e-3));
        }
    }

    @Test
    void saysWhatToDoWhenItDiverges() throws IOException {
        List<LabelledTokens> messages = messages(12);
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), Options.plain(Trainable.ALL, 1, 1))) {
            assertThatThrownBy(() -> {
                        for (int step = 0; step < 1000; step++) {
                            finetuner.step(List.of(messages), 1e30);
                            finetuner.evaluate(messages);
                        }
                    })
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("lower --learning-rate");
        }
    }

    @Test
    void mergesAdaptersIntoTheWeightsTheyStandBeside() throws IOException {
        List<LabelledTokens> messages = messages(30);
        FinetuneOptions options = Options.plain(Trainable.LORA, 5, 1e-2);
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), options)) {
            Figures before = finetuner.evaluate(messages);
            finetuner.train(messages, List.of(), List.of(), QUIET);
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
        Selection selection = new Selection(Selection.Kept.BEST, 2);
        try (Finetuner finetuner = new Finetuner(
                base(), Device.cpu(), Options.plain(Trainable.ALL, 20, 2e-3, 1, selection, Options.CACHE))) {
            History history = finetuner.train(contrary, validation, List.of(), QUIET);

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
            History history = finetuner.train(messages, messages(9), List.of(), QUIET);

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
                finetuner.train(messages(20), messages(9), List.of(), QUIET);
                weights[i] = finetuner.result().tensor("wte.weight").values();
            }
        }

        assertThat(weights[0]).isEqualTo(weights[1]);
    }

    private static List<Double> losses(FinetuneOptions options, List<LabelledTokens> messages) throws IOException {
        List<Double> losses = new ArrayList<>();
        try (Finetuner finetuner = new Finetuner(base(), Device.cpu(), options)) {
            if (finetuner.hasFrozenBlocks()) {
                finetuner.prepare(messages, done -> {});
            }
            finetuner.train(messages, List.of(), List.of(), new Finetuner.Progress() {
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
