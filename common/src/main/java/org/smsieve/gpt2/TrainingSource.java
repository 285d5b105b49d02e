package org.smsieve.gpt2;

import java.util.Collections;
import java.util.List;

/** Writes what training adds to {@link Gpt2Source}: the gradients of a batch's loss, and the optimiser's step. */
final class TrainingSource {
    /** {@code targets}, (batch, labels): each message's share in the loss at its label, 0 elsewhere. */
    static final String GRADIENTS_ARGUMENTS = Gpt2Source.INPUTS + ", targets: Tensor";

    /** {@code settings}: learning rate, weight decay. */
    static final String UPDATE_ARGUMENTS =
            "gradients: List[Tensor], means: List[Tensor], variances: List[Tensor], step: Tensor, settings: Tensor";

    private TrainingSource() {}

    /** Gives the loss, then the gradients, in the order of {@link Training#trained}. */
    static String[] gradients(Training training) {
        return new String[] {
            "scores = torch.log_softmax((self).forward(input, positions, rows, groups), 1)",
            "loss = torch.neg(torch.sum(torch.mul(scores, targets)))",
            "gradients = torch.autograd.grad([loss], " + trained(training, "%s") + ")",
            "result = [torch.detach(loss)]",
            "for i in range(torch.len(gradients)):",
            "  gradient = gradients[i]",
            "  if torch.__isnot__(gradient, None):",
            "    found = unchecked_cast(Tensor, gradient)",
            // The optimiser reads them as plain memory.
            "    _0 = torch.append(result, torch.contiguous(found))",
            "  else:",
            "    pass",
            "return result"
        };
    }

    /**
     * AdamW (Loshchilov and Hutter 2019), each weight in one pass, with the numbers of {@code torch.optim.AdamW}.
     *
     * @see <a href="https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html">torch.optim.AdamW</a>
     */
    static String[] update(Training training) {
        String steps = String.join(", ", Collections.nCopies(training.trained().size(), "step"));
        return new String[] {
            "rate = float(torch.item(torch.select(settings, 0, 0)))",
            "decay = float(torch.item(torch.select(settings, 0, 1)))",
            // Detached, weights may be changed in place.
            "torch._fused_adamw_(" + trained(training, "torch.detach(%s)")
                    + ", gradients, means, variances, annotate(List[Tensor], []), [" + steps
                    + "], lr=rate, beta1=0.9, beta2=0.999, weight_decay=decay, eps=1e-08, amsgrad=False,"
                    + " maximize=False)",
            "return step"
        };
    }

    private static String trained(Training training, String format) {
        List<String> weights = training.trained().stream()
                .map(name -> String.format(format, "self." + Gpt2Source.attribute(name)))
                .toList();
        return "[" + String.join(", ", weights) + "]";
    }
}
