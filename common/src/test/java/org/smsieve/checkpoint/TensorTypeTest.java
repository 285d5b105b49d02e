package org.smsieve.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTypeTest {
    /** Half precision as numpy.float16 rounds it. */
    @ParameterizedTest
    @CsvSource({
        "0, 0000",
        "1, 3c00",
        "-2, c000",
        "0.1, 2e66",
        "65504, 7bff",
        "65519.99, 7bff",
        "65520, 7c00",
        "1e9, 7c00",
        "-1e9, fc00",
        "6.103515625e-5, 0400",
        "6.1e-5, 03ff",
        "5.960464477539063e-8, 0001",
        "2.9802322387695312e-8, 0000",
        "2.9802326e-8, 0001",
        "1.00048828125, 3c00",
        "1.0014648, 3c02"
    })
    void roundsToHalfPrecision(float value, String hex) {
        ByteBuffer buffer = ByteBuffer.allocate(2);
        TensorType.F16.put(buffer, value);
        assertThat(String.format("%04x", buffer.getShort(0) & 0xffff)).isEqualTo(hex);
    }

    @Test
    void keepsEveryHalf() {
        for (int bits = 0; bits < 0x1_0000; bits++) {
            ByteBuffer buffer = ByteBuffer.allocate(2).putShort((short) bits).flip();
            float value = TensorType.F16.get(buffer);
            buffer.clear();
            TensorType.F16.put(buffer, value);
            if (Float.isNaN(value)) {
                assertThat(TensorType.F16.get(buffer.flip())).isNaN();
            } else {
                assertThat(buffer.getShort(0)).isEqualTo((short) bits);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3.1415927, 3.140625", "1.00390625, 1", "1.01171875, 1.015625", "-1e-40, -9.18e-41"})
    void roundsToBfloat16(float value, float expected) {
        assertThat(TensorType.BF16.round(value)).isCloseTo(expected, within(Math.abs(expected) * 4e-2f));
    }

    private static Offset<Float> within(float offset) {
        return Offset.offset(offset);
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void keepsWhatIsNoNumber(TensorType type) {
        assertThat(type.round(Float.NaN)).isNaN();
        assertThat(type.round(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(Float.floatToIntBits(type.round(-0f))).isEqualTo(Float.floatToIntBits(-0f));
    }
}
