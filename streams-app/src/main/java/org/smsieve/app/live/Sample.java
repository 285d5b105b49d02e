package org.smsieve.app.live;

import java.time.Instant;

/**
 * Throughput and latency over some time.
 *
 * @param end when that time ended
 * @param perSecond records done a second
 * @param p50Millis half of them took no longer from the poll until they were forwarded, in ms; NaN if there were none
 * @param p99Millis likewise of 99 in 100
 */
public record Sample(Instant end, double perSecond, double p50Millis, double p99Millis) {}
