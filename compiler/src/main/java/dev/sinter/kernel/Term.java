package dev.sinter.kernel;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.List;

/** One scalar of a {@link Nest}'s body. Arguments are positions of earlier terms in the nest's list. */
public sealed interface Term {
    DType dtype();

    /** The element of an input at its index map. */
    record Element(int input, DType dtype) implements Term {}

    /** The index along an axis of the nest, an {@code int64}. */
    record Position(int axis) implements Term {
        @Override
        public DType dtype() {
            return DType.INT64;
        }
    }

    /**
     * A constant: the bits of a float, of a half float as a {@code float32}; or an integer, extended to 64 bits; a bool
     * is 0 or 1.
     */
    record Literal(DType dtype, long bits) implements Term {}

    /** A size, an {@code int64}. */
    record Size(Dim dim) implements Term {
        @Override
        public DType dtype() {
            return DType.INT64;
        }
    }

    /** A scalar function; {@code dtype} is that of the result. */
    record Apply(ScalarFn fn, DType dtype, List<Integer> arguments) implements Term {
        public Apply {
            arguments = List.copyOf(arguments);
        }
    }

    /** A conversion with the meaning of the op {@code convert}. */
    record Cast(DType dtype, int argument) implements Term {}

    /** The bits of a number as those of another, with the meaning of the op {@code bitcast}. */
    record Bits(DType dtype, int argument) implements Term {}

    /**
     * An index that lies inside of an axis; where it does not, the run fails.
     *
     * @param site     what tells messages which check failed
     * @param size     the size of the axis
     * @param index    the index, an {@code int64} term
     * @param position its number among the indices, for messages, an {@code int64} term
     */
    record Check(int site, Dim size, int index, int position) implements Term {
        @Override
        public DType dtype() {
            return DType.INT64;
        }
    }

    /** A word of Philox as {@code int32}; {@code index} and {@code run} are {@code int64} terms. */
    record Random(long graphSeed, long opSeed, int word, int index, int run) implements Term {
        @Override
        public DType dtype() {
            return DType.INT32;
        }
    }

    /** The result of a reduction of the nest. */
    record Reduced(int reduction, DType dtype) implements Term {}
}
