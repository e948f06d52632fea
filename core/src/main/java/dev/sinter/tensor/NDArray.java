package dev.sinter.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.Buffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * A value: elements of one dtype in row-major order, in native memory aligned to 64 bytes, made from and read as
 * Java arrays, buffers or segments. Memory that this class allocates is freed when it is no longer reachable. An
 * array that a run returns does not change. Equality is identity; {@link #sameBits} compares contents.
 */
public final class NDArray {
    /** The alignment of the first element in bytes. */
    public static final long ALIGNMENT = 64;

    private final DType dtype;
    private final long[] sizes;
    private final MemorySegment segment;
    private final boolean borrowed;

    private NDArray(DType dtype, long[] sizes, MemorySegment segment, boolean borrowed) {
        this.dtype = dtype;
        this.sizes = sizes;
        this.segment = segment;
        this.borrowed = borrowed;
    }

    /** An array of zeros. */
    public static NDArray zeros(DType dtype, long... sizes) {
        long bytes = byteSize(dtype, sizes);
        MemorySegment segment = ArrayMemory.allocate(Math.max(bytes, 1), ALIGNMENT);
        return new NDArray(dtype, sizes.clone(), segment.asSlice(0, bytes), false);
    }

    /** An array with one value everywhere, converted as {@link #cast} converts. */
    public static NDArray full(DType dtype, double value, long... sizes) {
        NDArray array = zeros(dtype, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, value);
        }
        return array;
    }

    /** An array without axes, of a value converted as {@link #cast} converts. */
    public static NDArray scalar(DType dtype, double value) {
        return full(dtype, value);
    }

    public static NDArray scalar(float value) {
        return full(DType.FLOAT32, value);
    }

    public static NDArray scalar(double value) {
        return full(DType.FLOAT64, value);
    }

    public static NDArray scalar(int value) {
        return full(DType.INT32, value);
    }

    public static NDArray scalar(long value) {
        NDArray array = zeros(DType.INT64);
        array.setLong(0, value);
        return array;
    }

    public static NDArray scalar(boolean value) {
        return full(DType.BOOL, value ? 1 : 0);
    }

    /** A copy of a Java array, with one axis. */
    public static NDArray of(float... values) {
        return of(values, values.length);
    }

    public static NDArray of(double... values) {
        return of(values, values.length);
    }

    public static NDArray of(int... values) {
        return of(values, values.length);
    }

    public static NDArray of(long... values) {
        NDArray array = zeros(DType.INT64, values.length);
        MemorySegment.copy(values, 0, array.segment, ValueLayout.JAVA_LONG, 0, values.length);
        return array;
    }

    public static NDArray of(boolean... values) {
        return of(values, values.length);
    }

    /** As {@code int8}; see {@link #view} for {@code uint8}. */
    public static NDArray of(byte... values) {
        return of(values, values.length);
    }

    /** As {@code int16}; see {@link #view} for other dtypes of 16 bits. */
    public static NDArray of(short... values) {
        return of(values, values.length);
    }

    /** A copy of a Java array of row-major elements under the given sizes. */
    public static NDArray of(float[] values, long... sizes) {
        NDArray array = sized(DType.FLOAT32, values.length, sizes);
        MemorySegment.copy(values, 0, array.segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return array;
    }

    public static NDArray of(double[] values, long... sizes) {
        NDArray array = sized(DType.FLOAT64, values.length, sizes);
        MemorySegment.copy(values, 0, array.segment, ValueLayout.JAVA_DOUBLE, 0, values.length);
        return array;
    }

    public static NDArray of(int[] values, long... sizes) {
        NDArray array = sized(DType.INT32, values.length, sizes);
        MemorySegment.copy(values, 0, array.segment, ValueLayout.JAVA_INT, 0, values.length);
        return array;
    }

    public static NDArray of(long[] values, long... sizes) {
        return of(values).reshape(sizes);
    }

    public static NDArray of(boolean[] values, long... sizes) {
        NDArray array = sized(DType.BOOL, values.length, sizes);
        for (int i = 0; i < values.length; i++) {
            array.setLong(i, values[i] ? 1 : 0);
        }
        return array;
    }

    public static NDArray of(byte[] values, long... sizes) {
        NDArray array = sized(DType.INT8, values.length, sizes);
        MemorySegment.copy(values, 0, array.segment, ValueLayout.JAVA_BYTE, 0, values.length);
        return array;
    }

    public static NDArray of(short[] values, long... sizes) {
        NDArray array = sized(DType.INT16, values.length, sizes);
        MemorySegment.copy(values, 0, array.segment, ValueLayout.JAVA_SHORT, 0, values.length);
        return array;
    }

    private static NDArray sized(DType dtype, long count, long[] sizes) {
        checkCount(count, sizes);
        return zeros(dtype, sizes);
    }

    /**
     * A copy of a Java array of any rank ({@code float[][]}, {@code boolean[]}, ...), or of a boxed number or
     * boolean as a scalar.
     *
     * @throws GraphException where rows differ in length, or the elements are of another type
     */
    public static NDArray from(Object nestedArray) {
        return JavaArrays.toArray(nestedArray);
    }

    /**
     * The elements of a segment: shared where it is native memory aligned to {@value #ALIGNMENT} bytes and no mapped
     * file (later changes show, and its arena must stay open), else copied. Bools are always copied, any byte but 0
     * as 1.
     *
     * @param dtype   the elements' dtype, in the machine's byte order
     * @param segment exactly the elements
     */
    public static NDArray from(DType dtype, MemorySegment segment, long... sizes) {
        checkBytes(dtype, segment, sizes);
        if (isUsable(segment) && dtype != DType.BOOL) {
            return new NDArray(dtype, sizes.clone(), segment, true);
        }
        NDArray array = zeros(dtype, sizes);
        array.segment.copyFrom(segment);
        if (dtype == DType.BOOL) {
            for (long i = 0; i < array.elementCount(); i++) {
                array.setLong(i, segment.get(ValueLayout.JAVA_BYTE, i));
            }
        }
        return array;
    }

    /**
     * The elements of a buffer from its position to its limit: shared where it is direct, in the machine's byte
     * order and aligned to {@value #ALIGNMENT} bytes, else copied.
     */
    public static NDArray from(FloatBuffer buffer, long... sizes) {
        if (buffer.order() != ByteOrder.nativeOrder()) {
            float[] values = new float[buffer.remaining()];
            buffer.duplicate().get(values);
            return of(values, sizes);
        }
        return from(DType.FLOAT32, buffer, sizes);
    }

    public static NDArray from(DoubleBuffer buffer, long... sizes) {
        if (buffer.order() != ByteOrder.nativeOrder()) {
            double[] values = new double[buffer.remaining()];
            buffer.duplicate().get(values);
            return of(values, sizes);
        }
        return from(DType.FLOAT64, buffer, sizes);
    }

    public static NDArray from(IntBuffer buffer, long... sizes) {
        if (buffer.order() != ByteOrder.nativeOrder()) {
            int[] values = new int[buffer.remaining()];
            buffer.duplicate().get(values);
            return of(values, sizes);
        }
        return from(DType.INT32, buffer, sizes);
    }

    public static NDArray from(LongBuffer buffer, long... sizes) {
        if (buffer.order() != ByteOrder.nativeOrder()) {
            long[] values = new long[buffer.remaining()];
            buffer.duplicate().get(values);
            return of(values, sizes);
        }
        return from(DType.INT64, buffer, sizes);
    }

    private static NDArray from(DType dtype, Buffer buffer, long[] sizes) {
        return from(dtype, MemorySegment.ofBuffer(buffer), sizes);
    }

    /**
     * The elements of native memory without a copy. The memory is given back by the segment's own scope, which
     * must live as long as this array is used: an automatic arena with a cleanup action is the way to return
     * memory to a pool.
     *
     * @param segment exactly the elements, aligned to {@value #ALIGNMENT} bytes and no mapped file, which could be
     *                cut off under a run; bools are bytes 0 or 1
     */
    public static NDArray wrap(DType dtype, MemorySegment segment, long... sizes) {
        checkBytes(dtype, segment, sizes);
        if (!isUsable(segment)) {
            throw new GraphException("an array is wrapped around native memory aligned to " + ALIGNMENT
                    + " bytes alone, and no mapped file; from(...) copies where that is needed");
        }
        return new NDArray(dtype, sizes.clone(), segment, true);
    }

    private static boolean isUsable(MemorySegment segment) {
        return segment.isNative() && !segment.isMapped() && segment.address() % ALIGNMENT == 0;
    }

    private static void checkBytes(DType dtype, MemorySegment segment, long[] sizes) {
        if (byteSize(dtype, sizes) != segment.byteSize()) {
            throw new GraphException("the sizes " + Arrays.toString(sizes) + " of " + dtype + " are "
                    + byteSize(dtype, sizes) + " bytes, but the memory has " + segment.byteSize());
        }
    }

    private static void checkCount(long count, long[] sizes) {
        if (elementCount(sizes) != count) {
            throw new GraphException("the sizes " + Arrays.toString(sizes) + " are " + elementCount(sizes)
                    + " elements, but " + count + " are given");
        }
    }

    private static long byteSize(DType dtype, long[] sizes) {
        try {
            return Math.multiplyExact(elementCount(sizes), (long) dtype.bytes());
        } catch (ArithmeticException overflow) {
            throw new GraphException("an array of the sizes " + Arrays.toString(sizes) + " is too large", overflow);
        }
    }

    private static long elementCount(long[] sizes) {
        long count = 1;
        for (long size : sizes) {
            if (size < 0) {
                throw new GraphException("an array cannot have the size " + size);
            }
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    public DType dtype() {
        return dtype;
    }

    /** The size along each axis. */
    public long[] sizes() {
        return sizes.clone();
    }

    /** The size along one axis. */
    public long size(int axis) {
        return sizes[axis];
    }

    /** The sizes as a shape. */
    public Shape shape() {
        return Shape.shape(sizes);
    }

    public int rank() {
        return sizes.length;
    }

    public long elementCount() {
        return segment.byteSize() / dtype.bytes();
    }

    /** Whether the memory is somebody else's, who may close it: that of {@link #from} or {@link #wrap}. */
    public boolean isBorrowed() {
        return borrowed;
    }

    /** The elements, in the machine's byte order. */
    public MemorySegment segment() {
        return segment;
    }

    /** The element at a row-major index as a double; a bool is 0 or 1. */
    public double getDouble(long index) {
        return Elements.asDouble(dtype, segment, index);
    }

    /**
     * The element at a row-major index as a long; a bool is 0 or 1, a float is truncated and saturates, a
     * {@code uint64} is its bits, as {@link Long#toUnsignedString(long)} takes them.
     */
    public long getLong(long index) {
        return Elements.asLong(dtype, segment, index);
    }

    /** Sets the element at a row-major index, converted as {@link #cast} converts. Only before the array is shared. */
    public void setDouble(long index, double value) {
        Elements.set(dtype, segment, index, value);
    }

    /** Sets the element at a row-major index, converted as {@link #cast} converts. Only before the array is shared. */
    public void setLong(long index, long value) {
        Elements.set(dtype, segment, index, DType.INT64, value);
    }

    /** The bits of the element at a row-major index; an integer is extended to 64 bits. */
    public long getBits(long index) {
        return Elements.bits(dtype, segment, index);
    }

    /** Sets the low bits of the element at a row-major index. Only before the array is shared. */
    public void setBits(long index, long bits) {
        Elements.setBits(dtype, segment, index, dtype == DType.BOOL ? dtype.wrap(bits) : bits);
    }

    /** The only element of an array of any dtype. */
    public double item() {
        return getDouble(only());
    }

    public float floatValue() {
        return (float) item();
    }

    public double doubleValue() {
        return item();
    }

    public int intValue() {
        return (int) getLong(only());
    }

    public long longValue() {
        return getLong(only());
    }

    public boolean booleanValue() {
        return getDouble(only()) != 0;
    }

    private int only() {
        if (elementCount() != 1) {
            throw new GraphException("the array " + Arrays.toString(sizes) + " has " + elementCount()
                    + " elements, not one");
        }
        return 0;
    }

    /**
     * The elements in another dtype: this array where it is the same. A float becomes an integer by truncation
     * and saturates, NaN becomes 0; an integer that does not fit wraps; a number becomes a bool by comparison
     * with 0; a number becomes a float by rounding to the nearest, once.
     */
    public NDArray cast(DType other) {
        if (other == dtype) {
            return this;
        }
        NDArray result = zeros(other, sizes);
        long count = elementCount();
        for (long i = 0; i < count; i++) {
            if (dtype.isFloat()) {
                result.setDouble(i, getDouble(i));
            } else {
                Elements.set(other, result.segment, i, dtype, getLong(i));
            }
        }
        return result;
    }

    /**
     * The same memory with its bits read as another dtype of the same size, as NumPy's {@code view}: Java's bytes as
     * {@code uint8}, the shorts of {@link Float#floatToFloat16} as {@code float16}. Not to or from bools.
     */
    public NDArray view(DType other) {
        if (other.bytes() != dtype.bytes() || (other == DType.BOOL) != (dtype == DType.BOOL)) {
            throw new GraphException("view: the elements of " + dtype + " are not bits of " + other
                    + "; cast(" + other.name() + ") converts them");
        }
        return new NDArray(other, sizes, segment, borrowed);
    }

    /** The same memory under other sizes; one of them may be {@link Shape#UNKNOWN} and is computed. */
    public NDArray reshape(long... others) {
        long[] resized = others.clone();
        for (int axis = 0; axis < resized.length; axis++) {
            if (resized[axis] == Shape.UNKNOWN) {
                resized[axis] = 1;
                long rest = elementCount(resized);
                resized[axis] = rest == 0 ? 0 : elementCount() / rest;
                break;
            }
        }
        checkCount(elementCount(), resized);
        return new NDArray(dtype, resized, segment, borrowed);
    }

    /** The elements in row-major order. For another dtype than {@code float32}, cast first. */
    public float[] toFloatArray() {
        float[] values = new float[length(DType.FLOAT32)];
        copyTo(values);
        return values;
    }

    public double[] toDoubleArray() {
        double[] values = new double[length(DType.FLOAT64)];
        copyTo(values);
        return values;
    }

    public int[] toIntArray() {
        int[] values = new int[length(DType.INT32)];
        copyTo(values);
        return values;
    }

    public long[] toLongArray() {
        long[] values = new long[length(DType.INT64)];
        copyTo(values);
        return values;
    }

    public boolean[] toBooleanArray() {
        boolean[] values = new boolean[length(DType.BOOL)];
        copyTo(values);
        return values;
    }

    public byte[] toByteArray() {
        byte[] values = new byte[length(DType.INT8)];
        copyTo(values);
        return values;
    }

    public short[] toShortArray() {
        short[] values = new short[length(DType.INT16)];
        copyTo(values);
        return values;
    }

    /**
     * A Java array of this rank and dtype: {@code float[][]} for two axes; a boxed number for none. What Java lacks
     * becomes the next larger type that holds all its values, {@code float} of half floats, {@code short} of
     * {@code uint8}; only {@code uint64} becomes the {@code long} of the same bits.
     */
    public Object toNestedArray() {
        return JavaArrays.toNested(this);
    }

    /** Copies the elements in row-major order into an array of exactly their number. */
    public void copyTo(float[] target) {
        checkTarget(DType.FLOAT32, target.length);
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, 0, target, 0, target.length);
    }

    public void copyTo(double[] target) {
        checkTarget(DType.FLOAT64, target.length);
        MemorySegment.copy(segment, ValueLayout.JAVA_DOUBLE, 0, target, 0, target.length);
    }

    public void copyTo(int[] target) {
        checkTarget(DType.INT32, target.length);
        MemorySegment.copy(segment, ValueLayout.JAVA_INT, 0, target, 0, target.length);
    }

    public void copyTo(long[] target) {
        checkTarget(DType.INT64, target.length);
        MemorySegment.copy(segment, ValueLayout.JAVA_LONG, 0, target, 0, target.length);
    }

    public void copyTo(boolean[] target) {
        checkTarget(DType.BOOL, target.length);
        for (int i = 0; i < target.length; i++) {
            target[i] = segment.get(ValueLayout.JAVA_BYTE, i) != 0;
        }
    }

    public void copyTo(byte[] target) {
        checkTarget(DType.INT8, target.length);
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, 0, target, 0, target.length);
    }

    public void copyTo(short[] target) {
        checkTarget(DType.INT16, target.length);
        MemorySegment.copy(segment, ValueLayout.JAVA_SHORT, 0, target, 0, target.length);
    }

    private int length(DType needed) {
        checkDtype(needed);
        if (elementCount() > Integer.MAX_VALUE) {
            throw new GraphException("a Java array cannot hold " + elementCount() + " elements; read the segment");
        }
        return (int) elementCount();
    }

    private void checkTarget(DType needed, int length) {
        checkDtype(needed);
        if (length != elementCount()) {
            throw new GraphException("the array has " + elementCount() + " elements, the target " + length);
        }
    }

    private void checkDtype(DType needed) {
        if (dtype != needed) {
            throw new GraphException("the array is " + dtype + ", not " + needed + "; cast(" + needed.name()
                    + ") converts it");
        }
    }

    /** Whether both have the same dtype, sizes and bits. */
    public boolean sameBits(NDArray other) {
        return dtype == other.dtype && Arrays.equals(sizes, other.sizes) && segment.mismatch(other.segment) < 0;
    }

    /** A hash that goes with {@link #sameBits}. */
    public int contentHash() {
        int hash = 31 * dtype.hashCode() + Arrays.hashCode(sizes);
        long stride = Math.max(1, segment.byteSize() / 64);
        for (long at = 0; at < segment.byteSize(); at += stride) {
            hash = 31 * hash + segment.get(ValueLayout.JAVA_BYTE, at);
        }
        return hash;
    }

    /** The text that NumPy prints: {@code [[1. 2.]\n [3. 4.]]}; more than 1000 elements are summarised. */
    @Override
    public String toString() {
        return new ArrayText(this).toString();
    }
}
