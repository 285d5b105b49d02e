/** How good a classifier is on labelled messages. */
package org.smsieve.trainer.evaluate;
