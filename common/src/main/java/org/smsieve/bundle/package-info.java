/**
 * Bundles: a finetuned classifier on disk with all that is known of it, written whole or not at all, checked when read.
 */
package org.smsieve.bundle;
