package dev.sinter.linalg;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Index;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.linalg.LinearOperator.Hint;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What linear operators are made of and act on: checks, and sizes that must be equal made equal. */
final class OperatorParts {
    private OperatorParts() {}

    /** An operator of a tensor of floats with at least some axes. */
    static LinearOperator of(String structure, Operand part, int leastRank, Function<Tensor, LinearOperator> make) {
        return Composite.of("linear_operator_" + structure, List.of(part),
                in -> make.apply(part(in.getFirst(), leastRank)));
    }

    /** An operator of others, of one graph and one dtype. */
    static LinearOperator joined(String structure, List<? extends LinearOperator> operators,
            Function<List<LinearOperator>, LinearOperator> make) {
        String op = "linear_operator_" + structure;
        if (operators.isEmpty()) {
            // No operand belongs to a graph, which is refused with the line.
            return Composite.of(op, List.of(), _ -> make.apply(List.of()));
        }
        return Composite.inScope(operators.getFirst().graph(), op, () -> {
            operators.forEach(each -> requireAlike(operators.getFirst(), each));
            return make.apply(List.copyOf(operators));
        });
    }

    static void requireAlike(LinearOperator first, LinearOperator second) {
        if (first.graph() != second.graph()) {
            throw new GraphException("operators of one graph are needed: " + first + ", " + second);
        }
        requireDtype(first, second.dtype(), second);
    }

    private static void requireDtype(LinearOperator operator, DType dtype, Object what) {
        if (operator.dtype() != dtype) {
            throw new GraphException("dtypes differ: " + operator + ", " + what + "; cast(...) converts");
        }
    }

    static Tensor part(Tensor x, int leastRank) {
        requireFloat(x.dtype());
        if (x.rank() < leastRank) {
            throw new GraphException((leastRank == 1 ? "vectors are needed, not " : "matrices are needed, not ") + x
                    + "; expandDims(...) adds an axis");
        }
        return x;
    }

    static void requireFloat(DType dtype) {
        if (!dtype.isFloat()) {
            throw new GraphException("float elements are needed, not " + dtype + "; cast(...) converts");
        }
    }

    /** The shape of matrices. */
    static Shape matrices(Shape shape) {
        if (shape.rank() < 2) {
            throw new GraphException("rows and columns are needed, not the shape " + shape.toUserString());
        }
        shape.dims().forEach(OperatorParts::size);
        return shape;
    }

    /** A size that is known, or a tensor's. */
    static Dim size(Dim size) {
        if (size.equals(Dim.UNKNOWN)) {
            throw new GraphException("the size is unknown; take it from a tensor's shape()");
        }
        if (size.isConstant() && size.constant() < 0) {
            throw new GraphException("the size is " + size + "; it must not be negative");
        }
        return size;
    }

    /** What an operator acts on: of its dtype, and with an axis or two of its own. */
    static Tensor matrices(LinearOperator operator, Tensor x, int leastRank) {
        requireDtype(operator, x.dtype(), x);
        return part(x, leastRank);
    }

    /** A tensor with a size along an axis; each run checks what the graph cannot decide. */
    static Tensor sized(String what, Tensor x, int axis, Dim size) {
        Dim own = x.dim(axis);
        if (own.isConstant() && size.isConstant() && !own.equals(size)) {
            throw new GraphException(what + " and the size that the operator takes differ: " + own + ", " + size);
        }
        if (!own.isConstant() || own.equals(size)) {
            return Operands.fit(x, axis, size);
        }
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.set(x.rank() + axis, size);
        return Ops.reshape(x, new Shape(dims));
    }

    /** The leading axes of operators together. */
    static List<Dim> leading(List<LinearOperator> operators) {
        return operators.stream().map(LinearOperator::leading).reduce(Operands::leading).orElseThrow();
    }

    /** Refuses operators whose product there is not. */
    static void requireProduct(LinearOperator left, LinearOperator right) {
        Dim taken = left.domainDimension();
        Dim given = right.rangeDimension();
        if (taken.isConstant() && given.isConstant() && !taken.equals(given)) {
            throw new GraphException("the columns of an operator and the rows of the next one differ: " + taken + ", "
                    + given);
        }
    }

    /** Matrices with leading axes that theirs broadcast with. */
    static Tensor spreadOver(List<Dim> leading, Tensor x) {
        return Operands.led(x, 2, Operands.leading(leading, x.shape().dims().subList(0, x.rank() - 2)));
    }

    /** Square matrices with something added to their diagonals. */
    static Tensor plusDiagonal(LinearOperator operator, Tensor x, Tensor diagonal) {
        Tensor spread = spreadOver(operator.leading(), x);
        return Linalg.setDiag(spread, Linalg.diagPart(spread).plus(diagonal));
    }

    static boolean areSquare(List<LinearOperator> operators) {
        return operators.stream().allMatch(each -> each.is(Hint.SQUARE));
    }

    /** A size as a number. */
    static Tensor number(Graph graph, DType dtype, Dim size) {
        return size.isConstant() ? graph.tensor(Ops.fill(dtype, Shape.SCALAR, size.constant()))
                : Ops.cast(Ops.size(graph.tensor(Ops.range(DType.INT64, size))), dtype);
    }

    /** Some rows of matrices. */
    static Tensor rows(Tensor x, Dim from, Dim count) {
        if (from.isConstant() && count.isConstant()) {
            return Ops.slice(x, Index.ELLIPSIS, Index.from(from.constant()).to(from.plus(count).constant()),
                    Index.ALL);
        }
        List<Tensor> starts = new ArrayList<>(Collections.nCopies(x.rank(), x.graph().constant(0L)));
        starts.set(x.rank() - 2, number(x.graph(), DType.INT64, from));
        List<Dim> box = new ArrayList<>(x.shape().dims());
        box.set(x.rank() - 2, count);
        return Ops.dynamicSlice(x, starts, new Shape(box));
    }

    /** Numbers of which there is one for each matrix of an operator, or for several of them. */
    static Tensor spreadNumbers(LinearOperator operator, Tensor numbers) {
        return numbers.shape().equals(operator.batchShape()) ? numbers
                : Ops.broadcastTo(numbers, operator.batchShape());
    }

    /** A shape of leading axes and others. */
    static Shape shape(List<Dim> leading, Dim... trailing) {
        List<Dim> dims = new ArrayList<>(leading);
        dims.addAll(List.of(trailing));
        return new Shape(dims);
    }

    /** The shape of square matrices of vectors. */
    static Shape ofVectors(Tensor vectors) {
        return shape(vectors.shape().dims(), vectors.dim(-1));
    }

    /** Vectors as matrices of one column. */
    static Tensor column(Tensor vectors) {
        return Ops.expandDims(vectors, -1);
    }

    /** The greatest magnitude divided by the smallest one. */
    static Tensor spread(Tensor values) {
        Tensor sizes = Ops.abs(values);
        return Ops.divide(Ops.reduceMax(sizes, -1), Ops.reduceMin(sizes, -1));
    }

    /** The sum of the logarithms of magnitudes. */
    static Tensor sumOfLogs(Tensor values) {
        return Ops.reduceSum(Ops.log(Ops.abs(values)), -1);
    }

    /** The caller's hints, each of which may stand several times. */
    static Set<Hint> hints(Hint... hints) {
        return with(Set.of(), hints);
    }

    static Set<Hint> with(Set<Hint> hints, Hint... more) {
        EnumSet<Hint> all = EnumSet.noneOf(Hint.class);
        all.addAll(hints);
        all.addAll(List.of(more));
        return all;
    }

    /** Hints that all operators have. */
    static Set<Hint> common(List<LinearOperator> operators, Hint... hints) {
        EnumSet<Hint> all = EnumSet.noneOf(Hint.class);
        Stream.of(hints).filter(hint -> operators.stream().allMatch(each -> each.is(hint))).forEach(all::add);
        return all;
    }
}
