package dev.sinter.formats.onnx.schema;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/** Floats of a repeated field, 4 bytes each. Only the reader that fills it adds to it. */
final class FloatList extends AbstractList<Float> implements RandomAccess {
    private float[] elements = {};
    private int count;

    void append(float element) {
        if (count == elements.length) {
            elements = Arrays.copyOf(elements, LongList.grown(count));
        }
        elements[count++] = element;
    }

    @Override
    public Float get(int index) {
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
