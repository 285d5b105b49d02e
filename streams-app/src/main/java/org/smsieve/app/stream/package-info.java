/** The app's life: checks before the start, the running topology, and its end. */
package org.smsieve.app.stream;
