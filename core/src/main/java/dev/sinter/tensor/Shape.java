package dev.sinter.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The sizes of a tensor, one {@link Dim} an axis. Rank is always known.
 *
 * @param dims the sizes, outermost axis first
 */
public record Shape(List<Dim> dims) {
    /** An unknown size in {@link #shape}. */
    public static final long UNKNOWN = -1;
    public static final Shape SCALAR = new Shape(List.of());

    public Shape {
        dims = List.copyOf(dims);
    }

    /** A shape of sizes that are known or {@link #UNKNOWN}. */
    public static Shape shape(long... sizes) {
        List<Dim> dims = new ArrayList<>();
        for (long size : sizes) {
            if (size < UNKNOWN) {
                throw new GraphException("shape: the size " + size + " is negative; write UNKNOWN for an unknown size");
            }
            dims.add(size == UNKNOWN ? Dim.UNKNOWN : Dim.of(size));
        }
        return new Shape(dims);
    }

    public static Shape of(Dim... dims) {
        return new Shape(List.of(dims));
    }

    public int rank() {
        return dims.size();
    }

    public Dim dim(int axis) {
        return dims.get(axis);
    }

    /** Whether every size is a known number. */
    public boolean isStatic() {
        return dims.stream().allMatch(Dim::isConstant);
    }

    /** The sizes of a static shape. */
    public long[] sizes() {
        return dims.stream().mapToLong(Dim::constant).toArray();
    }

    /** The number of elements. */
    public Dim elementCount() {
        Dim count = Dim.ONE;
        for (Dim dim : dims) {
            count = count.times(dim);
        }
        return count;
    }

    public Shape substitute(Function<Symbol, Dim> replacement) {
        return new Shape(dims.stream().map(dim -> dim.substitute(replacement)).toList());
    }

    /** The form of the IR texts: {@code [n,100]}. */
    @Override
    public String toString() {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(",", "[", "]"));
    }

    /** The form of the user's messages: {@code (?, 100)}, every size that is not known written as {@code ?}. */
    public String toUserString() {
        String inner = dims.stream().map(dim -> dim.isConstant() ? dim.toString() : "?")
                .collect(Collectors.joining(", "));
        return rank() == 1 ? "(" + inner + ",)" : "(" + inner + ")";
    }
}
