package org.smsieve.benchmark;

import java.io.IOException;
import org.smsieve.app.broker.EmbeddedBroker;

/** A broker in a process of its own: it prints where clients find it, and ends when its standard input does. */
final class BrokerMain {
    private BrokerMain() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0)) {
            System.out.println(broker.bootstrapServers());
            System.in.transferTo(System.out);
        }
    }
}
