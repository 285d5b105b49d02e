package org.smsieve.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.command.Commands;
import picocli.CommandLine;

class EvaluateCommandTest {
    @TempDir
    private Path directory;

    /** Neither the model nor the data is there: what is told of the report comes before both. */
    private String error(Path report) {
        StringWriter err = new StringWriter();
        CommandLine commandLine = Commands.commandLine(Main.command());
        commandLine.setErr(new PrintWriter(err));
        String nowhere = directory.resolve("nowhere").toString();
        int code =
                commandLine.execute("evaluate", "--model", nowhere, "--data", nowhere, "--report", report.toString());
        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines().toList()).hasSize(1);
        return err.toString();
    }

    @Test
    void refusesABundlesDirectoryForItsReport() throws IOException {
        Path bundle = Files.createDirectory(directory.resolve("bundle"));
        Files.writeString(bundle.resolve("smsieve.json"), "{}");
        Files.writeString(bundle.resolve("report.md"), "its own");

        assertThat(error(bundle)).startsWith("smsieve: report: " + bundle + " (expected: a directory without a bundle");
        assertThat(bundle.resolve("report.md")).hasContent("its own");
    }

    @Test
    void saysBeforeTheEvaluationThatItsReportCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(error(file)).startsWith("smsieve: report: " + file + " cannot be made (");
        assertThat(error(file.resolve("report"))).startsWith("smsieve: report: ");
    }

    @Test
    void makesItsReportsDirectory() {
        Path report = directory.resolve("reports").resolve("first");

        assertThat(error(report)).contains("nowhere");
        assertThat(report).isEmptyDirectory();
    }
}
