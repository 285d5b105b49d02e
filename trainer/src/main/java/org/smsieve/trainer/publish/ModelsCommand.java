package org.smsieve.trainer.publish;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.smsieve.bundle.Bundle;
import org.smsieve.command.UserException;
import org.smsieve.registry.AnnouncementException;
import org.smsieve.registry.PromotionRule;
import org.smsieve.registry.StoredBundle;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models}: what is published, and what apps serve. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Publishes models, lists them and changes which one the running apps serve.",
        subcommands = {
            ModelsCommand.ListModels.class,
            ModelsCommand.Show.class,
            ModelsCommand.Publish.class,
            ModelsCommand.Promote.class,
            ModelsCommand.Rollback.class
        })
public final class ModelsCommand {

    /** What all of them share. */
    @Command(mixinStandardHelpOptions = true, sortOptions = false)
    private abstract static class Subcommand implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private RegistryFlags flags;

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            run(flags.publisher(), out);
            out.flush();
            return 0;
        }

        ParameterException wrongUsage(String message) {
            return new ParameterException(spec.commandLine(), message);
        }

        abstract void run(Publisher publisher, PrintWriter out) throws IOException;
    }

    @Command(
            name = "list",
            description = "Lists the published models with their figures on their test rows, which one is current,"
                    + " and what the running apps serve.")
    static final class ListModels extends Subcommand {
        @Override
        void run(Publisher publisher, PrintWriter out) throws IOException {
            out.print(ModelList.of(publisher));
        }
    }

    @Command(name = "show", description = "Prints the model card of a published model.")
    static final class Show extends Subcommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "[NAME@]VERSION",
                description = "The model; default: the current one. Without NAME, a version of the current one's.")
        private String wanted;

        @Override
        void run(Publisher publisher, PrintWriter out) throws IOException {
            StoredBundle bundle = wanted == null ? publisher.current() : publisher.find(wanted);
            Path card = bundle.directory().resolve(Bundle.CARD_FILE);
            if (!Files.isRegularFile(card)) {
                throw new UserException(card + ": no such file (expected: the model card that train writes)");
            }
            out.print(Files.readString(card, StandardCharsets.UTF_8));
        }
    }

    @Command(
            name = "publish",
            description = "Copies a bundle into the registry and announces it: the running apps change to it. One that"
                    + " does worse than the current model on the same test rows is refused.")
    static final class Publish extends Subcommand {
        @Parameters(paramLabel = "DIR", description = "The bundle, as train wrote it.")
        private Path bundle;

        @Option(names = "--force", description = "Publishes it even if it does worse.")
        private boolean force;

        @Option(
                names = "--shadow",
                paramLabel = "SHARE",
                description = "Does not serve it: it classifies a share of the traffic too, above 0, at most 1, for"
                        + " comparison alone.")
        private Double share;

        @ArgGroup(exclusive = false)
        private RuleFlags rule;

        /** When a shadow is promoted or dropped. */
        static final class RuleFlags {
            @Option(
                    names = "--promote-after-records",
                    required = true,
                    paramLabel = "N",
                    description = "With --shadow: when it has classified so many, the apps promote it or drop it.")
            private long records;

            @Option(
                    names = "--min-agreement",
                    paramLabel = "SHARE",
                    defaultValue = "0.98",
                    description = "Dropped if it gives fewer of them the current model's label; default 0.98.")
            private double minAgreement;

            @Option(
                    names = "--max-latency-ratio",
                    paramLabel = "X",
                    defaultValue = "2",
                    description = "Dropped if it takes more than so many times as long; default 2.")
            private double maxLatencyRatio;
        }

        @Override
        void run(Publisher publisher, PrintWriter out) throws IOException {
            if (share == null && rule != null) {
                throw wrongUsage("--promote-after-records goes with --shadow");
            }
            if (share == null) {
                publisher.publish(bundle, force, out);
                return;
            }
            if (!(share > 0 && share <= 1)) {
                throw wrongUsage("--shadow: " + share + " (expected: above 0, at most 1)");
            }
            publisher.shadow(bundle, share, rule == null ? null : promotionRule(), out);
        }

        private PromotionRule promotionRule() {
            try {
                return new PromotionRule(rule.records, rule.minAgreement, rule.maxLatencyRatio);
            } catch (AnnouncementException e) {
                throw wrongUsage(e.getMessage());
            }
        }
    }

    @Command(name = "promote", description = "Makes the shadow the current model.")
    static final class Promote extends Subcommand {
        @Override
        void run(Publisher publisher, PrintWriter out) {
            publisher.promote(out);
        }
    }

    @Command(name = "rollback", description = "Makes an older model the current one.")
    static final class Rollback extends Subcommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "[NAME@]VERSION",
                description = "The model; default: the version before the current one. Without NAME, a version of the"
                        + " current one's.")
        private String wanted;

        @Override
        void run(Publisher publisher, PrintWriter out) throws IOException {
            publisher.rollBack(wanted, out);
        }
    }
}
