package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Arrays;

/**
 * What the leaves of a forest give each target, and how the trees are put together. Where each tree has one target,
 * trees are sorted by targets; else each leaf has a row of a table of all targets.
 */
final class LeafScores {
    /** How the numbers of several trees become one; the constants are in the order of the standard's numbers. */
    enum Aggregate {
        AVERAGE, SUM, MIN, MAX;

        /** The number of a leaf that gives a target none. */
        double none() {
            return switch (this) {
                case AVERAGE, SUM -> 0;
                case MIN -> Double.POSITIVE_INFINITY;
                case MAX -> Double.NEGATIVE_INFINITY;
            };
        }

        /** Two numbers that a leaf gives one target. */
        double together(double a, double b) {
            return switch (this) {
                case AVERAGE, SUM -> a + b;
                case MIN -> Math.min(a, b);
                case MAX -> Math.max(a, b);
            };
        }
    }

    private static final long MOST_CELLS = 1L << 26;

    private final Call call;
    private final Forest forest;
    private final int[] roots;
    private final Aggregate aggregate;
    private final int targets;
    private final int[] nodes;
    private final int[] ids;
    private final double[] weights;

    /**
     * The numbers of leaves.
     *
     * @param nodes   a leaf for each number
     * @param ids     the target of each number
     * @param weights the numbers
     */
    LeafScores(Call call, Forest forest, int[] roots, Aggregate aggregate, long targets, int[] nodes, long[] ids,
            double[] weights) {
        this.call = call;
        this.forest = forest;
        this.roots = roots;
        this.aggregate = aggregate;
        this.nodes = nodes;
        this.weights = weights;
        if (targets < 1 || targets > MOST_CELLS) {
            throw call.wrong("there are " + targets + " targets or classes, where 1 to " + MOST_CELLS
                    + " are possible");
        }
        this.targets = (int) targets;
        if (ids.length != nodes.length || weights.length != nodes.length) {
            throw call.wrong("there are " + nodes.length + " leaves, " + ids.length + " targets and " + weights.length
                    + " weights of leaves");
        }
        for (long id : ids) {
            if (id < 0 || id >= targets) {
                throw call.wrong("a leaf has the target " + id + " of " + targets);
            }
        }
        this.ids = Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    /** The numbers of each row, {@code [n, targets]}, of rows of features in the dtype that all is computed in. */
    Tensor of(Tensor x) {
        int[] targetOf = new int[roots.length];
        Arrays.fill(targetOf, -1);
        boolean adds = aggregate == Aggregate.SUM || aggregate == Aggregate.AVERAGE;
        boolean ordered = targets == 1 || adds && !forest.isShared();
        for (int i = 0; i < nodes.length; i++) {
            int tree = forest.owner(nodes[i]);
            if (tree != Forest.NONE) {
                ordered &= targetOf[tree] == -1 || targetOf[tree] == ids[i];
                targetOf[tree] = ids[i];
            }
        }
        Tensor scores = ordered ? ordered(x, targetOf) : byTable(x);
        return switch (aggregate) {
            case SUM -> scores;
            case AVERAGE -> scores.div(roots.length);
            case MIN, MAX -> {
                Tensor none = call.graph().constant(NDArray.scalar(scores.dtype(), aggregate.none()));
                yield Ops.where(Ops.equal(scores, none), Ops.zerosLike(scores), scores);
            }
        };
    }

    private Tensor put(Tensor numbers, int axis) {
        return switch (aggregate) {
            case AVERAGE, SUM -> Ops.reduceSum(numbers, axis);
            case MIN -> Ops.reduceMin(numbers, axis);
            case MAX -> Ops.reduceMax(numbers, axis);
        };
    }

    /** Trees beside each other that have one target, for each target as many: what lacks is a leaf of no number. */
    private Tensor ordered(Tensor x, int[] targetOf) {
        int[] counts = new int[targets];
        for (int tree = 0; tree < roots.length; tree++) {
            targetOf[tree] = targets == 1 ? 0 : Math.max(0, targetOf[tree]);
            counts[targetOf[tree]]++;
        }
        int most = Math.max(1, Arrays.stream(counts).max().orElse(1));
        if ((long) most * targets > MOST_CELLS) {
            return byTable(x);
        }
        int[] order = new int[most * targets];
        Arrays.fill(order, forest.size() - 1);
        Arrays.fill(counts, 0);
        for (int tree = 0; tree < roots.length; tree++) {
            order[targetOf[tree] * most + counts[targetOf[tree]]++] = roots[tree];
        }
        double[] numbers = new double[forest.size()];
        Arrays.fill(numbers, aggregate.none());
        boolean[] given = new boolean[forest.size()];
        for (int i = 0; i < nodes.length; i++) {
            numbers[nodes[i]] = given[nodes[i]] ? aggregate.together(numbers[nodes[i]], weights[i]) : weights[i];
            given[nodes[i]] = true;
        }
        Tensor found = forest.ofLeaves(x, order, NDArray.of(numbers).cast(x.dtype()));
        return put(Ops.reshape(found, Shape.of(x.dim(0), Dim.of(targets), Dim.of(most))), 2);
    }

    private Tensor byTable(Tensor x) {
        if ((long) forest.size() * targets > MOST_CELLS) {
            throw call.unsupported(forest.size() + " nodes of trees whose leaves have several of " + targets
                    + " targets are too many");
        }
        double[] table = new double[forest.size() * targets];
        Arrays.fill(table, aggregate.none());
        boolean[] given = new boolean[table.length];
        for (int i = 0; i < nodes.length; i++) {
            int cell = nodes[i] * targets + ids[i];
            table[cell] = given[cell] ? aggregate.together(table[cell], weights[i]) : weights[i];
            given[cell] = true;
        }
        return put(forest.ofLeaves(x, roots, NDArray.of(table, forest.size(), targets).cast(x.dtype())), 1);
    }
}
