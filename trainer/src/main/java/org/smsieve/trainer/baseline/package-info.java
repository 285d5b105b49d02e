/** What a model is measured against: a linear classifier on n-grams, trained on the same messages. */
package org.smsieve.trainer.baseline;
