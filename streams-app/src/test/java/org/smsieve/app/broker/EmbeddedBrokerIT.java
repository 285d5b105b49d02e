package org.smsieve.app.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.smsieve.app.fixture.AppProcess;
import org.smsieve.command.UserException;

@Timeout(60)
class EmbeddedBrokerIT {
    private static Set<Path> directories() throws Exception {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("smsieve-broker-"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void servesClientsAndLeavesNothingBehind() throws Exception {
        Set<Path> before = directories();
        Set<Path> own;
        try (EmbeddedBroker broker = EmbeddedBroker.start(0)) {
            own = directories();
            own.removeAll(before);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            }
            int port = Integer.parseInt(broker.bootstrapServers().split(":", -1)[1]);
            assertThatThrownBy(() -> EmbeddedBroker.start(port))
                    .isInstanceOf(UserException.class)
                    .hasMessage("--kafka-port: " + port + " is in use (expected: a free one; 0 takes any)");
        }
        assertThat(own).isNotEmpty().allMatch(Files::notExists);
    }

    @Test
    void leavesNothingBehindWhenItDoesNotStart(@TempDir Path parent) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String controller = "127.0.0.1:" + AppProcess.freePort();
            List<Map<String, String>> failures = List.of(
                    Map.of("log.segment.bytes", "none"),
                    Map.of(
                            "listeners",
                            "PLAINTEXT://127.0.0.1:" + taken.getLocalPort() + ",CONTROLLER://" + controller,
                            "controller.quorum.voters",
                            "1@" + controller));
            for (Map<String, String> settings : failures) {
                Path directory = Files.createDirectory(parent.resolve("broker"));

                assertThatThrownBy(() -> EmbeddedBroker.start(0, directory, settings))
                        .isInstanceOf(Exception.class);

                assertThat(directory).doesNotExist();
            }
        }
    }
}
