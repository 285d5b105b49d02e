package org.smsieve.classifier;

import java.time.Instant;
import java.util.Optional;

/**
 * What a classifier is, and how it computes.
 *
 * @param model the model, {@code name@version}
 * @param precision what it computes in, such as {@code bf16}
 * @param device where, as a setting names it: {@code cpu} or {@code gpu:0}
 * @param created when the model was trained; empty where that is unknown
 */
public record ClassifierInfo(String model, String precision, String device, Optional<Instant> created) {}
