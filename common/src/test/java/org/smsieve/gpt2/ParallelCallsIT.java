package org.smsieve.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelCallsIT {
    private final ParallelCalls calls = ParallelCalls.shared();

    @Test
    void runsAsManyAtOnceAsItIsWide() {
        CyclicBarrier all = new CyclicBarrier(calls.width());
        Supplier<Integer> call = () -> {
            try {
                return all.await(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };

        assertThat(calls.run(
                        IntStream.range(0, calls.width()).mapToObj(i -> call).toList()))
                .hasSize(calls.width());
    }

    @Test
    void dividesLibtorchsThreadsAndLeavesThemToOthers() throws InterruptedException {
        int all = JniUtils.getNumThreads();
        List<Integer> alone = calls.run(List.of(JniUtils::getNumThreads));
        List<Integer> together = calls.run(List.of(JniUtils::getNumThreads, JniUtils::getNumThreads));
        AtomicInteger later = new AtomicInteger();
        Thread thread = new Thread(() -> later.set(JniUtils.getNumThreads()));
        thread.start();
        thread.join();

        assertThat(alone).containsExactly(all);
        assertThat(together).containsOnly(all / calls.width());
        assertThat(later).hasValue(all);
    }

    @Test
    void givesResultsInOrderAndFailsWhenAllHaveEnded() {
        assertThat(calls.run(List.of(() -> 1, () -> 2, () -> 3))).containsExactly(1, 2, 3);

        List<Supplier<Integer>> failing = new ArrayList<>();
        AtomicInteger ended = new AtomicInteger();
        failing.add(() -> {
            throw new IllegalStateException("the first");
        });
        for (int i = 0; i < 20; i++) {
            failing.add(ended::incrementAndGet);
        }

        assertThatIllegalStateException().isThrownBy(() -> calls.run(failing)).withMessage("the first");
        assertThat(ended).hasValue(20);
    }
}
