package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Random;

/** A matrix product whose operands are fed, or whose right one is a variable, so that Sinter lays it out. */
final class GemmTask implements SessionTask {
    private static final int SAMPLES = 64;

    private final GemmShape size;
    private final GemmOperands operands;
    private final Graph graph = new Graph();
    private final Tensor left;
    private final Operand right;
    private final Tensor product;

    GemmTask(GemmShape size, GemmOperands operands) {
        this.size = size;
        this.operands = operands;
        left = graph.placeholder("left", FLOAT32, shape(sizes(size.m(), size.k(), operands.leftTransposed())));
        Shape wanted = shape(sizes(size.k(), size.n(), operands.rightTransposed()));
        right = operands == GemmOperands.VARIABLE ? graph.variable("right", Ops.zeros(FLOAT32, wanted))
                : graph.placeholder("right", FLOAT32, wanted);
        product = Linalg.matmul(left, right, operands.leftTransposed(), operands.rightTransposed());
    }

    private static long[] sizes(int rows, int columns, boolean transposed) {
        return transposed ? new long[] {columns, rows} : new long[] {rows, columns};
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Runnable start(Session session) {
        NDArray a = Values.uniform(1, sizes(size.m(), size.k(), operands.leftTransposed()));
        NDArray b = Values.uniform(2, sizes(size.k(), size.n(), operands.rightTransposed()));
        PreparedCall call;
        if (right instanceof Variable variable) {
            session.load(variable, b);
            call = session.prepare(Fetch.fetch(product), left);
        } else {
            call = session.prepare(Fetch.fetch(product), left, (Tensor) right).feed((Tensor) right, b);
        }
        call.feed(left, a);
        verify(a, b, call.run().result(0));
        return call::run;
    }

    private static double element(NDArray matrix, int rows, int columns, boolean transposed, long row, long column) {
        return Values.get(matrix, transposed ? column * rows + row : row * columns + column);
    }

    private void verify(NDArray a, NDArray b, NDArray c) {
        Random random = new Random(1);
        for (int sample = 0; sample < SAMPLES; sample++) {
            long row = random.nextInt(size.m());
            long column = random.nextInt(size.n());
            double sum = 0;
            for (long i = 0; i < size.k(); i++) {
                sum += element(a, size.m(), size.k(), operands.leftTransposed(), row, i)
                        * element(b, size.k(), size.n(), operands.rightTransposed(), i, column);
            }
            double error = Math.abs(Values.get(c, row * size.n() + column) - sum);
            Values.require(error < 1e-5 * Math.sqrt(size.k()),
                    "the product is wrong in row " + row + ", column " + column);
        }
    }
}
