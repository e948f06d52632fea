package dev.sinter.formats.onnx.schema;

import dev.sinter.tensor.DType;
import java.util.List;
import java.util.Optional;

/** The numbers of element types in files. */
public final class ElementType {
    public static final int STRING = 8;
    private static final List<String> NAMES = List.of("undefined", "float", "uint8", "int8", "uint16", "int16", "int32",
            "int64", "string", "bool", "float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16",
            "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1",
            "float8e8m0", "uint2", "int2");

    private ElementType() {}

    /** The dtype of a number, where there is one here. */
    public static Optional<DType> dtype(long number) {
        return Optional.ofNullable(switch (Math.clamp(number, 0, NAMES.size())) {
            case 1 -> DType.FLOAT32;
            case 2 -> DType.UINT8;
            case 3 -> DType.INT8;
            case 4 -> DType.UINT16;
            case 5 -> DType.INT16;
            case 6 -> DType.INT32;
            case 7 -> DType.INT64;
            case 9 -> DType.BOOL;
            case 10 -> DType.FLOAT16;
            case 11 -> DType.FLOAT64;
            case 12 -> DType.UINT32;
            case 13 -> DType.UINT64;
            case 16 -> DType.BFLOAT16;
            default -> null;
        });
    }

    /** The number of a dtype. */
    public static int number(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> 1;
            case UINT8 -> 2;
            case INT8 -> 3;
            case UINT16 -> 4;
            case INT16 -> 5;
            case INT32 -> 6;
            case INT64 -> 7;
            case BOOL -> 9;
            case FLOAT16 -> 10;
            case FLOAT64 -> 11;
            case UINT32 -> 12;
            case UINT64 -> 13;
            case BFLOAT16 -> 16;
        };
    }

    /** What the standard calls a number. */
    public static String name(long number) {
        return number >= 0 && number < NAMES.size() ? NAMES.get((int) number) : "element type " + number;
    }
}
