package dev.sinter.baselines.tensorflow;

import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/**
 * The training step of a two-layer net, 64 rows of 1000-100-10: the updates of both weights are targets. The
 * variables are resources: a reference variable's assign would race with the gradient's read of the other
 * weight.
 */
final class TensorFlowMlp {
    private static final int ROWS = 64;
    private static final int INPUTS = 1000;
    private static final int HIDDEN = 100;
    private static final int OUTPUTS = 10;

    private final Session session;
    private final Placeholder<TFloat32> x;
    private final Placeholder<TFloat32> y;
    private final Operand<TFloat32> loss;
    private final Operand<TFloat32> newW1;
    private final Operand<TFloat32> newW2;
    private final Op assignW1;
    private final Op assignW2;
    private final TFloat32 xValue;
    private final TFloat32 yValue;

    TensorFlowMlp(int threads) {
        Graph graph = new Graph();
        Ops tf = Ops.create(graph);
        x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, INPUTS)));
        y = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, OUTPUTS)));
        VarHandleOp w1Handle = tf.varHandleOp(TFloat32.class, Shape.of(INPUTS, HIDDEN),
                VarHandleOp.sharedName("w1"));
        VarHandleOp w2Handle = tf.varHandleOp(TFloat32.class, Shape.of(HIDDEN, OUTPUTS),
                VarHandleOp.sharedName("w2"));
        Operand<TFloat32> w1 = tf.readVariableOp(w1Handle, TFloat32.class);
        Operand<TFloat32> w2 = tf.readVariableOp(w2Handle, TFloat32.class);
        Operand<TFloat32> zero = tf.zeros(tf.constant(new int[] {1}), TFloat32.class);
        Operand<TFloat32> hidden = tf.math.maximum(tf.linalg.matMul(x, w1), zero);
        Operand<TFloat32> yPred = tf.linalg.matMul(hidden, w2);
        Operand<TFloat32> squares = tf.math.pow(tf.math.sub(y, yPred), tf.constant(2f));
        loss = tf.reduceSum(squares, tf.constant(new int[] {0, 1}), ReduceSum.keepDims(false));
        Output<?>[] gradients = graph.addGradients(loss.asOutput(),
                new Output<?>[] {w1.asOutput(), w2.asOutput()});
        newW1 = tf.math.sub(w1, tf.math.mul(tf.constant(1e-6f), float32(gradients[0])));
        newW2 = tf.math.sub(w2, tf.math.mul(tf.constant(1e-6f), float32(gradients[1])));
        assignW1 = tf.assignVariableOp(w1Handle, newW1);
        assignW2 = tf.assignVariableOp(w2Handle, newW2);
        Random random = new Random(0);
        Op w1Initial = tf.assignVariableOp(w1Handle,
                tf.constant(StdArrays.ndCopyOf(normal(random, INPUTS, HIDDEN))));
        Op w2Initial = tf.assignVariableOp(w2Handle,
                tf.constant(StdArrays.ndCopyOf(normal(random, HIDDEN, OUTPUTS))));

        session = TensorFlow.session(graph, threads);
        session.runner().addTarget(w1Initial).addTarget(w2Initial).run().close();
        xValue = TFloat32.tensorOf(StdArrays.ndCopyOf(normal(random, ROWS, INPUTS)));
        yValue = TFloat32.tensorOf(StdArrays.ndCopyOf(normal(random, ROWS, OUTPUTS)));
    }

    /** One step; the loss is fetched. */
    void step() {
        try (var result = session.runner().feed(x, xValue).feed(y, yValue)
                .fetch(loss).addTarget(assignW1).addTarget(assignW2).run()) {
            TensorFlow.check(((TFloat32) result.get(0)).getFloat());
        }
    }

    /** One step; the loss and the new weights are fetched. */
    void stepFetchingWeights() {
        try (var result = session.runner().feed(x, xValue).feed(y, yValue)
                .fetch(loss).fetch(newW1).fetch(newW2).addTarget(assignW1).addTarget(assignW2).run()) {
            TensorFlow.check(((TFloat32) result.get(0)).getFloat());
        }
    }

    @SuppressWarnings("unchecked")
    private static Output<TFloat32> float32(Output<?> output) {
        return (Output<TFloat32>) output;
    }

    private static float[][] normal(Random random, int rows, int columns) {
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return values;
    }
}
