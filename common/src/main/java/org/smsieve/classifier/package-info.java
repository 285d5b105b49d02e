/** Texts in, verdicts out: the classifier as the rest of the product sees it. */
package org.smsieve.classifier;
