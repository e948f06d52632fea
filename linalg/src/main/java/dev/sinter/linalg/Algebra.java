package dev.sinter.linalg;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.HostCall;
import dev.sinter.op.Iota;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Writes the gradients of matrix functions: values that are matrices behind any leading axes. */
record Algebra(Builder b) {
    private static final String LETTERS = "abcdefghijklmnopqrstuvw";

    Value times(Value x, Value y) {
        return times(x, false, y, false);
    }

    /** The product of both, each transposed or not. */
    Value times(Value x, boolean transposeX, Value y, boolean transposeY) {
        String batch = LETTERS.substring(0, x.rank() - 2);
        return b.contract(batch + (transposeX ? "yx" : "xy"), batch + (transposeY ? "zy" : "yz"), batch + "xz", x, y);
    }

    /** The product of a matrix with a vector. */
    Value timesVector(Value x, Value v) {
        String batch = LETTERS.substring(0, v.rank() - 1);
        return b.contract(batch + "xy", batch + "y", batch + "x", x, v);
    }

    Value transpose(Value x) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank() - 2).boxed().toList());
        order.addAll(List.of(x.rank() - 1, x.rank() - 2));
        return b.transpose(x, order);
    }

    /** The results of a function. */
    List<Value> call(MatrixFunction function, Value... operands) {
        Value call = b.add(new HostCall(function), operands);
        int results = function.infer(List.of(operands).stream().map(Value::tensorType).toList()).size();
        return IntStream.range(0, results).mapToObj(i -> b.project(call, i)).toList();
    }

    /** The size of an axis counted from the end: -1 is the last. */
    static Dim dim(Value x, int axis) {
        return x.shape().dim(x.rank() + axis);
    }

    /** The shape with other sizes behind the leading axes. */
    static Shape shape(Value matrix, Dim... trailing) {
        List<Dim> dims = new ArrayList<>(matrix.shape().dims().subList(0, matrix.rank() - 2));
        dims.addAll(List.of(trailing));
        return new Shape(dims);
    }

    /** The number of the row, or of the column, as each element of a matrix like another one. */
    private Value index(Value like, int axisFromEnd) {
        Dim rows = dim(like, -2);
        Dim columns = dim(like, -1);
        Value index = b.add(new Iota(new TensorType(DType.INT64, Shape.of(rows, columns)), axisFromEnd + 2));
        return b.broadcast(index, like.shape(), List.of(like.rank() - 2, like.rank() - 1));
    }

    private Value where(ScalarFn rowsToColumns, Value x) {
        Value mask = b.map(rowsToColumns, index(x, -2), index(x, -1));
        return b.select(mask, x, b.zerosLike(x));
    }

    /** The elements on the diagonal and below. */
    Value lower(Value x) {
        return where(ScalarFn.GE, x);
    }

    Value below(Value x) {
        return where(ScalarFn.GT, x);
    }

    /** The elements on the diagonal and above. */
    Value upper(Value x) {
        return where(ScalarFn.LE, x);
    }

    /** The elements on the diagonal; 0 elsewhere. */
    Value onDiagonal(Value x) {
        return where(ScalarFn.EQ, x);
    }

    /** The identity, as large as a square matrix. */
    Value identityLike(Value x) {
        return onDiagonal(b.fullLike(x, 1));
    }

    Value minus(Value x, Value y) {
        return b.minus(x, y);
    }

    Value plus(Value x, Value y) {
        return b.plus(x, y);
    }

    /** The diagonal as a vector. */
    Value diagonal(Value x) {
        return b.reduceSum(onDiagonal(x), List.of(x.rank() - 1));
    }

    /** A vector as each column: element i stands in row i. */
    Value asColumns(Value vector, Shape shape) {
        return b.broadcast(vector, shape, IntStream.range(0, vector.rank()).boxed().toList());
    }

    /** A vector as each row: element j stands in column j. */
    Value asRows(Value vector, Shape shape) {
        List<Integer> axes = new ArrayList<>(IntStream.range(0, vector.rank() - 1).boxed().toList());
        axes.add(shape.rank() - 1);
        return b.broadcast(vector, shape, axes);
    }

    /** A scalar of each matrix everywhere in it. */
    Value everywhere(Value scalars, Shape shape) {
        return b.broadcast(scalars, shape, IntStream.range(0, scalars.rank()).boxed().toList());
    }

    /** A matrix with a vector on its diagonal. */
    Value ofDiagonal(Value vector) {
        Dim size = dim(vector, -1);
        List<Dim> dims = new ArrayList<>(vector.shape().dims());
        dims.add(size);
        return onDiagonal(asColumns(vector, new Shape(dims)));
    }

    Value scaledColumns(Value x, Value factors) {
        return b.times(x, asRows(factors, x.shape()));
    }

    Value scaledRows(Value x, Value factors) {
        return b.times(x, asColumns(factors, x.shape()));
    }

    /** The reciprocal, and 0 of 0. */
    Value reciprocal(Value x) {
        Value none = b.map(ScalarFn.EQ, x, b.zerosLike(x));
        Value one = b.fullLike(x, 1);
        return b.select(none, b.zerosLike(x), b.div(one, b.select(none, one, x)));
    }

    /** {@code v[j] - v[i]} in row i and column j. */
    Value differences(Value vector) {
        List<Dim> dims = new ArrayList<>(vector.shape().dims());
        dims.add(dim(vector, -1));
        Shape shape = new Shape(dims);
        return b.minus(asRows(vector, shape), asColumns(vector, shape));
    }

    /** The reciprocals of differences, and 0 where both are equal. */
    Value reciprocalDifferences(Value vector) {
        return reciprocal(differences(vector));
    }

    /** The sum of each column. */
    Value columnSums(Value x) {
        return b.reduceSum(x, List.of(x.rank() - 2));
    }

    /** Where the row is the one that an int32 vector names for the column. */
    Value columnMask(Value rows, Value like) {
        return b.map(ScalarFn.EQ, index(like, -2), asRows(b.convert(rows, DType.INT64), like.shape()));
    }

    /** The first elements of a tuple. */
    List<Value> elements(Value tuple, int count) {
        return IntStream.range(0, count).mapToObj(i -> b.project(tuple, i)).toList();
    }

    /** A matrix less its transpose. */
    Value skew(Value x) {
        return b.minus(x, transpose(x));
    }

    /** The matrix whose row i has a 1 in the column that element i of an int32 vector names. */
    Value permutation(Value rows, DType dtype) {
        List<Dim> dims = new ArrayList<>(rows.shape().dims());
        dims.add(dim(rows, -1));
        Value wanted = asColumns(b.convert(rows, DType.INT64), new Shape(dims));
        Value one = b.full(dtype, wanted.shape(), 1);
        return b.select(b.map(ScalarFn.EQ, index(wanted, -1), wanted), one, b.zerosLike(one));
    }

    /** Vectors as the rows of a matrix. */
    Value rows(List<Value> vectors) {
        Value first = vectors.getFirst();
        List<Dim> dims = new ArrayList<>(first.shape().dims());
        dims.add(dims.size() - 1, Dim.ONE);
        Shape row = new Shape(dims);
        return b.concat(first.rank() - 1, vectors.stream().map(vector -> b.reshape(vector, row)).toList());
    }

    /** The diagonals of the transpose of a tridiagonal matrix. */
    Value transposedDiagonals(Value diagonals) {
        Dim n = dim(diagonals, -1);
        Value above = part(diagonals, Dim.ZERO, Dim.ONE, Dim.ZERO, n);
        Value main = part(diagonals, Dim.ONE, Dim.of(2), Dim.ZERO, n);
        Value below = part(diagonals, Dim.of(2), Dim.of(3), Dim.ZERO, n);
        Value none = b.full(main.dtype(), shape(diagonals, Dim.ONE, Dim.ONE), 0);
        Value shiftedBelow = part(beside(below, none), Dim.ZERO, Dim.ONE, Dim.ONE, n.plus(1));
        Value shiftedAbove = part(beside(none, above), Dim.ZERO, Dim.ONE, Dim.ZERO, n);
        return above(above(shiftedBelow, main), shiftedAbove);
    }

    /** Some rows and columns. */
    Value part(Value x, Dim fromRow, Dim toRow, Dim fromColumn, Dim toColumn) {
        List<Dim> from = new ArrayList<>(Collections.nCopies(x.rank() - 2, Dim.ZERO));
        List<Dim> to = new ArrayList<>(x.shape().dims().subList(0, x.rank() - 2));
        from.addAll(List.of(fromRow, fromColumn));
        to.addAll(List.of(toRow, toColumn));
        return b.add(new Slice(from, to, Collections.nCopies(x.rank(), 1L)), x);
    }

    /** Matrices side by side. */
    Value beside(Value left, Value right) {
        return b.concat(left.rank() - 1, List.of(left, right));
    }

    /** Matrices one above the other. */
    Value above(Value top, Value bottom) {
        return b.concat(top.rank() - 2, List.of(top, bottom));
    }

    /** The mean of a matrix and its transpose. */
    Value symmetric(Value x) {
        return b.times(b.plus(x, transpose(x)), 0.5);
    }

    /**
     * The gradient of an analytic function of matrices: the upper right block of the function of
     * {@code [[A', G], [0, A']]} (Higham, Functions of Matrices, 2008, section 3.2).
     */
    Value frechet(MatrixFunction function, Value a, Value gradient) {
        Dim n = dim(a, -1);
        Value greatest = b.reduce(dev.sinter.op.ReduceFn.MAX, b.map(ScalarFn.ABS, gradient),
                List.of(a.rank() - 2, a.rank() - 1));
        Value none = b.map(ScalarFn.EQ, greatest, b.zerosLike(greatest));
        // The derivative is linear in G, which is scaled so that the function sees a block of the size of 1.
        Value size = b.add(new StopGradient(), b.select(none, b.fullLike(greatest, 1), greatest));
        Value scale = everywhere(size, a.shape());
        Value transposed = transpose(a);
        Value block = above(beside(transposed, b.div(gradient, scale)), beside(b.zerosLike(a), transposed));
        Value result = call(function, block).getFirst();
        return b.times(part(result, Dim.ZERO, n, n, n.times(2)), scale);
    }
}
