package dev.sinter.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;

/** Copies between an {@link NDArray} and nested Java arrays, or boxed values where there is no axis. */
final class JavaArrays {
    private JavaArrays() {}

    static NDArray toArray(Object source) {
        int rank = 0;
        Class<?> element = source.getClass();
        while (element.isArray()) {
            element = element.getComponentType();
            rank++;
        }
        DType dtype = dtype(element, source);
        long[] sizes = new long[rank];
        Object level = source;
        for (int axis = 0; axis < rank; axis++) {
            sizes[axis] = Array.getLength(level);
            if (sizes[axis] == 0) {
                break;
            }
            level = axis + 1 < rank ? row(level, 0) : level;
        }
        NDArray array = NDArray.zeros(dtype, sizes);
        if (rank == 0) {
            fillScalar(source, array);
        } else {
            fill(source, 0, 0, array);
        }
        return array;
    }

    private static DType dtype(Class<?> element, Object source) {
        if (element == float.class || element == Float.class) {
            return DType.FLOAT32;
        }
        if (element == double.class || element == Double.class) {
            return DType.FLOAT64;
        }
        if (element == int.class || element == Integer.class) {
            return DType.INT32;
        }
        if (element == long.class || element == Long.class) {
            return DType.INT64;
        }
        if (element == byte.class || element == Byte.class) {
            return DType.INT8;
        }
        if (element == short.class || element == Short.class) {
            return DType.INT16;
        }
        if (element == boolean.class || element == Boolean.class) {
            return DType.BOOL;
        }
        throw new GraphException("an array is made from float, double, byte, short, int, long or boolean elements, not"
                + " from a " + source.getClass().getTypeName());
    }

    private static Object row(Object level, int index) {
        Object row = Array.get(level, index);
        if (row == null) {
            throw new GraphException("row " + index + " of a nested array is null");
        }
        return row;
    }

    private static void fillScalar(Object source, NDArray array) {
        switch (source) {
            case Boolean truth -> array.setLong(0, truth ? 1 : 0);
            case Long number -> array.setLong(0, number);
            case Number number -> array.setDouble(0, number.doubleValue());
            default -> throw new CompilerBug("a scalar of " + source.getClass());
        }
    }

    private static void fill(Object level, int axis, long at, NDArray array) {
        int length = Array.getLength(level);
        if (length != array.size(axis)) {
            throw new GraphException("the rows of a nested array differ in length: along axis " + axis
                    + " there are " + array.size(axis) + " and " + length + " elements");
        }
        MemorySegment to = array.segment();
        switch (level) {
            case float[] values -> MemorySegment.copy(values, 0, to, ValueLayout.JAVA_FLOAT, at * 4, length);
            case double[] values -> MemorySegment.copy(values, 0, to, ValueLayout.JAVA_DOUBLE, at * 8, length);
            case int[] values -> MemorySegment.copy(values, 0, to, ValueLayout.JAVA_INT, at * 4, length);
            case long[] values -> MemorySegment.copy(values, 0, to, ValueLayout.JAVA_LONG, at * 8, length);
            case byte[] values -> MemorySegment.copy(values, 0, to, ValueLayout.JAVA_BYTE, at, length);
            case short[] values -> MemorySegment.copy(values, 0, to, ValueLayout.JAVA_SHORT, at * 2, length);
            case boolean[] values -> {
                for (int i = 0; i < length; i++) {
                    array.setLong(at + i, values[i] ? 1 : 0);
                }
            }
            default -> {
                long step = rowLength(array, axis);
                for (int i = 0; i < length; i++) {
                    if (axis + 1 < array.rank()) {
                        fill(row(level, i), axis + 1, at + i * step, array);
                    } else {
                        NDArray scalar = toArray(row(level, i));
                        MemorySegment.copy(scalar.segment(), 0, to, (at + i) * scalar.dtype().bytes(),
                                scalar.dtype().bytes());
                    }
                }
            }
        }
    }

    private static long rowLength(NDArray array, int axis) {
        long length = 1;
        for (int inner = axis + 1; inner < array.rank(); inner++) {
            length *= array.size(inner);
        }
        return length;
    }

    /** The dtype of the Java type that holds all values of a dtype; the bits of {@code uint64}. */
    private static DType java(DType dtype) {
        return switch (dtype) {
            case FLOAT16, BFLOAT16 -> DType.FLOAT32;
            case UINT8 -> DType.INT16;
            case UINT16 -> DType.INT32;
            case UINT32, UINT64 -> DType.INT64;
            case FLOAT32, FLOAT64, INT8, INT16, INT32, INT64, BOOL -> dtype;
        };
    }

    static Object toNested(NDArray given) {
        NDArray array = given.dtype() == DType.UINT64 ? given.view(DType.INT64) : given.cast(java(given.dtype()));
        if (array.rank() == 0) {
            return Array.get(toNested(array.reshape(1)), 0);
        }
        int[] lengths = new int[array.rank()];
        for (int axis = 0; axis < lengths.length; axis++) {
            lengths[axis] = Math.toIntExact(array.size(axis));
        }
        Class<?> element = switch (array.dtype()) {
            case FLOAT32 -> float.class;
            case FLOAT64 -> double.class;
            case INT8 -> byte.class;
            case INT16 -> short.class;
            case INT32 -> int.class;
            case INT64 -> long.class;
            case BOOL -> boolean.class;
            case FLOAT16, BFLOAT16, UINT8, UINT16, UINT32, UINT64 -> throw new CompilerBug("Java has no "
                    + array.dtype());
        };
        Object nested = Array.newInstance(element, lengths);
        read(array, 0, 0, nested);
        return nested;
    }

    private static void read(NDArray array, int axis, long at, Object level) {
        MemorySegment from = array.segment();
        switch (level) {
            case float[] values -> MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, at * 4, values, 0, values.length);
            case double[] values ->
                    MemorySegment.copy(from, ValueLayout.JAVA_DOUBLE, at * 8, values, 0, values.length);
            case int[] values -> MemorySegment.copy(from, ValueLayout.JAVA_INT, at * 4, values, 0, values.length);
            case long[] values -> MemorySegment.copy(from, ValueLayout.JAVA_LONG, at * 8, values, 0, values.length);
            case byte[] values -> MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, values, 0, values.length);
            case short[] values -> MemorySegment.copy(from, ValueLayout.JAVA_SHORT, at * 2, values, 0, values.length);
            case boolean[] values -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = array.getLong(at + i) != 0;
                }
            }
            default -> {
                long step = rowLength(array, axis);
                for (int i = 0; i < Array.getLength(level); i++) {
                    read(array, axis + 1, at + i * step, Array.get(level, i));
                }
            }
        }
    }
}
