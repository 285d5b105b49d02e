package org.smsieve.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandsTest {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Commands.class);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(log);
    }

    @Test
    void tellsWhatTheUserCanMendInOneLine() {
        assertThat(stderr(new UserException("data: x (expected: y)"))).isEqualTo("smsieve: data: x (expected: y)");
        assertThat(stderr(new NoSuchFileException("x.txt"))).isEqualTo("smsieve: NoSuchFileException: x.txt");
        assertThat(stderr(new UncheckedIOException(new NoSuchFileException("x.txt"))))
                .isEqualTo("smsieve: NoSuchFileException: x.txt");
        assertThat(log.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
    }

    @Test
    void logsADefectWithItsTrace() {
        assertThat(stderr(new IllegalStateException("odd"))).isEqualTo("smsieve: IllegalStateException: odd");
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("odd");
        });
    }

    /** What a command that fails so writes to stderr. */
    private static String stderr(Exception failure) {
        StringWriter err = new StringWriter();
        CommandLine commandLine = Commands.commandLine(new Failing(failure)).setErr(new PrintWriter(err));
        assertThat(commandLine.execute()).isEqualTo(1);
        return err.toString().strip();
    }

    @Command(name = "failing")
    private static final class Failing implements Callable<Integer> {
        private final Exception failure;

        Failing(Exception failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            throw failure;
        }
    }
}
