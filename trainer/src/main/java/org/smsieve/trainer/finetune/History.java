package org.smsieve.trainer.finetune;

import java.util.List;

/**
 * How a training went.
 *
 * @param points in the order of time: the first before training, the last at its end
 * @param epochs how many epochs were done
 * @param keptEpoch the epoch whose weights were kept, counted from 1
 */
public record History(List<Point> points, int epochs, int keptEpoch) {
    public History {
        points = List.copyOf(points);
    }

    /**
     * Figures at one moment.
     *
     * @param step how many steps were done; 0 before training
     * @param epoch how much of the epochs was done, such as 1.5; whole at an epoch's end
     * @param examples how many messages were learned from
     * @param endsEpoch whether it is an epoch's end
     * @param train of training messages: a sample of them, always the same number
     * @param validation of validation messages; null where there are none
     * @param test of a sample of the test messages, before training; null afterwards and where there are none
     */
    public record Point(
            int step,
            double epoch,
            long examples,
            boolean endsEpoch,
            Figures train,
            Figures validation,
            Figures test) {}
}
