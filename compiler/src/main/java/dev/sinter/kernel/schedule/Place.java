package dev.sinter.kernel.schedule;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Where a nest accesses a buffer, as functions of its loops.
 *
 * @param buffer  the buffer's number in the plan
 * @param isEmpty whether the buffer is known to have no element, so that no access takes place
 * @param offset  the offset in elements; for panels, of the matrix within the leading axes
 * @param panel   where in the matrix, for a buffer of panels
 */
record Place(int buffer, boolean isEmpty, Linear offset, Optional<Panel> panel) {
    /**
     * An element of a matrix of panels.
     *
     * @param rows how many rows the matrix has
     */
    record Panel(Linear row, Linear column, int width, Dim rows, Dim columns) {
        /** The distance between panels in elements. */
        Dim stride() {
            return rows.times(width);
        }

        /** Whether all columns are in the first panel, which then is a matrix with padded rows. */
        boolean isSingle() {
            return columns.isConstant() && columns.constant() <= width;
        }
    }

    /** Where an input of a nest lies. */
    static Place of(Nest nest, int input, List<Buffer> buffers) {
        Nest.Input read = nest.inputs().get(input);
        return of(nest, read.buffer(), read.map(), buffers);
    }

    /** Where a nest accesses a buffer through a map. */
    static Place of(Nest nest, int number, IndexMap map, List<Buffer> buffers) {
        int axisCount = nest.axisCount();
        Buffer buffer = buffers.get(number);
        Shape shape = buffer.type().shape();
        boolean isEmpty = shape.elementCount().isConstant(0);
        List<Linear> coordinates = map.coordinates().stream()
                .map(coordinate -> Linear.of(coordinate, axisCount, input -> of(nest, input, buffers))).toList();
        return switch (buffer.layout()) {
            case Layout.RowMajor ignored -> {
                Linear offset = Linear.zero(axisCount);
                List<Dim> strides = Layout.RowMajor.strides(shape);
                for (int axis = 0; axis < shape.rank(); axis++) {
                    offset = offset.plus(coordinates.get(axis).times(strides.get(axis)));
                }
                yield new Place(buffer.id(), isEmpty, offset, Optional.empty());
            }
            case Layout.Panels(int width) -> {
                int rank = shape.rank();
                Dim rows = shape.dim(rank - 2);
                Dim columns = shape.dim(rank - 1);
                Dim stride = columns.ceilDiv(width).times(width).times(rows);
                Linear offset = Linear.zero(axisCount);
                for (int axis = rank - 3; axis >= 0; axis--) {
                    offset = offset.plus(coordinates.get(axis).times(stride));
                    stride = stride.times(shape.dim(axis));
                }
                yield new Place(buffer.id(), isEmpty, offset, Optional.of(new Panel(coordinates.get(rank - 2),
                        coordinates.get(rank - 1), width, rows, columns)));
            }
        };
    }

    Place map(UnaryOperator<Linear> change) {
        return new Place(buffer, isEmpty, change.apply(offset), panel.map(p -> new Panel(change.apply(p.row()),
                change.apply(p.column()), p.width(), p.rows(), p.columns())));
    }

    boolean all(Predicate<Linear> test) {
        return test.test(offset) && panel.map(p -> test.test(p.row()) && test.test(p.column())).orElse(true);
    }

    boolean uses(int axis) {
        return !all(linear -> !linear.uses(axis));
    }

    /** Whether each step along an axis goes as far as every other: no index of the place is read anew. */
    boolean isAffine(int axis) {
        return all(linear -> linear.isAffine(axis));
    }

    /** Whether neighbours along an axis are neighbours in memory (within a panel). */
    boolean isUnit(int axis) {
        return panel.map(p -> p.column().isUnit(axis) && !p.row().uses(axis) && !offset.uses(axis))
                .orElseGet(() -> offset.isUnit(axis));
    }

    /** Whether an axis either walks neighbours in memory or stands still, as the run's sizes say. */
    boolean isStep(int axis) {
        return panel.isEmpty() && offset.isAffine(axis) && offset.stride(axis).isStep();
    }

    /** Whether {@code lanes} neighbours along an axis, from a multiple of {@code lanes}, lie together. */
    boolean isVector(int axis, int lanes) {
        return isUnit(axis) && panel.map(p -> p.width() % lanes == 0 && p.column().isMultipleOf(lanes, axis))
                .orElse(true);
    }

    /** The columns of a panel that an axis walks from the first to the last. */
    boolean isColumns(int axis, Dim extent) {
        return panel.map(p -> isUnit(axis) && p.column().base().isConstant(0) && p.column().starts().isEmpty()
                && p.columns().equals(extent)
                && java.util.stream.IntStream.range(0, p.column().strides().size())
                        .allMatch(other -> other == axis || !p.column().uses(other))).orElse(false);
    }
}
