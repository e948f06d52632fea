package dev.sinter.linalg;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Lower triangular matrices of operators. */
final class BlockLowerTriangularOperator extends LinearOperator {
    private final List<List<LinearOperator>> rows;
    private final List<LinearOperator> diagonal;

    private BlockLowerTriangularOperator(List<List<LinearOperator>> rows, List<LinearOperator> diagonal,
            Set<Hint> hints) {
        super(diagonal.getFirst().graph(), diagonal.getFirst().dtype(), OperatorParts.shape(
                OperatorParts.leading(rows.stream().flatMap(List::stream).toList()),
                Blocks.sum(diagonal, LinearOperator::rangeDimension),
                Blocks.sum(diagonal, LinearOperator::domainDimension)), OperatorParts.with(hints, Hint.SQUARE));
        this.rows = rows;
        this.diagonal = diagonal;
    }

    /** Row i has the blocks of columns 0 to i; those on the diagonal are square. */
    static LinearOperator of(List<? extends List<? extends LinearOperator>> given, Set<Hint> hints) {
        List<List<LinearOperator>> rows = given.stream().map(List::<LinearOperator>copyOf).toList();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).size() != i + 1) {
                throw new GraphException("row " + i + " has " + rows.get(i).size() + " blocks, not " + (i + 1));
            }
        }
        List<LinearOperator> diagonal = rows.stream().map(List::getLast).toList();
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j <= i; j++) {
                requireSize("rows", i, j, rows.get(i).get(j).rangeDimension(), diagonal.get(i).rangeDimension());
                requireSize("columns", i, j, rows.get(i).get(j).domainDimension(), diagonal.get(j).domainDimension());
            }
            requireSize("rows", i, i, diagonal.get(i).rangeDimension(), diagonal.get(i).domainDimension());
        }
        Set<Hint> known = OperatorParts.common(diagonal, Hint.NON_SINGULAR);
        known.addAll(hints);
        return new BlockLowerTriangularOperator(rows, diagonal, known);
    }

    private static void requireSize(String what, int row, int column, Dim given, Dim wanted) {
        if (given.isConstant() && wanted.isConstant() && !given.equals(wanted)) {
            throw new GraphException("block " + row + ", " + column + " has " + given + " " + what + ", not " + wanted);
        }
    }

    private LinearOperator block(int row, int column, boolean adjoint) {
        return adjoint ? rows.get(column).get(row) : rows.get(row).get(column);
    }

    private List<Tensor> parts(Tensor x) {
        return Blocks.parts(OperatorParts.spreadOver(leading(), x), diagonal, LinearOperator::rangeDimension);
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        List<Tensor> parts = parts(x);
        List<Tensor> sums = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            int first = adjoint ? row : 0;
            Tensor sum = block(row, first, adjoint).times(parts.get(first), adjoint);
            for (int column = first + 1; column <= (adjoint ? rows.size() - 1 : row); column++) {
                sum = sum.plus(block(row, column, adjoint).times(parts.get(column), adjoint));
            }
            sums.add(sum);
        }
        return Ops.concat(-2, sums);
    }

    /** One block after the other, from the first, of the transpose from the last. */
    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        List<Tensor> parts = parts(rhs);
        int count = rows.size();
        List<Tensor> solutions = new ArrayList<>();
        for (int step = 0; step < count; step++) {
            int row = adjoint ? count - 1 - step : step;
            Tensor rest = parts.get(row);
            for (int i = 0; i < step; i++) {
                int column = adjoint ? count - 1 - i : i;
                rest = rest.minus(block(row, column, adjoint).times(solutions.get(i), adjoint));
            }
            solutions.add(diagonal.get(row).solved(rest, adjoint));
        }
        if (adjoint) {
            Collections.reverse(solutions);
        }
        return Ops.concat(-2, solutions);
    }

    @Override
    void requireInverse() {
        diagonal.forEach(LinearOperator::requireInverse);
    }

    @Override
    Tensor det() {
        return OperatorParts.spreadNumbers(this, diagonal.stream().map(LinearOperator::det).reduce(Tensor::times)
                .orElseThrow());
    }

    @Override
    Tensor logAbsDet() {
        return OperatorParts.spreadNumbers(this, diagonal.stream().map(LinearOperator::logAbsDet).reduce(Tensor::plus)
                .orElseThrow());
    }

    @Override
    Tensor diagonal() {
        return Blocks.vectors(this, diagonal, LinearOperator::diagonal);
    }

    @Override
    Tensor dense() {
        List<Tensor> all = new ArrayList<>();
        Dim behind = domainDimension();
        for (List<LinearOperator> row : rows) {
            behind = behind.minus(row.getLast().domainDimension());
            all.add(Blocks.row(this, row, Dim.ZERO, behind));
        }
        return Ops.concat(-2, all);
    }

    @Override
    String structure() {
        return "block_lower_triangular " + rows.stream().map(row -> row.stream().map(LinearOperator::structure)
                .toList()).toList();
    }
}
