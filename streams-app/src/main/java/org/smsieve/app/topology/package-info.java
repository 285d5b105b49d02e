/** The way of a record through Kafka Streams: classified ahead at the poll, joined with its verdict in order. */
package org.smsieve.app.topology;
