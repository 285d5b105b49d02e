/** What crosses Kafka: how a record's value is read as a message, and how its verdict is written. */
package org.smsieve.message;
