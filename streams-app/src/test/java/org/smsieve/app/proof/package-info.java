/** Proof of the guarantees: real processes, killed, swapped and fed with whatever there is. */
package org.smsieve.app.proof;
