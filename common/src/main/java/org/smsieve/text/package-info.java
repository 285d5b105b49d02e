/** GPT-2's byte-level BPE tokeniser. */
package org.smsieve.text;
