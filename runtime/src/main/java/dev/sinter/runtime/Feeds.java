package dev.sinter.runtime;

import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Values for tensors, given instead of computed: {@code feed(x, xValue).and(y, yValue)}. Immutable. */
public final class Feeds {
    /** No feeds. */
    public static final Feeds NONE = new Feeds(Map.of());

    private final Map<Tensor, NDArray> values;

    private Feeds(Map<Tensor, NDArray> values) {
        this.values = values;
    }

    /**
     * A value for a tensor.
     *
     * @param value an {@link NDArray} of the tensor's dtype, or a Java number, bool or array of any rank, which
     *              converts as NumPy's would: to floats of any width, from integers that fit to integers
     */
    public static Feeds feed(Tensor tensor, Object value) {
        return new Feeds(Map.of(tensor, convert(tensor, value)));
    }

    /** These and a value for another tensor. */
    public Feeds and(Tensor tensor, Object value) {
        Map<Tensor, NDArray> more = new LinkedHashMap<>(values);
        if (more.put(tensor, convert(tensor, value)) != null) {
            throw new GraphException("feed: \"" + tensor.name() + "\" is fed twice");
        }
        return new Feeds(more);
    }

    /** The tensors that are given a value. */
    public Set<Tensor> tensors() {
        return Collections.unmodifiableSet(values.keySet());
    }

    Map<Tensor, NDArray> values() {
        return Collections.unmodifiableMap(values);
    }

    static NDArray convert(Tensor tensor, Object value) {
        return value instanceof NDArray array ? array
                : sized(tensor, convert("feed: \"" + tensor.name() + "\"", tensor.dtype(), value));
    }

    /** Whether an array's memory is there, for this thread. */
    static boolean isReadable(NDArray array) {
        MemorySegment memory = array.segment();
        return memory.scope().isAlive() && memory.isAccessibleBy(Thread.currentThread());
    }

    /**
     * What is wrong with an array that is not readable.
     *
     * @param what the array, as the message begins
     * @param end  when its arena may be closed
     */
    static GraphException unreadable(String what, NDArray array, String end) {
        return new GraphException(what + " cannot be read: its memory " + (array.segment().scope().isAlive()
                ? "belongs to another thread alone; use a shared arena"
                : "has been closed; keep its arena open until " + end));
    }

    /** A Java array without rows does not say how long they would be: as long as the tensor's. */
    private static NDArray sized(Tensor tensor, NDArray array) {
        if (array.elementCount() > 0 || array.rank() != tensor.rank()) {
            return array;
        }
        long[] sizes = array.sizes();
        boolean empty = false;
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = empty ? tensor.dim(axis).asConstant().orElse(sizes[axis]) : sizes[axis];
            empty |= sizes[axis] == 0;
        }
        return array.reshape(sizes);
    }

    /** A Java value as an array of a dtype. */
    static NDArray convert(String what, DType dtype, Object value) {
        NDArray array;
        try {
            array = NDArray.from(value);
        } catch (GraphException problem) {
            throw new GraphException(what + ": " + problem.getMessage(), problem);
        }
        DType given = array.dtype();
        if (given == dtype) {
            return array;
        }
        if (dtype == DType.BOOL || given.isFloat() && !dtype.isFloat()) {
            throw new GraphException(what + " is " + dtype + ", the value is made of " + given
                    + "; convert it, or feed a placeholder of " + given + " and cast(...) that");
        }
        if (dtype.isInteger() && given.isInteger()) {
            for (long i = 0; i < array.elementCount(); i++) {
                long number = array.getLong(i);
                if (dtype.wrap(number) != number || dtype == DType.UINT64 && number < 0) {
                    throw new GraphException(what + " is " + dtype + ", into which " + number + " does not fit"
                            + (number < 0 && dtype.isUnsigned() ? "; NDArray.view(" + dtype.name() + ") reads the bits"
                            + " of a Java array as unsigned integers" : ""));
                }
            }
        }
        return array.cast(dtype);
    }
}
