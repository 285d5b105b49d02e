/** A Kafka broker in this process, for the demo and the tests. */
package org.smsieve.app.broker;
