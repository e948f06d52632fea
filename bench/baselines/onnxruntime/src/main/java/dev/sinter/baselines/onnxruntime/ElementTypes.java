package dev.sinter.baselines.onnxruntime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Types of tensors as the benchmark writes them. */
final class ElementTypes {
    private static final Map<String, OnnxJavaType> TYPES = Map.of("float32", OnnxJavaType.FLOAT, "float64",
            OnnxJavaType.DOUBLE, "int8", OnnxJavaType.INT8, "uint8", OnnxJavaType.UINT8, "int16", OnnxJavaType.INT16,
            "int32", OnnxJavaType.INT32, "int64", OnnxJavaType.INT64, "bool", OnnxJavaType.BOOL, "float16",
            OnnxJavaType.FLOAT16, "bfloat16", OnnxJavaType.BFLOAT16);

    private ElementTypes() {}

    static OnnxJavaType of(String dtype) {
        OnnxJavaType type = TYPES.get(dtype);
        if (type == null) {
            throw new IllegalArgumentException("inputs of " + dtype + " are not measured");
        }
        return type;
    }

    /** The sizes, separated by commas. */
    static long[] sizes(String text) {
        return Stream.of(text.split(",")).filter(size -> !size.isEmpty()).mapToLong(Long::parseLong).toArray();
    }

    /** The dtype and the sizes. */
    static String text(TensorInfo info) {
        String dtype = TYPES.entrySet().stream().filter(entry -> entry.getValue() == info.type)
                .map(Map.Entry::getKey).findFirst().orElseThrow(() -> new IllegalArgumentException("outputs of "
                        + info.type + " are not measured"));
        return dtype + " " + Arrays.stream(info.getShape()).mapToObj(Long::toString).collect(Collectors.joining(","));
    }
}
