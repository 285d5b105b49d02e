/** What is told of a trained model: report, plots and model card. */
package org.smsieve.trainer.report;
