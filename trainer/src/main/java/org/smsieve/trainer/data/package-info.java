/** Labelled messages: reading them from files, splitting them into training, validation and test, writing the parts. */
package org.smsieve.trainer.data;
