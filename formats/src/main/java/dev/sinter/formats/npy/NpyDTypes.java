package dev.sinter.formats.npy;

import dev.sinter.formats.FormatException;
import dev.sinter.tensor.DType;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.Function;

/** NumPy's words for dtypes: the order of the bytes, a letter, the size in bytes. */
final class NpyDTypes {
    private static final String ORDERS = "<>|=";

    private NpyDTypes() {}

    /** A dtype, and whether the bytes of its elements lie in the order that is not the machine's. */
    record Stored(DType dtype, boolean reversed) {}

    /**
     * The dtype that a word means.
     *
     * @param refused makes the failure for a word that means none, of the reason
     */
    static Stored parse(String word, Function<String, FormatException> refused) {
        if (word.length() < 2 || ORDERS.indexOf(word.charAt(0)) < 0) {
            throw refused.apply("the dtype '" + word + "' is none that NumPy writes, such as '<f4'");
        }
        DType dtype = named(word.substring(1)).orElseThrow(() -> refused.apply(refusal(word)));
        char order = word.charAt(0);
        if (order == '|' && dtype.bytes() > 1) {
            throw refused.apply("the dtype '" + word + "' does not say in which order the bytes lie");
        }
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return new Stored(dtype, dtype.bytes() > 1 && (little ? order == '>' : order == '<'));
    }

    private static Optional<DType> named(String name) {
        for (DType dtype : DType.values()) {
            if (dtype != DType.BFLOAT16 && name.equals(letter(dtype) + dtype.bytes())) {
                return Optional.of(dtype);
            }
        }
        return Optional.empty();
    }

    private static String letter(DType dtype) {
        return switch (dtype) {
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> "f";
            case INT8, INT16, INT32, INT64 -> "i";
            case UINT8, UINT16, UINT32, UINT64 -> "u";
            case BOOL -> "b";
        };
    }

    private static String refusal(String word) {
        String says = "the dtype '" + word + "' ";
        return says + switch (word.charAt(1)) {
            case 'O' -> "means Python objects, which are never unpickled; save numbers";
            case 'c' -> "is complex: save a.real and a.imag as two arrays";
            case 'V' -> word.endsWith("V2") ? "is raw bytes, as those of a bfloat16: save a.view(numpy.uint16), and"
                    + " read it with view(BFLOAT16)" : "is raw bytes: save a.view(...) of a number's dtype";
            case 'S', 'U', 'a' -> "means strings, which Sinter lacks";
            case 'M', 'm' -> "means times: save a.astype(numpy.int64)";
            case 'f' -> "is a float that Sinter lacks: save a.astype(numpy.float64)";
            default -> "is none that Sinter has";
        };
    }

    /** The word for a dtype in the machine's order of bytes. */
    static String word(DType dtype) {
        if (dtype == DType.BFLOAT16) {
            throw new FormatException("npy files have no dtype for bfloat16; write array.view(UINT16), which reads back"
                    + " with view(BFLOAT16), or array.cast(FLOAT32)");
        }
        char order = dtype.bytes() == 1 ? '|' : ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? '<' : '>';
        return order + letter(dtype) + dtype.bytes();
    }
}
