package org.smsieve.checkpoint;

import java.nio.ByteBuffer;

/** How numbers are stored in a safetensors file. In memory all are float32. */
public enum TensorType {
    /** IEEE 754 single precision. */
    F32(4) {
        @Override
        float get(ByteBuffer buffer) {
            return buffer.getFloat();
        }

        @Override
        void put(ByteBuffer buffer, float value) {
            buffer.putFloat(value);
        }
    },
    /** IEEE 754 half precision: 11 significant bits, up to 65,504. */
    F16(2) {
        @Override
        float get(ByteBuffer buffer) {
            return halfToFloat(buffer.getShort());
        }

        @Override
        void put(ByteBuffer buffer, float value) {
            buffer.putShort(floatToHalf(value));
        }
    },
    /** The upper half of a single: 8 significant bits, the full range. */
    BF16(2) {
        @Override
        float get(ByteBuffer buffer) {
            return Float.intBitsToFloat(buffer.getShort() << 16);
        }

        @Override
        void put(ByteBuffer buffer, float value) {
            int bits = Float.floatToRawIntBits(value);
            // Round to nearest, ties to even; a NaN stays one.
            int rounded = Float.isNaN(value) ? bits | 0x0040_0000 : bits + 0x7fff + ((bits >>> 16) & 1);
            buffer.putShort((short) (rounded >>> 16));
        }
    };

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes an element. */
    public int bytes() {
        return bytes;
    }

    /** Reads the next element of a little-endian buffer. */
    abstract float get(ByteBuffer buffer);

    /** Writes the next element to a little-endian buffer, rounded to the nearest value of this type. */
    abstract void put(ByteBuffer buffer, float value);

    /** The nearest value of this type. */
    float round(float value) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        put(buffer, value);
        return get(buffer.flip());
    }

    private static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float subnormal = fraction * 0x1p-24f;
            return sign == 0 ? subnormal : -subnormal;
        }
        int bits = exponent == 0x1f ? 0x7f80_0000 | fraction << 13 : (exponent + 112) << 23 | fraction << 13;
        return Float.intBitsToFloat(sign | bits);
    }

    private static short floatToHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude < 0x1p-14f) {
            // Subnormal: a multiple of 2^-24. rint rounds ties to even; 1024 carries into the smallest normal number.
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
        }
        int rounded = (bits & 0x7fff_ffff) + 0xfff + ((bits >>> 13) & 1);
        int half = (rounded >>> 13) - (112 << 10);
        return (short) (sign | Math.min(half, 0x7c00));
    }
}
