/** How fast it all is on this machine. */
package org.smsieve.benchmark;
