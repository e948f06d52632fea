package dev.sinter.formats.file;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.MemorySegment;

/** What stands between the elements of a file and those of an array: the order of their bytes and of their axes. */
public final class Reordering {
    /** The side of the squares that a transposition goes through, so that both of its sides stay in the cache. */
    private static final long SIDE = 32;

    private Reordering() {}

    /** Makes every byte but 0 a 1, in place, as bools are: eight at once, whose upper bits never carry. */
    public static void bools(MemorySegment bytes) {
        long lower = 0x7f7f7f7f7f7f7f7fL;
        long whole = bytes.byteSize() / Long.BYTES * Long.BYTES;
        for (long at = 0; at < whole; at += Long.BYTES) {
            long eight = bytes.get(JAVA_LONG_UNALIGNED, at);
            bytes.set(JAVA_LONG_UNALIGNED, at, ((eight & lower) + lower | eight) >>> 7 & ~lower >>> 7);
        }
        for (long at = whole; at < bytes.byteSize(); at++) {
            bytes.set(JAVA_BYTE, at, (byte) (bytes.get(JAVA_BYTE, at) == 0 ? 0 : 1));
        }
    }

    /** Reverses the bytes of each element in place. */
    public static void reverse(MemorySegment elements, int bytes) {
        long size = elements.byteSize();
        switch (bytes) {
            case 1 -> { }
            case 2 -> {
                for (long at = 0; at < size; at += 2) {
                    elements.set(JAVA_SHORT, at, Short.reverseBytes(elements.get(JAVA_SHORT, at)));
                }
            }
            case 4 -> {
                for (long at = 0; at < size; at += 4) {
                    elements.set(JAVA_INT, at, Integer.reverseBytes(elements.get(JAVA_INT, at)));
                }
            }
            case 8 -> {
                for (long at = 0; at < size; at += 8) {
                    elements.set(JAVA_LONG, at, Long.reverseBytes(elements.get(JAVA_LONG, at)));
                }
            }
            default -> throw new CompilerBug("an element of " + bytes + " bytes");
        }
    }

    /** A copy of the elements with the bytes of each reversed. */
    public static MemorySegment reversed(NDArray array) {
        NDArray copy = NDArray.zeros(array.dtype(), array.sizes());
        copy.segment().copyFrom(array.segment());
        reverse(copy.segment(), array.dtype().bytes());
        return copy.segment();
    }

    /** A copy in row-major order of an array whose elements lie in column-major order: the first axis runs fastest. */
    public static NDArray rowMajor(NDArray columnMajor) {
        long[] sizes = columnMajor.sizes();
        int last = sizes.length - 1;
        NDArray result = NDArray.zeros(columnMajor.dtype(), sizes);
        if (result.elementCount() == 0 || last < 1) {
            result.segment().copyFrom(columnMajor.segment());
            return result;
        }
        long[] from = new long[sizes.length];
        long[] to = new long[sizes.length];
        from[0] = 1;
        to[last] = 1;
        for (int axis = 1; axis <= last; axis++) {
            from[axis] = from[axis - 1] * sizes[axis - 1];
            to[last - axis] = to[last - axis + 1] * sizes[last - axis + 1];
        }
        int bytes = columnMajor.dtype().bytes();
        long[] index = new long[sizes.length];
        while (true) {
            long source = 0;
            long target = 0;
            for (int axis = 1; axis < last; axis++) {
                source += index[axis] * from[axis];
                target += index[axis] * to[axis];
            }
            for (long row = 0; row < sizes[0]; row += SIDE) {
                for (long column = 0; column < sizes[last]; column += SIDE) {
                    square(columnMajor.segment(), source + row + column * from[last], from[last], result.segment(),
                            target + row * to[0] + column, to[0], Math.min(SIDE, sizes[0] - row),
                            Math.min(SIDE, sizes[last] - column), bytes);
                }
            }
            int axis = last - 1;
            while (axis > 0 && ++index[axis] == sizes[axis]) {
                index[axis--] = 0;
            }
            if (axis <= 0) {
                return result;
            }
        }
    }

    /** Transposes a rectangle: element (row, column) goes from {@code row + column * fromStride}. */
    private static void square(MemorySegment source, long from, long fromStride, MemorySegment target, long to,
            long toStride, long rows, long columns, int bytes) {
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                long read = from + row + column * fromStride;
                long write = to + row * toStride + column;
                switch (bytes) {
                    case 1 -> target.setAtIndex(JAVA_BYTE, write, source.getAtIndex(JAVA_BYTE, read));
                    case 2 -> target.setAtIndex(JAVA_SHORT, write, source.getAtIndex(JAVA_SHORT, read));
                    case 4 -> target.setAtIndex(JAVA_INT, write, source.getAtIndex(JAVA_INT, read));
                    case 8 -> target.setAtIndex(JAVA_LONG, write, source.getAtIndex(JAVA_LONG, read));
                    default -> throw new CompilerBug("an element of " + bytes + " bytes");
                }
            }
        }
    }
}
