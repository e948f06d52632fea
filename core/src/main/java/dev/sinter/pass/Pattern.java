package dev.sinter.pass;

import dev.sinter.ir.Value;
import dev.sinter.op.Constant;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Optional;

/**
 * The shape of a value that a {@link Rule} replaces: ops over wildcards. A wildcard that stands twice is the
 * same value twice. Patterns are compared by identity; a rule asks its {@link Match} what each of them was
 * bound to.
 */
public sealed interface Pattern {
    /** Any value of some kind. */
    sealed interface Wildcard extends Pattern {
        boolean accepts(Value value);
    }

    /** Any tensor. */
    final class Any implements Wildcard {
        private final String name;

        private Any(String name) {
            this.name = name;
        }

        @Override
        public boolean accepts(Value value) {
            return value.isTensor();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A constant that is the same everywhere. */
    final class Splat implements Wildcard {
        private final String name;
        private final Optional<Double> literal;

        private Splat(String name, Optional<Double> literal) {
            this.name = name;
            this.literal = literal;
        }

        /** The only number that is accepted; empty where any is. */
        public Optional<Double> literal() {
            return literal;
        }

        @Override
        public boolean accepts(Value value) {
            return Splats.of(value).filter(scalar -> literal.isEmpty() || is(scalar, literal.get()))
                    .isPresent();
        }

        private static boolean is(NDArray scalar, double number) {
            return scalar.sameBits(NDArray.scalar(scalar.dtype(), number))
                    && (scalar.dtype().isFloat() || scalar.getDouble(0) == number);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A constant of any content. */
    final class AnyConstant implements Wildcard {
        private final String name;

        private AnyConstant(String name) {
            this.name = name;
        }

        @Override
        public boolean accepts(Value value) {
            return value.op() instanceof Constant;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * An op over operands that match patterns. The two operands of a commutative scalar function match in
     * either order.
     *
     * @param <O> the op's kind
     */
    final class Node<O extends Op> implements Pattern {
        private final Class<O> kind;
        private final Optional<ScalarFn> fn;
        private final List<Pattern> operands;

        private Node(Class<O> kind, Optional<ScalarFn> fn, List<Pattern> operands) {
            this.kind = kind;
            this.fn = fn;
            this.operands = operands;
        }

        public Class<O> kind() {
            return kind;
        }

        /** The scalar function, where the op is a map of a certain one. */
        public Optional<ScalarFn> fn() {
            return fn;
        }

        /** The operands' patterns; empty where any operands are accepted. */
        public List<Pattern> operands() {
            return operands;
        }

        boolean accepts(Value value) {
            return kind.isInstance(value.op())
                    && (fn.isEmpty() || ((Map) value.op()).fn() == fn.get())
                    && (operands.isEmpty() || operands.size() == value.operands().size());
        }

        boolean isCommutative() {
            return fn.isPresent() && COMMUTATIVE.contains(fn.get())
                    && operands.getFirst() != operands.getLast();
        }

        @Override
        public String toString() {
            String inner = operands.stream().map(Pattern::toString)
                    .collect(java.util.stream.Collectors.joining(", "));
            return fn.map(ScalarFn::text).orElse(kind.getSimpleName()) + "(" + inner + ")";
        }
    }

    /** The scalar functions whose two operands may change places. */
    List<ScalarFn> COMMUTATIVE = List.of(ScalarFn.ADD, ScalarFn.MUL, ScalarFn.MAX, ScalarFn.MIN, ScalarFn.AND,
            ScalarFn.OR, ScalarFn.XOR, ScalarFn.EQ, ScalarFn.NE);

    static Any any(String name) {
        return new Any(name);
    }

    /** The same constant everywhere; {@link Match#number} tells which. */
    static Splat splat(String name) {
        return new Splat(name, Optional.empty());
    }

    /** A certain number everywhere, its bits in the dtype at hand: -0 is not 0. A true bool is 1. */
    static Splat splat(double number) {
        return new Splat(Double.toString(number), Optional.of(number));
    }

    static AnyConstant constant(String name) {
        return new AnyConstant(name);
    }

    /** A scalar function of operands. */
    static Node<Map> map(ScalarFn fn, Pattern... operands) {
        return new Node<>(Map.class, Optional.of(fn), List.of(operands));
    }

    /** An op of some kind; without patterns for operands it has any. */
    static <O extends Op> Node<O> op(Class<O> kind, Pattern... operands) {
        return new Node<>(kind, Optional.empty(), List.of(operands));
    }
}
