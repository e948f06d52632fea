package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The product of all other elements along some axes, for each element: the derivative of a product. Nothing is
 * divided, so that it is right where elements are 0, and so is its derivative. The products of the elements
 * before and after each one are scans that double their reach in each step.
 */
final class ExclusiveProduct {
    /** More steps than any tensor of unknown size has doublings. */
    private static final int STEPS_OF_UNKNOWN_SIZE = 40;

    private ExclusiveProduct() {}

    /** The products, in the operand's shape. */
    static Value of(Builder b, Value operand, List<Integer> axes) {
        List<Integer> order = new ArrayList<>();
        List<Dim> rows = new ArrayList<>();
        for (int axis = 0; axis < operand.rank(); axis++) {
            if (!axes.contains(axis)) {
                order.add(axis);
                rows.add(operand.shape().dim(axis));
            }
        }
        Dim length = Dim.ONE;
        for (int axis : axes) {
            order.add(axis);
            length = length.times(operand.shape().dim(axis));
        }
        rows.add(length);
        Value moved = b.transpose(operand, order);
        Value flat = b.reshape(moved, new Shape(rows));
        Reverse reverse = new Reverse(List.of(flat.rank() - 1));
        Value before = productOfPredecessors(b, flat);
        Value after = b.add(reverse, productOfPredecessors(b, b.add(reverse, flat)));
        List<Integer> back = new ArrayList<>();
        for (int axis = 0; axis < operand.rank(); axis++) {
            back.add(order.indexOf(axis));
        }
        return b.transpose(b.reshape(b.times(before, after), moved.shape()), back);
    }

    private static Value productOfPredecessors(Builder b, Value rows) {
        Dim length = rows.shape().dim(rows.rank() - 1);
        Value products = shifted(b, rows, Dim.ONE.min(length));
        for (int step = 0; step < steps(length); step++) {
            products = b.times(products, shifted(b, products, Dim.of(1L << step).min(length)));
        }
        return products;
    }

    private static int steps(Dim length) {
        return length.isConstant() ? 64 - Long.numberOfLeadingZeros(Math.max(length.constant() - 1, 0))
                : STEPS_OF_UNKNOWN_SIZE;
    }

    /** Each row moved to the right; ones enter at its left. */
    private static Value shifted(Builder b, Value rows, Dim distance) {
        List<Dim> nothing = Collections.nCopies(rows.rank(), Dim.ZERO);
        List<Dim> low = new ArrayList<>(nothing);
        low.set(rows.rank() - 1, distance);
        Value padded = b.add(new Pad(low, nothing, Collections.nCopies(rows.rank(), 0L)), rows,
                b.scalar(rows.dtype(), 1));
        return b.add(new Slice(nothing, rows.shape().dims(), Collections.nCopies(rows.rank(), 1L)), padded);
    }
}
