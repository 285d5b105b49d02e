package org.smsieve.app.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionFailureTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "nosuchhost.invalid:9092"})
    void namesTheBrokersThatAreNoAddresses(String servers) {
        Map<String, Object> settings = Map.of("bootstrap.servers", servers);

        Throwable error = catchThrowable(() -> Admin.create(settings));

        assertThat(ConnectionFailure.of(error, settings).orElseThrow())
                .startsWith("kafka.bootstrap.servers: " + servers + " (expected: the brokers, as host:port,host:port");
    }
}
