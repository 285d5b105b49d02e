package org.smsieve.app.microbatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.smsieve.app.microbatch.Invariants.Message;
import org.smsieve.classifier.BatchClassifier;
import org.smsieve.classifier.ClassifierInfo;
import org.smsieve.classifier.Verdict;
import org.smsieve.text.Tokens;

/** A model whose calls take virtual time, and fail now and then. */
final class SimulatedModel implements BatchClassifier {
    private static final String LABEL = "ham";
    private static final long CALL = 2 * Simulation.MILLI;
    private static final long TOKEN = Simulation.MILLI / 10;

    private final Simulation simulation;
    private final String name;
    private final int maxTokens;
    private boolean broken;
    private boolean slow;
    private int closes;

    SimulatedModel(Simulation simulation, int number, boolean broken, boolean slow) {
        this.simulation = simulation;
        this.name = "simulated@" + number;
        this.maxTokens = (int) simulation.between(10, 150);
        this.broken = broken;
        this.slow = slow;
    }

    @Override
    public List<Verdict> classify(List<Tokens> tokens) {
        Invariants invariants = simulation.invariants;
        List<Message> messages = invariants.called(this, tokens);
        simulation.pass(duration(tokens));
        Hazards hazards = simulation.hazards;
        broken |= messages.stream().anyMatch(Message::isBreaking);
        boolean outOfMemory = simulation.chance(hazards.outOfMemory());
        boolean nonsense = simulation.chance(hazards.nonsense());
        boolean failed = outOfMemory
                || nonsense
                || broken
                || simulation.chance(hazards.failing())
                || messages.stream().anyMatch(Message::isPoisoned);
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            verdicts.add(verdict(
                    tokens.get(i), !messages.isEmpty() && messages.get(i).isOverflowing()));
        }
        invariants.returned(this, messages, failed ? null : verdicts, outOfMemory);
        if (outOfMemory) {
            throw new OutOfMemoryError("simulated");
        }
        if (nonsense) {
            return List.of();
        }
        if (failed) {
            throw new IllegalStateException("simulated");
        }
        return verdicts;
    }

    private long duration(List<Tokens> tokens) {
        if (slow || simulation.chance(simulation.hazards.stalling())) {
            slow = false;
            return simulation.between(0, 3 * simulation.timeout());
        }
        return CALL + tokensRead(tokens) * simulation.between(TOKEN / 2, TOKEN);
    }

    int tokensRead(List<Tokens> tokens) {
        return tokens.stream().mapToInt(t -> Math.min(t.length(), maxTokens)).sum();
    }

    /** No other message's, and no other model's. */
    private Verdict verdict(Tokens tokens, boolean isOverflowing) {
        Map<String, Double> scores = Map.of(LABEL, isOverflowing ? Double.NaN : 1.0 / (1 + tokens.id(0)));
        return new Verdict(LABEL, scores, name, tokensRead(List.of(tokens)), tokens.length() > maxTokens);
    }

    boolean isClosed() {
        return closes > 0;
    }

    int closes() {
        return closes;
    }

    @Override
    public List<String> labels() {
        return List.of(LABEL, "spam");
    }

    @Override
    public ClassifierInfo info() {
        return new ClassifierInfo(name, "fp32", "cpu", Optional.empty());
    }

    @Override
    public long positions() {
        return 0;
    }

    @Override
    public int maxTokens() {
        return maxTokens;
    }

    @Override
    public void close() {
        closes++;
        simulation.invariants.closed(this);
    }

    @Override
    public String toString() {
        return name;
    }
}
