package dev.sinter.baselines.tensorflow;

import dev.sinter.baselines.protocol.Task;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The training step of two convolutions of 5x5, each rectified and pooled by 2x2, and a hidden layer of 1024. */
final class TensorFlowCnn {
    private static final int BATCH = 64;
    private static final int SIDE = 28;
    private static final int CLASSES = 10;

    private final TensorFlowTraining net;
    private final Ops tf;

    private TensorFlowCnn(TensorFlowTraining net) {
        this.net = net;
        this.tf = net.tf();
    }

    static Task steps(int threads) {
        return new TensorFlowCnn(new TensorFlowTraining(threads)).steps();
    }

    private Task steps() {
        Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(BATCH, SIDE, SIDE, 1)));
        Placeholder<TInt32> y = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(BATCH)));
        Operand<TFloat32> blocks = block(block(x, 1, 32, 0.1f), 32, 64, 0.03f);
        Operand<TFloat32> hidden = tf.nn.relu(
                dense(tf.reshape(blocks, tf.constant(new int[] {BATCH, -1})), 3136, 1024, 0.02f));
        return net.steps(x, net.normals(BATCH, SIDE, SIDE, 1), y, net.integers(CLASSES, BATCH),
                dense(hidden, 1024, CLASSES, 0.03f));
    }

    private Operand<TFloat32> block(Operand<TFloat32> h, int in, int out, float deviation) {
        Operand<TFloat32> convolved = tf.nn.conv2d(h, net.normal(deviation, 5, 5, in, out), List.of(1L, 1L, 1L, 1L),
                "SAME");
        Operand<TInt32> halves = tf.constant(new int[] {1, 2, 2, 1});
        return tf.nn.maxPool(tf.nn.relu(tf.nn.biasAdd(convolved, net.filled(0, out))), halves, halves, "VALID");
    }

    private Operand<TFloat32> dense(Operand<TFloat32> h, int in, int out, float deviation) {
        return tf.nn.biasAdd(tf.linalg.matMul(h, net.normal(deviation, in, out)), net.filled(0, out));
    }
}
