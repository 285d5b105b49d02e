/** The GPT-2 program: TorchScript assembled in memory from a checkpoint and run by libtorch. */
package org.smsieve.gpt2;
