/** The demo: messages in, verdicts out, through a real broker in this process. */
package org.smsieve.app.demo;
