package org.smsieve.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;

class GradientSumIT {
    @Test
    void scalesDownWhatIsTooLong() {
        try (NDManager manager = NDManager.newBaseManager()) {
            GradientSum gradients = new GradientSum();
            gradients.add(new NDList(manager.create(new float[] {1, 0}), manager.create(1f)));
            gradients.add(new NDList(manager.create(new float[] {2, 0}), manager.create(3f)));

            // (3, 0) and 4 together have length 5.
            NDList clipped = gradients.clipped(2.5);

            assertThat(clipped.get(0).toFloatArray())
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(1.5f, 0);
            assertThat(clipped.get(1).toFloatArray())
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(2);
        }
    }

    @Test
    void leavesWhatIsShortEnough() {
        try (NDManager manager = NDManager.newBaseManager()) {
            GradientSum gradients = new GradientSum();
            gradients.add(new NDList(manager.create(new float[] {3, 4})));

            assertThat(gradients.clipped(5.1).get(0).toFloatArray()).containsExactly(3, 4);
            assertThat(gradients.clipped(Double.POSITIVE_INFINITY).get(0).toFloatArray())
                    .containsExactly(3, 4);
        }
    }
}
