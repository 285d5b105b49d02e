package org.smsieve.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimeLimitTest {
    private static void writeForEver(SocketChannel channel) throws IOException {
        while (true) {
            channel.write(ByteBuffer.allocate(1 << 20));
        }
    }

    @Test
    void endsAWriteThatNobodyReads() throws Exception {
        try (TimeLimit limit = new TimeLimit();
                ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel reader = SocketChannel.open(server.getLocalAddress());
                SocketChannel writer = server.accept()) {
            assertThat(reader.isConnected()).isTrue();

            assertThatThrownBy(() -> limit.run(Duration.ofMillis(200), () -> writeForEver(writer)))
                    .isInstanceOf(ClosedByInterruptException.class);

            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(writer.isOpen()).isFalse();
        }
    }

    @Test
    void leavesAloneWhatIsDoneInTime() throws Exception {
        try (TimeLimit limit = new TimeLimit()) {
            limit.run(Duration.ofMillis(50), () -> {});

            Thread.sleep(200);

            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }
}
