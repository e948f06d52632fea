package dev.sinter.baselines.tensorflow;

import dev.sinter.baselines.protocol.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** A net in the making, and steps of Adam on the mean cross entropy of its classes. The variables are resources. */
final class TensorFlowTraining {
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;

    /** What a step reads of a variable. */
    private record Weight(VarHandleOp handle, Operand<TFloat32> value, Shape shape) { }

    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final Random random = new Random(0);
    private final int threads;
    private final List<Weight> weights = new ArrayList<>();
    private final List<Op> initials = new ArrayList<>();
    private int variables;

    TensorFlowTraining(int threads) {
        this.threads = threads;
    }

    Ops tf() {
        return tf;
    }

    /** A weight that is normally distributed around 0. */
    Operand<TFloat32> normal(float deviation, long... sizes) {
        return weight(tf.math.mul(tf.constant(deviation),
                tf.random.randomStandardNormal(tf.constant(sizes), TFloat32.class)), sizes);
    }

    /** A weight all of whose elements are one number. */
    Operand<TFloat32> filled(float value, long... sizes) {
        return weight(tf.fill(tf.constant(sizes), tf.constant(value)), sizes);
    }

    private Operand<TFloat32> weight(Operand<TFloat32> initial, long... sizes) {
        Shape shape = Shape.of(sizes);
        VarHandleOp handle = variable(initial, shape);
        Weight weight = new Weight(handle, tf.readVariableOp(handle, TFloat32.class), shape);
        weights.add(weight);
        return weight.value;
    }

    private VarHandleOp variable(Operand<TFloat32> initial, Shape shape) {
        VarHandleOp handle = tf.varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName("variable" + variables++));
        initials.add(tf.assignVariableOp(handle, initial));
        return handle;
    }

    /**
     * Steps on one batch, whose loss is fetched.
     *
     * @param logits one row for each label
     * @param labels int32, of any shape
     */
    Task steps(Placeholder<? extends TType> x, TType xValue, Placeholder<TInt32> labels, TInt32 labelValues,
            Operand<TFloat32> logits) {
        Operand<TInt32> flat = tf.reshape(labels, tf.constant(new int[] {-1}));
        SparseSoftmaxCrossEntropyWithLogits<TFloat32> losses = tf.nn.sparseSoftmaxCrossEntropyWithLogits(logits, flat);
        Operand<TFloat32> loss = tf.math.mean(losses.loss(), tf.constant(new int[] {0}));
        Operand<TFloat32> part = tf.constant(1f / labelValues.size());
        List<Op> updates = adam(logits, tf.math.mul(losses.backprop(), part));
        Session session = TensorFlow.session(graph, threads);
        Session.Runner initializer = session.runner();
        initials.forEach(initializer::addTarget);
        initializer.run().close();
        return () -> {
            Session.Runner runner = session.runner().feed(x, xValue).feed(labels, labelValues).fetch(loss);
            updates.forEach(runner::addTarget);
            try (var result = runner.run()) {
                TensorFlow.check(((TFloat32) result.get(0)).getFloat());
            }
        };
    }

    /** The loss has no gradient of its own in the native library: it is begun at the logits. */
    @SuppressWarnings("unchecked")
    private List<Op> adam(Operand<TFloat32> logits, Operand<TFloat32> logitsGradient) {
        Output<?>[] gradients = graph.addGradients(null, new Output<?>[] {logits.asOutput()},
                weights.stream().map(weight -> weight.value.asOutput()).toArray(Output<?>[]::new),
                new Output<?>[] {logitsGradient.asOutput()});
        VarHandleOp power1 = variable(tf.constant(BETA1), Shape.scalar());
        VarHandleOp power2 = variable(tf.constant(BETA2), Shape.scalar());
        Operand<TFloat32> read1 = tf.readVariableOp(power1, TFloat32.class);
        Operand<TFloat32> read2 = tf.readVariableOp(power2, TFloat32.class);
        List<Op> updates = new ArrayList<>();
        for (int i = 0; i < gradients.length; i++) {
            Shape shape = weights.get(i).shape;
            Operand<TFloat32> zeros = tf.fill(tf.constant(shape.asArray()), tf.constant(0f));
            updates.add(tf.train.resourceApplyAdam(weights.get(i).handle, variable(zeros, shape),
                    variable(zeros, shape), read1, read2, tf.constant(1e-3f), tf.constant(BETA1), tf.constant(BETA2),
                    tf.constant(1e-8f), (Output<TFloat32>) gradients[i]));
        }
        updates.add(tf.assignVariableOp(power1, tf.math.mul(read1, tf.constant(BETA1))));
        updates.add(tf.assignVariableOp(power2, tf.math.mul(read2, tf.constant(BETA2))));
        return updates;
    }

    /** Labels or tokens from 0 to below a limit. */
    TInt32 integers(int limit, long... sizes) {
        return TInt32.tensorOf(Shape.of(sizes), data -> data.scalars().forEach(
                element -> element.setInt(random.nextInt(limit))));
    }

    /** Normally distributed numbers. */
    TFloat32 normals(long... sizes) {
        return TFloat32.tensorOf(Shape.of(sizes), data -> data.scalars().forEach(
                element -> element.setFloat((float) random.nextGaussian())));
    }
}
