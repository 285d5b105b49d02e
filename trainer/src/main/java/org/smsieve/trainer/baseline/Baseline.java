package org.smsieve.trainer.baseline;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.Example;
import org.smsieve.trainer.evaluate.Prediction;
import org.smsieve.trainer.evaluate.Predictions;

/**
 * A logistic regression on words, pairs of words and runs of 2 to 5 characters, by LIBLINEAR (Fan et al. 2008). It is
 * deterministic, and takes some seconds for thousands of messages.
 */
public final class Baseline {
    /** More would take minutes and gigabytes; of more messages, this many are taken at equal distances. */
    private static final int MAX_MESSAGES = 20_000;

    private static final double C = 10;
    private static final double TOLERANCE = 1e-3;

    private final List<String> labels;
    private final TfIdf words;
    private final TfIdf characters;
    private final Model model;

    /**
     * Trains.
     *
     * @param messages of at least two labels
     * @param classWeights weight of each label's messages, over 0; 1 for a label that is missing here
     */
    public Baseline(Dataset messages, Map<String, Double> classWeights) {
        labels = messages.labels();
        List<Example> examples = atMost(MAX_MESSAGES, messages.examples());
        List<String> texts = examples.stream().map(Example::text).toList();
        words = new TfIdf(Ngrams.WORDS, texts, 1);
        characters = new TfIdf(Ngrams.CHARACTERS, texts, 1 + words.size());
        Problem problem = new Problem();
        problem.l = texts.size();
        problem.n = words.size() + characters.size() + 1;
        problem.x = texts.stream().map(this::features).toArray(Feature[][]::new);
        problem.y = examples.stream().mapToDouble(messages::labelId).toArray();
        Parameter parameter = new Parameter(SolverType.L2R_LR, C, TOLERANCE);
        // LIBLINEAR refuses weights of labels that have no messages.
        int[] present =
                Arrays.stream(problem.y).mapToInt(own -> (int) own).distinct().toArray();
        parameter.setWeights(weights(problem.y, present, classWeights), present);
        Linear.disableDebugOutput();
        model = Linear.train(problem, parameter);
    }

    /**
     * What it is, for a person.
     *
     * @param messages how many there were to train on
     */
    public static String description(int messages) {
        String share = messages > MAX_MESSAGES ? String.format(Locale.ROOT, "%,d of ", MAX_MESSAGES) : "";
        return "logistic regression on word and character n-grams, trained on " + share + "the same messages with the"
                + " same class weights";
    }

    /** What it says of labelled messages. */
    public Predictions predict(Dataset messages) {
        return new Predictions(
                labels,
                messages.examples().stream()
                        .map(example -> new Prediction(labels.indexOf(example.label()), probabilities(example.text())))
                        .toList());
    }

    /** The probability of each label, in the labels' order. */
    List<Double> probabilities(String text) {
        double[] known = new double[model.getNrClass()];
        Linear.predictProbability(model, features(text), known);
        Double[] probabilities = new Double[labels.size()];
        Arrays.fill(probabilities, 0.0);
        for (int i = 0; i < known.length; i++) {
            probabilities[model.getLabels()[i]] = known[i];
        }
        return List.of(probabilities);
    }

    /** A text's n-grams, and last of all the constant that the intercept stands on. */
    Feature[] features(String text) {
        List<Feature> features = new ArrayList<>(words.vector(text));
        features.addAll(characters.vector(text));
        features.add(new FeatureNode(words.size() + characters.size() + 1, 1));
        return features.toArray(Feature[]::new);
    }

    /** Number of n-grams it knows. */
    int size() {
        return words.size() + characters.size();
    }

    /** The weights scaled so that a message's is 1 on average: C is to mean the same whatever their unit. */
    private double[] weights(double[] own, int[] present, Map<String, Double> classWeights) {
        double mean = Arrays.stream(own)
                .map(label -> classWeights.getOrDefault(labels.get((int) label), 1.0))
                .average()
                .orElseThrow();
        return Arrays.stream(present)
                .mapToDouble(label -> classWeights.getOrDefault(labels.get(label), 1.0) / mean)
                .toArray();
    }

    private static <T> List<T> atMost(int number, List<T> all) {
        return all.size() <= number
                ? all
                : IntStream.range(0, number)
                        .mapToObj(i -> all.get((int) ((long) i * all.size() / number)))
                        .toList();
    }
}
