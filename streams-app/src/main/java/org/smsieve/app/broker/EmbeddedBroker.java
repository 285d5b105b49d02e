package org.smsieve.app.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.smsieve.command.UserException;

/**
 * A real Kafka node, broker and controller in one, on the loopback interface: any client on this machine can use it.
 * Its data stand in a temporary directory and are deleted when it is closed.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Path directory;
    private final String bootstrapServers;
    private final KafkaRaftServer server;

    private EmbeddedBroker(Path directory, String bootstrapServers, KafkaRaftServer server) {
        this.directory = directory;
        this.bootstrapServers = bootstrapServers;
        this.server = server;
    }

    /**
     * Starts a broker, in about two seconds.
     *
     * @param port the port of its listener; 0: any free one
     * @throws UserException if the port is in use
     */
    public static EmbeddedBroker start(int port) {
        try {
            return start(port, Files.createTempDirectory("smsieve-broker-"), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * As above, in a given directory.
     *
     * @param directory empty; deleted when the broker is closed, or does not start
     * @param settings besides those here, or instead of them
     */
    static EmbeddedBroker start(int port, Path directory, Map<String, String> settings) {
        try {
            int listenerPort = freePort(port);
            Map<String, String> properties = properties(directory, listenerPort, freePort(0));
            properties.putAll(settings);
            return new EmbeddedBroker(directory, HOST + ":" + listenerPort, startServer(directory, properties));
        } catch (Exception e) {
            delete(directory);
            if (e instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException("the broker does not start", e);
        }
    }

    private static KafkaRaftServer startServer(Path directory, Map<String, String> properties) throws Exception {
        format(directory, 1, Uuid.randomUuid());
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        try {
            server.startup();
            return server;
        } catch (Throwable e) {
            server.shutdown();
            throw e;
        }
    }

    private static int freePort(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (BindException e) {
            throw new UserException("--kafka-port: " + port + " is in use (expected: a free one; 0 takes any)", e);
        }
    }

    /** Makes an empty directory that of a new node of a cluster. */
    public static void format(Path directory, int node, Uuid cluster) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(node)
                .setClusterId(cluster.toString())
                .setDirectories(List.of(directory.toString()))
                .setMetadataLogDirectory(directory.toString())
                .setControllerListenerName("CONTROLLER")
                .run();
    }

    /** The settings of a broker in a directory, to add to; both ports are on the loopback interface. */
    public static Map<String, String> properties(Path directory, int port, int controllerPort) {
        String listener = "PLAINTEXT://" + HOST + ":" + port;
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        properties.put("listeners", listener + ",CONTROLLER://" + HOST + ":" + controllerPort);
        properties.put("advertised.listeners", listener);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", directory.toString());
        // A misspelt topic is an error of the client, as in production.
        properties.put("auto.create.topics.enable", "false");
        // Nothing is deleted by its age: a client may send records with timestamps of long ago.
        properties.put("log.retention.ms", "-1");
        // One node: one replica of everything.
        properties.put("default.replication.factor", "1");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        // Few partitions and little memory: it starts the faster.
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        // Long enough for all stream threads of an app to join a group in its first round, and not in a second.
        properties.put("group.initial.rebalance.delay.ms", "200");
        properties.put("group.streams.initial.rebalance.delay.ms", "200");
        // A client that was killed is missed after seconds.
        properties.put("group.min.session.timeout.ms", "1000");
        properties.put("group.streams.min.session.timeout.ms", "1000");
        properties.put("group.streams.session.timeout.ms", "6000");
        properties.put("group.streams.min.heartbeat.interval.ms", "500");
        properties.put("group.streams.heartbeat.interval.ms", "1000");
        properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        return properties;
    }

    /** Where clients find it, {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        delete(directory);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
