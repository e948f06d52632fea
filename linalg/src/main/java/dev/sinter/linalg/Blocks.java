package dev.sinter.linalg;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Vectors and matrices that are made of blocks, one behind another. */
final class Blocks {
    private Blocks() {}

    static Dim sum(List<LinearOperator> blocks, Function<LinearOperator, Dim> size) {
        return blocks.stream().map(size).reduce(Dim::plus).orElseThrow();
    }

    /** The rows of matrices that belong to each block. */
    static List<Tensor> parts(Tensor x, List<LinearOperator> blocks, Function<LinearOperator, Dim> size) {
        List<Tensor> parts = new ArrayList<>();
        Dim from = Dim.ZERO;
        for (LinearOperator block : blocks) {
            Dim rows = size.apply(block);
            parts.add(OperatorParts.rows(x, from, rows));
            from = from.plus(rows);
        }
        return parts;
    }

    /** One vector of those of each block, with the leading axes of all. */
    static Tensor vectors(LinearOperator whole, List<LinearOperator> blocks, Function<LinearOperator, Tensor> part) {
        List<Tensor> columns = blocks.stream().map(block -> OperatorParts.spreadOver(whole.leading(),
                OperatorParts.column(part.apply(block)))).toList();
        return Ops.squeeze(Ops.concat(-2, columns), -1);
    }

    /** Rows of a matrix: blocks beside each other, zeros before and behind them. */
    static Tensor row(LinearOperator whole, List<LinearOperator> blocks, Dim before, Dim behind) {
        Dim rows = blocks.getFirst().rangeDimension();
        List<Tensor> all = new ArrayList<>();
        all.add(zeros(whole, rows, before));
        blocks.forEach(block -> all.add(OperatorParts.spreadOver(whole.leading(), block.dense())));
        all.add(zeros(whole, rows, behind));
        return Ops.concat(-1, all);
    }

    private static Tensor zeros(LinearOperator whole, Dim rows, Dim columns) {
        return whole.graph().tensor(Ops.zeros(whole.dtype(), OperatorParts.shape(whole.leading(), rows, columns)));
    }
}
