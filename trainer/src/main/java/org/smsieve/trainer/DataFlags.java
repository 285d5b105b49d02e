package org.smsieve.trainer;

import java.nio.file.Path;
import org.smsieve.trainer.data.BadRows;
import org.smsieve.trainer.data.UciCollection;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags that say which labelled messages to read, and how. */
final class DataFlags {
    private static final String UCI = "uci";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE|uci",
            description = "Labelled messages: label<TAB>text a line, CSV or JSON Lines with label and text, UTF-8; for"
                    + " train also a directory that prepare wrote; or uci: the SMS Spam Collection (Almeida and Hidalgo, CC BY 4.0), downloaded from the UCI Machine"
                    + " Learning Repository (SMSIEVE_UCI_MIRROR: a mirror's address) and kept in SMSIEVE_CACHE"
                    + " (default: the user's cache directory).")
    private String data;

    @Option(
            names = "--skip-bad-rows",
            description = "Leave out rows without a label and a text, and tell on stderr which; default: stop.")
    private boolean skipBadRows;

    /** The file or directory named, or the one downloaded. */
    Path path() {
        if (!data.equals(UCI)) {
            return Path.of(data);
        }
        try (DownloadBar bar = new DownloadBar(UCI)) {
            return UciCollection.ofUser().file(bar);
        }
    }

    /** What to do about bad rows. */
    BadRows badRows() {
        return skipBadRows ? BadRows.skipped(spec.commandLine().getErr()::println) : BadRows.REFUSED;
    }
}
