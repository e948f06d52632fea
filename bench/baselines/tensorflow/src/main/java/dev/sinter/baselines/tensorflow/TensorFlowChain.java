package dev.sinter.baselines.tensorflow;

import java.util.function.BiFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Elementwise ops on one value that is fed and one that is fetched. */
final class TensorFlowChain {
    private static final int ELEMENTS = 1 << 24;

    private final Session session;
    private final Placeholder<TFloat32> input;
    private final Operand<TFloat32> output;
    private final TFloat32 value;

    private TensorFlowChain(int threads, Shape shape, BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> body) {
        Graph graph = new Graph();
        Ops tf = Ops.create(graph);
        input = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
        output = body.apply(tf, input);
        session = TensorFlow.session(graph, threads);
        value = TFloat32.tensorOf(shape, data -> fill(data.asRawTensor().data().asFloats()));
    }

    /** A scalar plus a constant. */
    static TensorFlowChain scalarAdd(int threads) {
        return new TensorFlowChain(threads, Shape.scalar(), (tf, x) -> tf.math.add(x, tf.constant(1f)));
    }

    /** Ten ops on 16 million elements. */
    static TensorFlowChain elementwise(int threads) {
        return new TensorFlowChain(threads, Shape.of(ELEMENTS), (tf, x) -> {
            Operand<TFloat32> t = tf.math.mul(x, tf.constant(1.5f));
            t = tf.math.add(t, tf.constant(0.25f));
            t = tf.math.maximum(t, tf.constant(0.1f));
            t = tf.math.sub(t, tf.constant(0.5f));
            t = tf.math.mul(t, tf.constant(0.5f));
            t = tf.math.exp(t);
            t = tf.math.add(t, tf.constant(1f));
            t = tf.math.minimum(t, tf.constant(3f));
            t = tf.math.mul(t, tf.constant(2f));
            return tf.math.abs(t);
        });
    }

    private static void fill(FloatDataBuffer data) {
        for (long i = 0; i < data.size(); i++) {
            data.setFloat(i / (float) ELEMENTS, i);
        }
    }

    void run() {
        session.runner().feed(input, value).fetch(output).run().close();
    }
}
