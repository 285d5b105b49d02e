/** Finetuning: from a base checkpoint and labelled messages to a classifier's weights. */
package org.smsieve.trainer.finetune;
