package dev.sinter.nn;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import java.util.List;

/** A cell whose weights hold the columns of its gates side by side. */
interface GatedCell extends RnnCell {
    /** The weights of the inputs, {@code [D, gates * H]}. */
    Variable kernel();

    /** The weights of the output before, {@code [H, gates * H]}. */
    Variable recurrentKernel();

    /** {@code [gates * H]}. */
    Variable bias();

    @Override
    default long units() {
        return recurrentKernel().shape().dim(0).constant();
    }

    @Override
    default DType dtype() {
        return kernel().dtype();
    }

    @Override
    default List<Variable> variables() {
        return List.of(kernel(), recurrentKernel(), bias());
    }

    @Override
    default Tensor inputProduct(Operand inputs) {
        return CellShapes.product(inputs, kernel()).plus(bias());
    }
}
