package org.smsieve.trainer.baseline;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts as vectors of their n-grams: each weighs 1 + ln(its count) times 1 + ln((1 + texts) / (1 + texts that have
 * it)), and a text's vector has length 1.
 */
final class TfIdf {
    private final Ngrams ngrams;
    private final int firstIndex;
    private final Map<String, Integer> places = new HashMap<>();
    private final double[] rarity;

    /**
     * Learns which n-grams there are.
     *
     * @param firstIndex the index of the first of them
     */
    TfIdf(Ngrams ngrams, List<String> texts, int firstIndex) {
        this.ngrams = ngrams;
        this.firstIndex = firstIndex;
        Map<Integer, Integer> having = new HashMap<>();
        for (String text : texts) {
            for (String ngram : ngrams.counts(text).keySet()) {
                int place = places.computeIfAbsent(ngram, unknown -> places.size());
                having.merge(place, 1, Integer::sum);
            }
        }
        rarity = new double[places.size()];
        having.forEach((place, count) -> rarity[place] = 1 + Math.log((1.0 + texts.size()) / (1.0 + count)));
    }

    /** How many n-grams it knows. */
    int size() {
        return rarity.length;
    }

    /** A text's vector, by ascending index, without zeros. */
    List<Feature> vector(String text) {
        Map<Integer, Double> weights = new HashMap<>();
        ngrams.counts(text).forEach((ngram, count) -> {
            Integer place = places.get(ngram);
            if (place != null) {
                weights.put(place, (1 + Math.log(count)) * rarity[place]);
            }
        });
        List<Integer> ascending =
                weights.keySet().stream().sorted(Comparator.naturalOrder()).toList();
        // In one order, so that the sum is the same to the last bit on every run.
        double square = ascending.stream()
                .mapToDouble(place -> weights.get(place) * weights.get(place))
                .sum();
        return ascending.stream()
                .<Feature>map(place -> new FeatureNode(firstIndex + place, weights.get(place) / Math.sqrt(square)))
                .toList();
    }
}
