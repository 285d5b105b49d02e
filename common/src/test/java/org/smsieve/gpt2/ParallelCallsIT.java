package org.smsieve.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParallelCallsIT {
    private final ParallelCalls calls = new ParallelCalls(Device.cpu());

    @AfterEach
    void close() {
        calls.close();
    }

    private interface Waiting {
        void await() throws Exception;
    }

    private static Supplier<Integer> after(Waiting waiting) {
        return () -> {
            try {
                waiting.await();
                return 0;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }

    @Test
    void runsAsManyAtOnceAsItIsWide() {
        CyclicBarrier all = new CyclicBarrier(calls.width());

        assertThat(calls.run(IntStream.range(0, calls.width())
                        .mapToObj(i -> after(() -> all.await(10, TimeUnit.SECONDS)))
                        .toList()))
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

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 3", "4, 4", "5, 4", "6, 3", "7, 3", "8, 4", "10, 2", "64, 4"})
    void leavesFewThreadsWithoutWork(int all, int width) {
        assertThat(ParallelCalls.width(all)).isEqualTo(width);
    }

    @Test
    void waitsForNoCallsOfAnother() {
        CountDownLatch done = new CountDownLatch(1);
        Supplier<Integer> blocked =
                after(() -> assertThat(done.await(10, TimeUnit.SECONDS)).isTrue());
        try (ParallelCalls other = new ParallelCalls(Device.cpu())) {
            Thread thread = new Thread(() -> other.run(List.of(blocked, blocked)));
            thread.start();

            assertThat(calls.run(List.of(() -> 1, () -> 2, () -> 3))).containsExactly(1, 2, 3);
            done.countDown();
        }
    }

    @Test
    void failsWhenNoneIsRunningAnyMore() {
        List<Supplier<Integer>> failing = new ArrayList<>();
        AtomicInteger ended = new AtomicInteger();
        failing.add(() -> {
            throw new IllegalStateException("the first");
        });
        for (int i = 0; i < 10; i++) {
            failing.add(after(() -> {
                Thread.sleep(20);
                ended.incrementAndGet();
            }));
        }

        assertThatIllegalStateException().isThrownBy(() -> calls.run(failing)).withMessage("the first");
        // One after the other, those behind the failing one are not begun.
        assertThat(ended).hasValue(calls.width() > 1 ? 10 : 0);
    }

    @Test
    void tellsOfAnErrorRatherThanOfAnException() {
        Supplier<Integer> exception = () -> {
            throw new IllegalStateException("an exception");
        };
        Supplier<Integer> error = () -> {
            throw new OutOfMemoryError("an error");
        };

        if (calls.width() > 1) {
            assertThatThrownBy(() -> calls.run(List.of(error, exception))).hasMessage("an error");
            assertThatThrownBy(() -> calls.run(List.of(exception, error))).hasMessage("an error");
        }
    }
}
