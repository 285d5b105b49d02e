package org.smsieve.app.topology;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.smsieve.app.microbatch.EngineFailedException;
import org.smsieve.app.microbatch.RecordRejectedException;
import org.smsieve.classifier.Verdict;
import org.smsieve.message.DeadLetterReason;
import org.smsieve.message.Inbound.Message;
import org.smsieve.message.Inbound.Unreadable;
import org.smsieve.message.OutputFormat;

/**
 * Joins each record with its verdict, in order, and sends it to the sink of its label or to the dead letters. To Kafka
 * Streams it is a plain synchronous processor: offsets, transactions and rebalances are Kafka's own affair. An engine
 * that is broken makes it throw, and so the app stop before the record's offset is committed.
 */
final class ClassifyProcessor implements Processor<byte[], byte[], byte[], Outbound> {
    /** Bytes of a record besides its key, value and headers: more than the producer ever counts. */
    private static final int RECORD_OVERHEAD = 128;

    /** The same of one header. */
    private static final int HEADER_OVERHEAD = 10;

    private final Intake intake;
    private final OutputFormat format;
    private final int maxRequestBytes;
    private ProcessorContext<byte[], Outbound> context;

    /**
     * A processor of one task.
     *
     * @param maxRequestBytes the producer's {@code max.request.size}: a larger record would fail its transaction
     */
    ClassifyProcessor(Intake intake, OutputFormat format, int maxRequestBytes) {
        this.intake = intake;
        this.format = format;
        this.maxRequestBytes = maxRequestBytes;
    }

    @Override
    public void init(ProcessorContext<byte[], Outbound> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        PendingVerdict ahead = PendingVerdict.of(record.headers());
        intake.metrics().joined(ahead != null);
        PendingVerdict pending = ahead != null ? ahead : intake.submit(record.value(), intake.poll(0, false));
        pending.poll().awaitBegin(intake.engine());
        if (pending.inbound() instanceof Message message) {
            classified(record, message, pending);
        } else if (pending.inbound() instanceof Unreadable unreadable) {
            deadLetter(record, pending, DeadLetter.of(unreadable));
        }
        if (pending.poll().endsWithCommit()) {
            context.commit();
        }
    }

    private void classified(Record<byte[], byte[]> record, Message message, PendingVerdict pending) {
        Verdict verdict;
        Record<byte[], Outbound> labelled;
        try {
            verdict = intake.engine().await(pending.verdict());
            labelled = record.withValue(outbound(format.value(record.value(), message, verdict)))
                    .withHeaders(OutboundHeaders.labelled(record.headers(), verdict));
        } catch (EngineFailedException e) {
            throw e;
        } catch (RecordRejectedException e) {
            deadLetter(record, pending, DeadLetter.of(e));
            return;
        } catch (RuntimeException e) {
            String type = e.getClass().getName();
            deadLetter(record, pending, new DeadLetter(DeadLetterReason.DEFECT, type, "while writing the verdict"));
            return;
        }
        if (sizeBound(labelled) > maxRequestBytes) {
            String detail = "the labelled record is larger than kafka.producer.max.request.size=" + maxRequestBytes;
            deadLetter(
                    record,
                    pending,
                    new DeadLetter(DeadLetterReason.OUTPUT_TOO_LARGE, Verdict.class.getName(), detail));
            return;
        }
        context.forward(labelled, SmsTopology.sink(verdict.label()));
        intake.metrics().labelled(verdict, record.timestamp());
        intake.recent().labelled(message, verdict, pending.since());
    }

    private void deadLetter(Record<byte[], byte[]> record, PendingVerdict pending, DeadLetter letter) {
        RecordMetadata origin = context.recordMetadata().orElseThrow();
        Record<byte[], Outbound> dead = record.withValue(outbound(record.value()))
                .withHeaders(OutboundHeaders.deadLetter(record.headers(), letter, origin));
        if (sizeBound(dead) > maxRequestBytes) {
            // It could not be written: what stays says where the original stands.
            DeadLetter pointer = new DeadLetter(
                    letter.reason(),
                    letter.exception(),
                    letter.detail() + "; key, value and headers left out: too large");
            dead = new Record<>(
                    null,
                    outbound(null),
                    record.timestamp(),
                    OutboundHeaders.deadLetter(new RecordHeaders(), pointer, origin));
        }
        context.forward(dead, SmsTopology.DEAD_LETTER_SINK);
        intake.metrics().deadLetter(letter.reason(), record.timestamp());
        intake.recent().deadLetter(pending.inbound(), letter.reason(), pending.since());
    }

    private Outbound outbound(byte[] value) {
        return new Outbound(value, context.taskId().partition());
    }

    private static long sizeBound(Record<byte[], Outbound> record) {
        long bytes =
                RECORD_OVERHEAD + length(record.key()) + length(record.value().bytes());
        for (Header header : record.headers()) {
            // A character has three bytes of UTF-8 at most.
            bytes += HEADER_OVERHEAD + 3L * header.key().length() + length(header.value());
        }
        return bytes;
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
