package dev.sinter.linalg;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Operators along the diagonal. */
final class BlockDiagOperator extends LinearOperator {
    private final List<LinearOperator> blocks;

    private BlockDiagOperator(List<LinearOperator> blocks, Set<Hint> hints) {
        super(blocks.getFirst().graph(), blocks.getFirst().dtype(), OperatorParts.shape(OperatorParts.leading(blocks),
                Blocks.sum(blocks, LinearOperator::rangeDimension),
                Blocks.sum(blocks, LinearOperator::domainDimension)), hints);
        this.blocks = blocks;
    }

    static LinearOperator of(List<LinearOperator> blocks, Set<Hint> hints) {
        Set<Hint> known = OperatorParts.common(blocks, Hint.NON_SINGULAR, Hint.SELF_ADJOINT, Hint.POSITIVE_DEFINITE);
        known.addAll(hints);
        return new BlockDiagOperator(blocks, known);
    }

    private LinearOperator each(Function<LinearOperator, LinearOperator> block) {
        return of(blocks.stream().map(block).toList(), Set.of());
    }

    /** Whether each block of another operator meets one of this. */
    boolean meets(BlockDiagOperator right) {
        return blocks.stream().map(LinearOperator::domainDimension).toList()
                .equals(right.blocks.stream().map(LinearOperator::rangeDimension).toList());
    }

    /** The product of each block with one of an operator that acts first. */
    LinearOperator times(BlockDiagOperator right) {
        return of(IntStream.range(0, blocks.size()).mapToObj(i -> Products.of(blocks.get(i), right.blocks.get(i)))
                .toList(), Set.of());
    }

    private Tensor through(Tensor x, Function<LinearOperator, Dim> taken,
            BiFunction<LinearOperator, Tensor, Tensor> step) {
        List<Tensor> parts = Blocks.parts(OperatorParts.spreadOver(leading(), x), blocks, taken);
        return Ops.concat(-2, IntStream.range(0, blocks.size())
                .mapToObj(i -> step.apply(blocks.get(i), parts.get(i))).toList());
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return through(x, adjoint ? LinearOperator::rangeDimension : LinearOperator::domainDimension,
                (block, part) -> block.times(part, adjoint));
    }

    private boolean areSquare() {
        return OperatorParts.areSquare(blocks);
    }

    /** By its blocks where each has as many rows as columns. */
    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return areSquare() ? through(rhs, LinearOperator::rangeDimension, (block, part) -> block.solved(part, adjoint))
                : super.solved(rhs, adjoint);
    }

    @Override
    void requireInverse() {
        super.requireInverse();
        if (areSquare()) {
            blocks.forEach(LinearOperator::requireInverse);
        }
    }

    @Override
    Tensor det() {
        return areSquare() ? blocks.stream().map(LinearOperator::det).reduce(Tensor::times).orElseThrow()
                : super.det();
    }

    @Override
    Tensor logAbsDet() {
        return areSquare() ? blocks.stream().map(LinearOperator::logAbsDet).reduce(Tensor::plus).orElseThrow()
                : super.logAbsDet();
    }

    @Override
    Tensor sumOfDiagonal() {
        return areSquare() ? blocks.stream().map(LinearOperator::sumOfDiagonal).reduce(Tensor::plus).orElseThrow()
                : super.sumOfDiagonal();
    }

    @Override
    Tensor diagonal() {
        return areSquare() ? Blocks.vectors(this, blocks, LinearOperator::diagonal) : super.diagonal();
    }

    @Override
    Tensor dense() {
        List<Tensor> rows = new ArrayList<>();
        Dim before = Dim.ZERO;
        for (LinearOperator block : blocks) {
            Dim behind = before.plus(block.domainDimension());
            rows.add(Blocks.row(this, List.of(block), before, domainDimension().minus(behind)));
            before = behind;
        }
        return Ops.concat(-2, rows);
    }

    @Override
    LinearOperator transposed() {
        return each(LinearOperator::adjoint);
    }

    @Override
    LinearOperator inverted() {
        return areSquare() ? each(LinearOperator::inverse) : super.inverted();
    }

    /** By its blocks where each has one. */
    @Override
    LinearOperator factor() {
        return blocks.stream().allMatch(LinearOperator::isSymmetricPositiveDefinite) ? each(LinearOperator::cholesky)
                : super.factor();
    }

    @Override
    Tensor eigenvalues() {
        return blocks.stream().allMatch(block -> block.is(Hint.SELF_ADJOINT))
                ? Blocks.vectors(this, blocks, LinearOperator::eigenvalues) : super.eigenvalues();
    }

    @Override
    String structure() {
        return "block_diag " + blocks.stream().map(LinearOperator::structure).toList();
    }
}
