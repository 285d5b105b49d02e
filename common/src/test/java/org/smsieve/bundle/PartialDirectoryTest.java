package org.smsieve.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.command.UserException;

class PartialDirectoryTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 1_000;

    @TempDir
    private Path directory;

    /** Who comes just as the directory is let go of, and deleted, holds the new one or none. */
    @Test
    void isHeldByOneAtATime() throws Exception {
        Path destination = directory.resolve("bundle");
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger held = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                all.add(threads.submit(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        try {
                            PartialDirectory partial = PartialDirectory.claim(destination);
                            assertThat(holders.incrementAndGet()).isEqualTo(1);
                            assertThat(partial.contents()).isEmptyDirectory();
                            holders.decrementAndGet();
                            partial.release();
                            held.incrementAndGet();
                        } catch (UserException e) {
                            assertThat(e).hasMessageContaining("another process");
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(held.get()).isPositive();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void givesUpWhereAFileIsInItsPlace() throws IOException {
        Path file = Files.createFile(directory.resolve(".bundle.partial"));

        assertThatThrownBy(() -> PartialDirectory.claim(directory.resolve("bundle")))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(file.toString());
    }
}
