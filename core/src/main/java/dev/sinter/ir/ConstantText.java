package dev.sinter.ir;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/**
 * The elements of a constant as text: all of them where they are few, {@code all 0.0} where all are the same,
 * otherwise the little-endian bytes in base 64. Every bit survives.
 */
final class ConstantText {
    private static final int FEW = 16;
    private static final int QUIET_NAN_FLOAT = 0x7fc00000;
    private static final long QUIET_NAN_DOUBLE = 0x7ff8000000000000L;

    private ConstantText() {}

    static String print(NDArray array) {
        long count = array.elementCount();
        if (count <= FEW) {
            StringBuilder out = new StringBuilder();
            for (long i = 0; i < count; i++) {
                out.append(i == 0 ? "" : ", ").append(element(array.dtype(), bits(array, i)));
            }
            return out.toString();
        }
        long first = bits(array, 0);
        for (long i = 1; i < count; i++) {
            if (bits(array, i) != first) {
                return "base64 " + Base64.getEncoder().encodeToString(bytes(array));
            }
        }
        return "all " + element(array.dtype(), first);
    }

    static NDArray parse(TextCursor in, TensorType type) {
        NDArray array = NDArray.zeros(type.dtype(), type.shape().sizes());
        long count = array.elementCount();
        int start = in.position();
        if (in.accept("base64")) {
            byte[] bytes;
            try {
                bytes = Base64.getDecoder().decode(in.until("}"));
            } catch (IllegalArgumentException wrong) {
                throw in.error(start, "this is not base 64: " + wrong.getMessage());
            }
            if (bytes.length != array.segment().byteSize()) {
                throw in.error(start, bytes.length + " bytes are given, " + type + " has "
                        + array.segment().byteSize());
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < count; i++) {
                setBits(array, i, switch (type.dtype()) {
                    case FLOAT32, INT32 -> buffer.getInt();
                    case FLOAT64, INT64 -> buffer.getLong();
                    case BOOL -> buffer.get();
                });
            }
            return array;
        }
        if (in.accept("all")) {
            long bits = element(in, type.dtype());
            for (long i = 0; i < count; i++) {
                setBits(array, i, bits);
            }
            return array;
        }
        for (long i = 0; i < count; i++) {
            if (i > 0) {
                in.expect(",");
            }
            setBits(array, i, element(in, type.dtype()));
        }
        return array;
    }

    private static long bits(NDArray array, long index) {
        return switch (array.dtype()) {
            case FLOAT32, INT32 -> array.segment().getAtIndex(ValueLayout.JAVA_INT, index);
            case FLOAT64, INT64 -> array.segment().getAtIndex(ValueLayout.JAVA_LONG, index);
            case BOOL -> array.segment().get(ValueLayout.JAVA_BYTE, index);
        };
    }

    private static void setBits(NDArray array, long index, long bits) {
        switch (array.dtype()) {
            case FLOAT32, INT32 -> array.segment().setAtIndex(ValueLayout.JAVA_INT, index, (int) bits);
            case FLOAT64, INT64 -> array.segment().setAtIndex(ValueLayout.JAVA_LONG, index, bits);
            case BOOL -> array.segment().set(ValueLayout.JAVA_BYTE, index, (byte) (bits != 0 ? 1 : 0));
        }
    }

    private static byte[] bytes(NDArray array) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(array.segment().byteSize()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < array.elementCount(); i++) {
            switch (array.dtype()) {
                case FLOAT32, INT32 -> buffer.putInt((int) bits(array, i));
                case FLOAT64, INT64 -> buffer.putLong(bits(array, i));
                case BOOL -> buffer.put((byte) bits(array, i));
            }
        }
        return buffer.array();
    }

    private static String element(DType dtype, long bits) {
        return switch (dtype) {
            case FLOAT32 -> {
                float value = Float.intBitsToFloat((int) bits);
                if (Float.isNaN(value)) {
                    yield (int) bits == QUIET_NAN_FLOAT ? "nan" : "nan:" + Integer.toHexString((int) bits);
                }
                yield Float.isInfinite(value) ? value > 0 ? "inf" : "-inf" : Float.toString(value);
            }
            case FLOAT64 -> {
                double value = Double.longBitsToDouble(bits);
                if (Double.isNaN(value)) {
                    yield bits == QUIET_NAN_DOUBLE ? "nan" : "nan:" + Long.toHexString(bits);
                }
                yield Double.isInfinite(value) ? value > 0 ? "inf" : "-inf" : Double.toString(value);
            }
            case INT32, INT64 -> Long.toString(bits);
            case BOOL -> bits != 0 ? "true" : "false";
        };
    }

    private static long element(TextCursor in, DType dtype) {
        in.skipBlanks();
        int start = in.position();
        String word = in.until(",}");
        try {
            return switch (dtype) {
                case FLOAT32 -> word.startsWith("nan:") ? Integer.parseUnsignedInt(word.substring(4), 16)
                        : Float.floatToRawIntBits(
                                (float) special(word).orElseGet(() -> Float.parseFloat(word)));
                case FLOAT64 -> word.startsWith("nan:") ? Long.parseUnsignedLong(word.substring(4), 16)
                        : Double.doubleToRawLongBits(special(word).orElseGet(() -> Double.parseDouble(word)));
                case INT32 -> Integer.parseInt(word);
                case INT64 -> Long.parseLong(word);
                case BOOL -> switch (word) {
                    case "true" -> 1;
                    case "false" -> 0;
                    default -> throw new NumberFormatException();
                };
            };
        } catch (NumberFormatException wrong) {
            throw in.error(start, "\"" + word + "\" is not an element of dtype " + dtype);
        }
    }

    private static java.util.OptionalDouble special(String word) {
        return switch (word) {
            case "nan" -> java.util.OptionalDouble.of(Double.longBitsToDouble(QUIET_NAN_DOUBLE));
            case "inf" -> java.util.OptionalDouble.of(Double.POSITIVE_INFINITY);
            case "-inf" -> java.util.OptionalDouble.of(Double.NEGATIVE_INFINITY);
            default -> java.util.OptionalDouble.empty();
        };
    }
}
