/** What the app counts and measures. */
package org.smsieve.app.metrics;
