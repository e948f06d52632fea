package dev.sinter.ir;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.FloatText;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Rounding;
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
                out.append(i == 0 ? "" : ", ").append(element(array.dtype(), array.getBits(i)));
            }
            return out.toString();
        }
        long first = array.getBits(0);
        for (long i = 1; i < count; i++) {
            if (array.getBits(i) != first) {
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
                array.setBits(i, switch (type.dtype().bytes()) {
                    case 1 -> buffer.get();
                    case 2 -> buffer.getShort();
                    case 4 -> buffer.getInt();
                    default -> buffer.getLong();
                });
            }
            return array;
        }
        if (in.accept("all")) {
            long bits = element(in, type.dtype());
            for (long i = 0; i < count; i++) {
                array.setBits(i, bits);
            }
            return array;
        }
        for (long i = 0; i < count; i++) {
            if (i > 0) {
                in.expect(",");
            }
            array.setBits(i, element(in, type.dtype()));
        }
        return array;
    }

    private static byte[] bytes(NDArray array) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(array.segment().byteSize()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < array.elementCount(); i++) {
            switch (array.dtype().bytes()) {
                case 1 -> buffer.put((byte) array.getBits(i));
                case 2 -> buffer.putShort((short) array.getBits(i));
                case 4 -> buffer.putInt((int) array.getBits(i));
                default -> buffer.putLong(array.getBits(i));
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
            case FLOAT16, BFLOAT16 -> {
                float value = Rounding.halfFloat(dtype, (short) bits);
                if (Float.isNaN(value)) {
                    yield (short) bits == quietNan(dtype) ? "nan" : "nan:" + Integer.toHexString((int) bits & 0xffff);
                }
                yield Float.isInfinite(value) ? value > 0 ? "inf" : "-inf" : FloatText.of(dtype, value);
            }
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32 -> Long.toString(bits);
            case UINT64 -> Long.toUnsignedString(bits);
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
                case FLOAT16, BFLOAT16 -> word.startsWith("nan:") ? Integer.parseUnsignedInt(word.substring(4), 16)
                        : Rounding.halfBits(dtype, special(word).orElseGet(() -> Double.parseDouble(word)));
                case INT64 -> Long.parseLong(word);
                case UINT64 -> Long.parseUnsignedLong(word);
                case INT8, INT16, INT32, UINT8, UINT16, UINT32 -> {
                    long value = Long.parseLong(word);
                    if (dtype.wrap(value) != value) {
                        throw new NumberFormatException();
                    }
                    yield value;
                }
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

    private static short quietNan(DType half) {
        return Rounding.halfBits(half, Float.intBitsToFloat(QUIET_NAN_FLOAT));
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
