package dev.sinter.graph;

import dev.sinter.op.Constant;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.OptionalLong;

/**
 * Integers to the power of integers by squaring, modulo 2 to the power of the width, as products are. A negative
 * exponent gives the fraction without its part behind the point, and 0 of 0.
 */
final class IntegerPower {
    private IntegerPower() {}

    static Node of(Composer c, Node base, Node exponent) {
        List<Node> both = c.broadcast(List.of(base, exponent));
        Node x = both.getFirst();
        OptionalLong known = known(exponent);
        return known.isPresent() ? power(c, x, known.getAsLong()) : power(c, x, both.getLast());
    }

    private static OptionalLong known(Node exponent) {
        return exponent.kind() instanceof NodeKind.Primitive(Constant(var value)) && value.elementCount() == 1
                && value.getLong(0) >= 0
                ? OptionalLong.of(value.getLong(0)) : OptionalLong.empty();
    }

    private static Node power(Composer c, Node x, long exponent) {
        if (exponent == 0) {
            return c.fullLike(x, 1);
        }
        Node half = exponent == 1 ? x : power(c, x, exponent / 2);
        Node even = exponent == 1 ? x : c.map(ScalarFn.MUL, half, half);
        return exponent == 1 || exponent % 2 == 0 ? even : c.map(ScalarFn.MUL, even, x);
    }

    private static Node power(Composer c, Node x, Node y) {
        DType dtype = Composer.dtype(x);
        Node one = c.fullLike(x, 1);
        Node zero = c.fullLike(x, 0);
        Node result = one;
        Node square = x;
        Node rest = y;
        int bits = dtype.bits() - (dtype.isUnsigned() ? 0 : 1);
        for (int bit = 0; bit < bits; bit++) {
            Node isSet = c.map(ScalarFn.NE, c.map(ScalarFn.AND, rest, one), zero);
            result = c.map(ScalarFn.SELECT, isSet, c.map(ScalarFn.MUL, result, square), result);
            if (bit < bits - 1) {
                square = c.map(ScalarFn.MUL, square, square);
                rest = c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, rest, one);
            }
        }
        if (dtype.isUnsigned()) {
            return result;
        }
        Node isUnit = c.map(ScalarFn.OR, c.map(ScalarFn.EQ, x, one), c.map(ScalarFn.EQ, x, c.fullLike(x, -1)));
        Node isFraction = c.map(ScalarFn.AND, c.map(ScalarFn.LT, y, zero), c.map(ScalarFn.NOT, isUnit));
        return c.map(ScalarFn.SELECT, isFraction, zero, result);
    }
}
