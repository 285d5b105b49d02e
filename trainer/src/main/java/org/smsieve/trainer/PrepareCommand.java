package org.smsieve.trainer;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.smsieve.command.Interruption;
import org.smsieve.trainer.data.BookSplitter;
import org.smsieve.trainer.data.ClassTable;
import org.smsieve.trainer.data.DataDirectory;
import org.smsieve.trainer.data.Dataset;
import org.smsieve.trainer.data.LabelledFile;
import org.smsieve.trainer.data.Proportions;
import org.smsieve.trainer.data.Split;
import org.smsieve.trainer.data.Splitter;
import org.smsieve.trainer.data.StratifiedSplitter;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code prepare}: splits a labelled file into {@code train.csv}, {@code validation.csv} and {@code test.csv}. */
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        description = "Splits labelled messages into train.csv, validation.csv and test.csv (columns Label,Text;"
                + " labels.json names the labels).")
public final class PrepareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DataFlags data;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Where to write; made if missing.")
    private Path output;

    @Option(
            names = "--as-book",
            description = "The split of the book: quotes honoured, ham undersampled, 70/10/20, seed 123.")
    private boolean asBook;

    @Option(
            names = "--split",
            paramLabel = "TRAIN/VALIDATION/TEST",
            converter = ProportionsConverter.class,
            description = "Per cent of each class for each part; default 70/10/20.")
    private Proportions proportions;

    @Option(names = "--seed", paramLabel = "N", description = "0 to 4294967295; default 123. Same seed, same parts.")
    private Long seed;

    @Option(
            names = "--test-rows",
            paramLabel = "FILE",
            description = "Labelled messages that, with all their copies, shall be in the test part; the rest of it is"
                    + " drawn at random.")
    private Path testRows;

    @Option(names = "--force", description = "Replace other data in DIR.")
    private boolean force;

    @Override
    public Integer call() {
        Splitter splitter = splitter();
        try (Interruption interruption = new Interruption(() -> "nothing was written to " + output)) {
            Dataset dataset = splitter.read(data.path(), data.badRows());
            Split split = splitter.split(dataset);
            interruption.finish(() -> DataDirectory.write(split, output, force));

            PrintWriter out = spec.commandLine().getOut();
            out.println(summary(dataset));
            out.print(ClassTable.of(split));
            out.println("written to " + output);
            out.flush();
        }
        return 0;
    }

    private Splitter splitter() {
        if (asBook) {
            if (proportions != null || seed != null || testRows != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--as-book has a split and a seed of its own: leave out --split, --seed and --test-rows");
            }
            return new BookSplitter();
        }
        Proportions shares = proportions == null ? Proportions.DEFAULT : proportions;
        long chosen = seed == null ? StratifiedSplitter.DEFAULT_SEED : seed;
        return testRows == null
                ? new StratifiedSplitter(shares, chosen)
                : StratifiedSplitter.withTestRows(shares, chosen, LabelledFile.read(testRows, data.badRows()));
    }

    private static String summary(Dataset dataset) {
        String counts = dataset.counts().entrySet().stream()
                .map(count -> String.format(Locale.ROOT, "%,d %s", count.getValue(), count.getKey()))
                .collect(Collectors.joining(", "));
        String summary = String.format(
                Locale.ROOT,
                "%s: %,d messages (%s), %,d of them exact copies",
                dataset.source().name(),
                dataset.size(),
                counts,
                dataset.copies());
        int contradictions = dataset.contradictions();
        return contradictions == 0
                ? summary
                : summary + String.format(Locale.ROOT, "; texts with more than one label: %,d", contradictions);
    }

    private static final class ProportionsConverter implements ITypeConverter<Proportions> {
        @Override
        public Proportions convert(String value) {
            try {
                return Proportions.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
