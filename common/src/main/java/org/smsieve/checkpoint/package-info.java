/** GPT-2 weights on disk: safetensors files and Hugging Face checkpoint directories, read and written. */
package org.smsieve.checkpoint;
