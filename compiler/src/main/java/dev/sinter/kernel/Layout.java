package dev.sinter.kernel;

import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** How the elements of a buffer lie in memory. */
public sealed interface Layout {
    Layout ROW_MAJOR = new RowMajor();

    /** The number of elements that a buffer of a shape takes, padding included. */
    Dim storage(Shape shape);

    /** Outermost axis first, without gaps. */
    record RowMajor() implements Layout {
        @Override
        public Dim storage(Shape shape) {
            return shape.elementCount();
        }

        /** The distance in elements between neighbours along each axis. */
        public static List<Dim> strides(Shape shape) {
            List<Dim> strides = new ArrayList<>();
            Dim stride = Dim.ONE;
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                strides.addFirst(stride);
                stride = stride.times(shape.dim(axis));
            }
            return strides;
        }

        @Override
        public String toString() {
            return "rowmajor";
        }
    }

    /**
     * The last two axes [R, C] as panels of {@code width} columns: {@code [ceil(C / width)][R][width]}, the
     * last panel padded. A matrix multiplication reads its right operand so. Elements of the padding may
     * hold anything: they may be read, and no result depends on them. Leading axes are row-major over panels. The
     * width is a multiple of the lanes of the machine's vectors, so that a vector lies in one panel.
     */
    record Panels(int width) implements Layout {
        @Override
        public Dim storage(Shape shape) {
            int rank = shape.rank();
            Dim count = shape.dim(rank - 1).ceilDiv(width).times(width);
            for (int axis = 0; axis < rank - 1; axis++) {
                count = count.times(shape.dim(axis));
            }
            return count;
        }

        @Override
        public String toString() {
            return "panels<" + width + ">";
        }
    }
}
