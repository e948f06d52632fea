package dev.sinter.baselines.tensorflow;

import dev.sinter.baselines.protocol.Task;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The training step of a GPT of 4 blocks, width 256 and 8 heads on 8 sequences of 128 of 1000 tokens. */
final class TensorFlowGpt {
    private static final int BATCH = 8;
    private static final int LENGTH = 128;
    private static final int TOKENS = 1000;
    private static final int WIDTH = 256;
    private static final int HEADS = 8;
    private static final int BLOCKS = 4;
    private static final float DEVIATION = 0.02f;

    private final TensorFlowTraining net;
    private final Ops tf;

    private TensorFlowGpt(TensorFlowTraining net) {
        this.net = net;
        this.tf = net.tf();
    }

    static Task steps(int threads) {
        return new TensorFlowGpt(new TensorFlowTraining(threads)).steps();
    }

    private Task steps() {
        Placeholder<TInt32> x = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(BATCH, LENGTH)));
        Placeholder<TInt32> y = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(BATCH, LENGTH)));
        Operand<TFloat32> h = shaped(tf.math.add(tf.gather(matrix(TOKENS, WIDTH), x, tf.constant(0)),
                matrix(LENGTH, WIDTH)), -1, WIDTH);
        for (int block = 0; block < BLOCKS; block++) {
            h = tf.math.add(h, attention(normalized(h)));
            h = tf.math.add(h, dense(gelu(dense(normalized(h), WIDTH, 4 * WIDTH)), 4 * WIDTH, WIDTH));
        }
        Operand<TFloat32> logits = tf.linalg.matMul(normalized(h), matrix(WIDTH, TOKENS));
        return net.steps(x, net.integers(TOKENS, BATCH, LENGTH), y, net.integers(TOKENS, BATCH, LENGTH), logits);
    }

    /** Causal attention between the rows of each sequence. */
    private Operand<TFloat32> attention(Operand<TFloat32> h) {
        Operand<TFloat32> parts = transposed(
                shaped(dense(h, WIDTH, 3 * WIDTH), BATCH, LENGTH, 3, HEADS, WIDTH / HEADS), 2, 0, 3, 1, 4);
        Operand<TFloat32> products = tf.train.batchMatMul(
                part(parts, 0), part(parts, 1), TFloat32.class, BatchMatMul.adjY(true));
        Operand<TFloat32> scores = tf.math.mul(products, tf.constant((float) Math.sqrt((double) HEADS / WIDTH)));
        Operand<TFloat32> shares = tf.nn.softmax(tf.math.add(scores, mask()));
        Operand<TFloat32> mixed = tf.train.batchMatMul(shares, part(parts, 2), TFloat32.class);
        return dense(shaped(transposed(mixed, 0, 2, 1, 3), -1, WIDTH), WIDTH, WIDTH);
    }

    private Operand<TFloat32> part(Operand<TFloat32> parts, int index) {
        return tf.gather(parts, tf.constant(index), tf.constant(0));
    }

    /** 0 for those keys that a query may look at. */
    private Operand<TFloat32> mask() {
        float[][] mask = new float[LENGTH][LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            for (int j = i + 1; j < LENGTH; j++) {
                mask[i][j] = -1e30f;
            }
        }
        return tf.constant(mask);
    }

    private Operand<TFloat32> normalized(Operand<TFloat32> h) {
        Operand<TFloat32> mean = mean(h);
        Operand<TFloat32> variance = mean(tf.math.squaredDifference(h, mean));
        Operand<TFloat32> factor = tf.math.mul(
                tf.math.rsqrt(tf.math.add(variance, tf.constant(1e-5f))), net.filled(1, WIDTH));
        return tf.math.add(tf.math.mul(tf.math.sub(h, mean), factor), net.filled(0, WIDTH));
    }

    private Operand<TFloat32> mean(Operand<TFloat32> h) {
        return tf.math.mean(h, tf.constant(new int[] {1}), Mean.keepDims(true));
    }

    /** By tanh. */
    private Operand<TFloat32> gelu(Operand<TFloat32> h) {
        Operand<TFloat32> cube = tf.math.mul(tf.math.mul(h, h), h);
        Operand<TFloat32> inner = tf.math.mul(tf.constant((float) Math.sqrt(2 / Math.PI)),
                tf.math.add(h, tf.math.mul(tf.constant(0.044715f), cube)));
        return tf.math.mul(tf.math.mul(tf.constant(0.5f), h), tf.math.add(tf.constant(1f), tf.math.tanh(inner)));
    }

    private Operand<TFloat32> dense(Operand<TFloat32> h, int in, int out) {
        return tf.nn.biasAdd(tf.linalg.matMul(h, matrix(in, out)), net.filled(0, out));
    }

    private Operand<TFloat32> matrix(long rows, long columns) {
        return net.normal(DEVIATION, rows, columns);
    }

    private Operand<TFloat32> shaped(Operand<TFloat32> h, int... sizes) {
        return tf.reshape(h, tf.constant(sizes));
    }

    private Operand<TFloat32> transposed(Operand<TFloat32> h, int... axes) {
        return tf.linalg.transpose(h, tf.constant(axes));
    }
}
