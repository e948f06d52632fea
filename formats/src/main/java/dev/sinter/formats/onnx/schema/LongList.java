package dev.sinter.formats.onnx.schema;

import dev.sinter.formats.FormatException;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/** Integers of a repeated field, 8 bytes each. Only the reader that fills it adds to it. */
final class LongList extends AbstractList<Long> implements RandomAccess {
    private static final int MOST = Integer.MAX_VALUE - 8;

    private long[] elements = {};
    private int count;

    void append(long element) {
        if (count == elements.length) {
            elements = Arrays.copyOf(elements, grown(count));
        }
        elements[count++] = element;
    }

    /** A larger length of an array that is full. */
    static int grown(int count) {
        if (count >= MOST) {
            throw new FormatException("a list has more than " + MOST + " numbers; store a tensor as raw_data or outside"
                    + " of the file");
        }
        return (int) Math.min(MOST, Math.max(8L, count + (long) (count >> 1)));
    }

    long at(int index) {
        return elements[index];
    }

    @Override
    public Long get(int index) {
        if (index >= count) {
            throw new IndexOutOfBoundsException(index);
        }
        return elements[index];
    }

    @Override
    public int size() {
        return count;
    }
}
