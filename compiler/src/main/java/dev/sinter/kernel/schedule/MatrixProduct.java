package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A contraction of floats as a product of matrices. The axis whose neighbours are neighbours in the outputs is
 * the columns'; the operand that it walks is the right one. Axes of the left operand alone give rows; the largest
 * of them is cut into register tiles. All other axes of the domain are walked one index at a time.
 *
 * @param space  the nest's loops
 * @param left   the input whose elements are taken one by one
 * @param right  the input whose elements are taken a vector at a time
 * @param row    the axis of the rows, -1 where the left operand has none
 * @param column the axis of the columns
 * @param outer  the other axes of the domain
 */
record MatrixProduct(LoopSpace space, int left, int right, int row, int column, List<Integer> outer) {
    /** What an axis of unknown size counts as where sizes are compared. */
    private static final long ASSUMED_EXTENT = 256;

    /** The roles of a contraction's axes, where it is a product of matrices with vectors along a column axis. */
    static Optional<MatrixProduct> of(Contraction contraction, List<Buffer> buffers) {
        return of(contraction, buffers, 0);
    }

    /** The same, where the first axes are not walked as one with others. */
    static Optional<MatrixProduct> of(Contraction contraction, List<Buffer> buffers, int rowAxes) {
        Nest nest = contraction.nest();
        if (nest.outputs().isEmpty() || !nest.terms().get(nest.reductions().getFirst().term()).dtype().isFloat()) {
            return Optional.empty();
        }
        LoopSpace space = LoopSpace.of(nest, buffers, rowAxes).simplified();
        Place first = space.inputs().get(contraction.lhs());
        Place second = space.inputs().get(contraction.rhs());
        if (!IntStream.range(0, space.axisCount()).allMatch(axis -> first.isAffine(axis) && second.isAffine(axis))) {
            return Optional.empty();
        }
        for (int axis = 0; axis < space.domainCount(); axis++) {
            if (space.outputs().getFirst().isUnit(axis) && first.uses(axis) != second.uses(axis)) {
                return Optional.of(second.uses(axis) ? of(space, contraction.lhs(), contraction.rhs(), axis)
                        : of(space, contraction.rhs(), contraction.lhs(), axis));
            }
        }
        return Optional.empty();
    }

    private static MatrixProduct of(LoopSpace space, int left, int right, int column) {
        int row = -1;
        for (int axis = 0; axis < space.domainCount(); axis++) {
            boolean ofLeft = space.inputs().get(left).uses(axis) && !space.inputs().get(right).uses(axis);
            if (ofLeft && (row < 0 || extent(space, axis) >= extent(space, row))) {
                row = axis;
            }
        }
        List<Integer> outer = new ArrayList<>();
        for (int axis = 0; axis < space.domainCount(); axis++) {
            if (axis != row && axis != column) {
                outer.add(axis);
            }
        }
        return new MatrixProduct(space, left, right, row, column, List.copyOf(outer));
    }

    private static long extent(LoopSpace space, int axis) {
        return space.extent(axis).asConstant().orElse(ASSUMED_EXTENT);
    }

    Place leftPlace() {
        return space.inputs().get(left);
    }

    Place rightPlace() {
        return space.inputs().get(right);
    }

    /** The type of the sums. */
    DType dtype() {
        return space.nest().terms().get(space.nest().reductions().getFirst().term()).dtype().accumulator();
    }

    /** A size as a number, where it is unknown an assumed one. */
    long assumed(int axis) {
        return axis < 0 ? 1 : extent(space, axis);
    }

    /** The length of the sums, as {@link #assumed}. */
    long assumedDepth() {
        long depth = 1;
        for (int axis = space.domainCount(); axis < space.axisCount(); axis++) {
            depth *= assumed(axis);
        }
        return depth;
    }

    /** Whether the left operand's elements are found by strides along sums and rows. */
    boolean leftIsStrided() {
        return isStrided(leftPlace(), row);
    }

    /** Whether the left operand lies in several panels whose columns are the rows of the result. */
    boolean leftIsPanels() {
        return row >= 0 && !leftIsStrided() && leftPlace().isColumns(row, space.extent(row))
                && depthIsStrided(leftPlace());
    }

    /** Whether the right operand gives full vectors along the columns. */
    boolean rightIsVectors(int lanes) {
        return rightPlace().isVector(column, lanes) && depthIsStrided(rightPlace());
    }

    /**
     * Whether each element is the dot of two vectors that lie in memory as they are multiplied: a vector by rows of a
     * matrix. That reads the matrix once, which a copy in another order would take longer for.
     */
    boolean isRowOfDots(int lanes) {
        return row < 0 && !rightIsVectors(lanes) && IntStream.range(space.domainCount(), space.axisCount())
                .anyMatch(axis -> rightPlace().isVector(axis, lanes) && leftPlace().isVector(axis, lanes));
    }

    private boolean isStrided(Place place, int axis) {
        return depthIsStrided(place) && (axis < 0 || staysInPanel(place, axis));
    }

    private boolean depthIsStrided(Place place) {
        for (int axis = space.domainCount(); axis < space.axisCount(); axis++) {
            if (!staysInPanel(place, axis)) {
                return false;
            }
        }
        return true;
    }

    private static boolean staysInPanel(Place place, int axis) {
        return place.panel().map(p -> p.isSingle() || !p.column().uses(axis)).orElse(true);
    }
}
