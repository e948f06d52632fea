package dev.sinter.formats.onnx.export;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of a function as a value of the file.
 *
 * @param name   what the file calls it
 * @param type   its type in the function
 * @param actual its shape in the file, which broadcasts to that of the type: it may lack the first axes, or be 1 along
 *               others
 */
record Term(String name, TensorType type, Shape actual) {
    /** A value that has the shape of its type. */
    static Term of(String name, TensorType type) {
        return new Term(name, type, type.shape());
    }

    DType dtype() {
        return type.dtype();
    }

    Shape shape() {
        return type.shape();
    }

    boolean isWhole() {
        return actual.equals(type.shape());
    }

    /** Whether one element is repeated everywhere. */
    boolean isSplat() {
        return actual.rank() == 0;
    }

    /** The same value of a type of another shape. */
    Term as(TensorType other) {
        return new Term(name, other, actual);
    }

    /** The shape to which several broadcast in the file. */
    static Shape joined(List<Term> terms) {
        int rank = terms.stream().mapToInt(term -> term.actual.rank()).max().orElse(0);
        List<Dim> dims = new ArrayList<>();
        for (int fromEnd = rank; fromEnd > 0; fromEnd--) {
            Dim size = Dim.ONE;
            for (Term term : terms) {
                if (term.actual.rank() >= fromEnd) {
                    size = size.broadcast(term.actual.dim(term.actual.rank() - fromEnd));
                }
            }
            dims.add(size);
        }
        return new Shape(dims);
    }
}
