/** The engine: one thread that classifies in micro-batches what all stream threads submit. */
package org.smsieve.app.microbatch;
