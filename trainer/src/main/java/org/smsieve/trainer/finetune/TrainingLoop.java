package org.smsieve.trainer.finetune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Goes through the training messages epoch by epoch, makes figures on the way and decides which weights to keep. */
final class TrainingLoop {
    /** Batches that figures within training are made on, as in the book. */
    private static final int SAMPLE_BATCHES = 5;

    private final Finetuner finetuner;
    private final FinetuneOptions options;
    private final Finetuner.Progress progress;
    private final List<LabelledTokens> trainSample;
    private final List<LabelledTokens> validation;
    private final List<LabelledTokens> validationSample;
    private final List<LabelledTokens> testSample;
    private final Augmentation augmentation;
    private final Random random;
    private final int steps;

    private final List<History.Point> points = new ArrayList<>();
    private int step;
    private long examples;

    TrainingLoop(
            Finetuner finetuner,
            FinetuneOptions options,
            List<LabelledTokens> messages,
            List<LabelledTokens> validation,
            List<LabelledTokens> test,
            Finetuner.Progress progress) {
        this.finetuner = finetuner;
        this.options = options;
        this.progress = progress;
        this.validation = validation;
        trainSample = sample(messages);
        validationSample = sample(validation);
        testSample = sample(test);
        random = new Random(options.seed());
        augmentation = new Augmentation(options, messages, finetuner.vocabularySize(), random);
        steps = finetuner.steps(messages);
    }

    private List<LabelledTokens> sample(List<LabelledTokens> messages) {
        List<LabelledTokens> shuffled = new ArrayList<>(messages);
        Collections.shuffle(shuffled, new Random(options.seed()));
        return shuffled.subList(0, Math.min(shuffled.size(), SAMPLE_BATCHES * options.batchSize()));
    }

    /** Trains, and has the finetuner keep the weights of the epoch that it says. */
    History run() {
        boolean keepsBest = options.selection().kept() == Selection.Kept.BEST && !validation.isEmpty();
        int patience = options.selection().patience() == 0
                ? options.epochs()
                : options.selection().patience();
        int epoch = 0;
        int best = 0;
        double leastLoss = Double.POSITIVE_INFINITY;
        point(0, false, validation);
        while (epoch < options.epochs() && epoch - best < patience) {
            epoch(epoch);
            epoch++;
            Figures validated = point(epoch, true, validation);
            if (validated == null) {
                best = epoch;
            } else if (validated.loss() < leastLoss) {
                leastLoss = validated.loss();
                best = epoch;
                if (keepsBest) {
                    finetuner.keep();
                }
            }
        }
        if (keepsBest) {
            finetuner.restore();
        } else if (options.averaging() > 0) {
            finetuner.keep();
            finetuner.restore();
        }
        return new History(points, epoch, keepsBest ? best : epoch);
    }

    private void epoch(int before) {
        List<List<LabelledTokens>> batches = options.order().batches(augmentation.epoch(), options.batchSize(), random);
        for (int begin = 0; begin < batches.size(); begin += options.accumulation()) {
            int end = Math.min(begin + options.accumulation(), batches.size());
            List<List<LabelledTokens>> together = batches.subList(begin, end);
            double loss = finetuner.step(together, options.schedule().factor(step, steps));
            step++;
            examples += together.stream().mapToInt(List::size).sum();
            progress.step(step, loss);
            if (options.evaluateEvery() > 0 && step % options.evaluateEvery() == 0 && end < batches.size()) {
                point(before + (double) end / batches.size(), false, validationSample);
            }
        }
    }

    /** Figures of the moment; gives those of the validation messages, null where there are none. */
    private Figures point(double epoch, boolean endsEpoch, List<LabelledTokens> validated) {
        Figures figures = figures(validated);
        History.Point point = new History.Point(
                step,
                epoch,
                examples,
                endsEpoch,
                figures(trainSample),
                figures,
                step == 0 ? figures(testSample) : null);
        points.add(point);
        progress.point(point);
        return figures;
    }

    private Figures figures(List<LabelledTokens> messages) {
        return messages.isEmpty() ? null : finetuner.evaluateKept(messages);
    }
}
