package org.smsieve.registry;

/**
 * When a shadow becomes the model that is served, and when it is dropped: as soon as it has classified so many records,
 * by how it did.
 *
 * @param records how many to see first, at least 1
 * @param minAgreement the least share of them to which it gives the served model's label, in [0, 1]
 * @param maxLatencyRatio the most time it may take for the same micro-batches, as a multiple of the served model's;
 *     above 0
 */
public record PromotionRule(long records, double minAgreement, double maxLatencyRatio) {
    /** Checks the ranges. */
    public PromotionRule {
        if (records < 1 || !(minAgreement >= 0 && minAgreement <= 1) || !(maxLatencyRatio > 0)) {
            throw new AnnouncementException("promoteAfter: records " + records + ", minAgreement " + minAgreement
                    + ", maxLatencyRatio " + maxLatencyRatio + " (expected: at least 1, 0 to 1, above 0)");
        }
    }
}
