package dev.sinter.formats.onnx.op;

import dev.sinter.formats.onnx.op.Forest.Mode;
import dev.sinter.formats.onnx.op.LeafScores.Aggregate;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** Ensembles of decision trees, whose leaves give numbers to targets or classes. */
final class TreeOperators {
    private static final int MEMBER = 6;
    /** What comes before the name of a mode. */
    private static final String BRANCH = "BRANCH_";

    private TreeOperators() {}

    static void addTo(Operators table) {
        table.learnerOfOne("TreeEnsembleRegressor", TreeOperators::regressor);
        table.learner("TreeEnsembleClassifier", TreeOperators::classifier);
        table.learnerOfOne("TreeEnsemble", TreeOperators::ensemble);
    }

    // --- nodes that are called by the numbers of their tree and in it -------------------------------------------

    private record Name(long tree, long node) {}

    /** A forest, where its trees begin, and its nodes by their names. */
    private record Named(Forest forest, int[] roots, Map<Name, Integer> nodes) {
        int find(Call call, long tree, long node) {
            Integer place = nodes.get(new Name(tree, node));
            if (place == null) {
                throw call.wrong("tree " + tree + " has no node " + node);
            }
            return place;
        }
    }

    private static Named named(Call call) {
        long[] trees = call.integersOf("nodes_treeids");
        long[] names = column(call, "nodes_nodeids", trees.length);
        long[] features = column(call, "nodes_featureids", trees.length);
        long[] ifTrue = column(call, "nodes_truenodeids", trees.length);
        long[] ifFalse = column(call, "nodes_falsenodeids", trees.length);
        double[] splits = numbers(call, "nodes_values").orElse(new double[0]);
        List<String> modes = call.texts("nodes_modes").orElse(List.of());
        long[] missing = call.integers("nodes_missing_value_tracks_true").filter(list -> list.length > 0)
                .orElse(new long[trees.length]);
        if (splits.length != trees.length || modes.size() != trees.length || missing.length != trees.length) {
            throw call.wrong("there are " + trees.length + " nodes, " + splits.length + " values, " + modes.size()
                    + " modes and " + missing.length + " numbers for missing values");
        }
        // One leaf more, which belongs to no tree.
        Named named = new Named(new Forest(call, trees.length + 1),
                new int[(int) LongStream.of(trees).distinct().count()], new HashMap<>());
        Map<Long, Integer> numbers = new HashMap<>();
        for (int i = 0; i < trees.length; i++) {
            if (named.nodes.put(new Name(trees[i], names[i]), i) != null) {
                throw call.wrong("tree " + trees[i] + " has two nodes " + names[i]);
            }
            if (!numbers.containsKey(trees[i])) {
                named.roots[numbers.size()] = i;
                numbers.put(trees[i], numbers.size());
            }
        }
        for (int i = 0; i < trees.length; i++) {
            if (!modes.get(i).equals("LEAF")) {
                named.forest.ask(i, features[i], mode(call, modes.get(i)), splits[i], missing[i] != 0,
                        named.find(call, trees[i], ifTrue[i]), named.find(call, trees[i], ifFalse[i]));
            }
        }
        named.forest.plant(named.roots);
        return named;
    }

    private static Mode mode(Call call, String name) {
        for (Mode mode : Mode.values()) {
            if (name.equals(BRANCH + mode)) {
                return mode;
            }
        }
        throw call.wrong("a mode must be LEAF or one of BRANCH_LEQ, _LT, _GTE, _GT, _EQ and _NEQ, not " + name);
    }

    private static long[] column(Call call, String name, int size) {
        long[] column = call.integersOf(name);
        if (column.length != size) {
            throw call.wrong("attribute '" + name + "' has " + column.length + " elements, not " + size);
        }
        return column;
    }

    /** Numbers of an attribute of floats, or of a tensor whose attribute has a name that says so. */
    private static Optional<double[]> numbers(Call call, String name) {
        Optional<double[]> floats = call.numbers(name).filter(list -> list.length > 0);
        return floats.isPresent() ? floats : call.array(name + "_as_tensor").map(TreeOperators::doubles);
    }

    private static double[] doubles(NDArray array) {
        return array.cast(DType.FLOAT64).toDoubleArray();
    }

    /** The rows in the dtype that features are compared in and numbers are added up in. */
    private static Tensor rows(Call call, DType ofNumbers) {
        Tensor x = FeatureOperators.rows(call, 0);
        return Axes.cast(x, x.dtype() == DType.FLOAT64 || ofNumbers == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
    }

    private static LeafScores scores(Call call, Named named, Aggregate aggregate, String kind, long targets) {
        long[] trees = call.integersOf(kind + "_treeids");
        long[] names = column(call, kind + "_nodeids", trees.length);
        int[] nodes = new int[trees.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = named.find(call, trees[i], names[i]);
        }
        return new LeafScores(call, named.forest, named.roots, aggregate, targets, nodes,
                column(call, kind + "_ids", trees.length), numbers(call, kind + "_weights").orElse(new double[0]));
    }

    private static Tensor plus(Call call, Tensor scores, double[] bases) {
        return bases.length == 0 ? scores
                : scores.plus(call.graph().constant(NDArray.of(bases).cast(scores.dtype())));
    }

    private static DType ofNumbers(Call call) {
        return call.array("nodes_values_as_tensor").map(NDArray::dtype).orElse(DType.FLOAT32);
    }

    private static Tensor regressor(Call call) {
        long targets = call.integer("n_targets");
        String name = call.text("aggregate_function", "SUM");
        Aggregate aggregate = Arrays.stream(Aggregate.values()).filter(each -> each.name().equals(name)).findFirst()
                .orElseThrow(() -> call.wrong("aggregate_function must be SUM, AVERAGE, MIN or MAX, not " + name));
        double[] bases = bases(call, targets);
        Tensor scores = scores(call, named(call), aggregate, "target", targets).of(rows(call, ofNumbers(call)));
        return Axes.cast(PostTransform.of(call).of(plus(call, scores, bases)), DType.FLOAT32);
    }

    /** What is added to the numbers of the trees: one for each target, or nothing. */
    private static double[] bases(Call call, long targets) {
        double[] bases = numbers(call, "base_values").orElse(new double[0]);
        if (bases.length != 0 && bases.length != targets) {
            throw call.wrong("there are " + bases.length + " base_values for " + targets + " targets");
        }
        return bases;
    }

    // --- classes -----------------------------------------------------------------------------------------------

    private static List<Tensor> classifier(Call call) {
        ClassLabels labels = ClassLabels.of(call, "classlabels_int64s", "classlabels_strings");
        if (labels.count() < 2) {
            throw call.unsupported("a classifier of fewer than two classes: classlabels_int64s has " + labels.count());
        }
        long[] ids = call.integersOf("class_ids");
        Tensor x = rows(call, ofNumbers(call));
        boolean single = LongStream.of(ids).distinct().count() == 1;
        PostTransform transform = PostTransform.of(call);
        if (labels.count() == 2 && single) {
            return ofOneScore(call, labels, ids[0], x, transform);
        }
        Tensor all = plus(call, scores(call, named(call), Aggregate.SUM, "class", labels.count()).of(x),
                bases(call, labels.count()));
        return List.of(labels.ofLargest(all), Axes.cast(transform.of(all), DType.FLOAT32));
    }

    /**
     * Two classes of which the leaves have numbers for one: probabilities of the second class where none is negative,
     * else numbers that are positive for the second class.
     */
    private static List<Tensor> ofOneScore(Call call, ClassLabels labels, long id, Tensor x, PostTransform transform) {
        double[] bases = numbers(call, "base_values").orElse(new double[0]);
        if (bases.length > (id == 0 ? 1 : 0) || transform == PostTransform.PROBIT) {
            throw call.unsupported("two classes, of which leaves have numbers for one, with " + bases.length
                    + " base_values and " + transform);
        }
        Tensor two = scores(call, named(call), Aggregate.SUM, "class", 2).of(x);
        Tensor score = plus(call, Ops.split(two, new long[] {1, 1}, 1).get((int) id), bases);
        boolean positive = DoubleStream.of(numbers(call, "class_weights").orElse(new double[0]))
                .allMatch(weight -> weight >= 0);
        Tensor label = labels.ofTwo(Ops.greater(score, positive ? 0.5 : 0));
        Tensor scores;
        if (id == 1) {
            scores = transform.of(two);
        } else if (transform == PostTransform.LOGISTIC) {
            scores = transform.of(Ops.concat(1, Ops.negative(score), score));
        } else {
            Tensor first = positive ? Ops.subtract(Ops.onesLike(score), score) : Ops.negative(score);
            scores = Ops.concat(1, first, score);
        }
        return List.of(label, Axes.cast(scores, DType.FLOAT32));
    }

    // --- nodes and leaves in lists of their own ------------------------------------------------------------------

    private static Tensor ensemble(Call call) {
        NDArray splits = call.array("nodes_splits").orElseThrow(() -> call.wrong("nodes_splits is missing"));
        int nodes = Math.toIntExact(splits.elementCount());
        int leaves = call.integersOf("leaf_targetids").length;
        long[] features = column(call, "nodes_featureids", nodes);
        long[] modes = call.array("nodes_modes").orElseThrow(() -> call.wrong("nodes_modes is missing"))
                .cast(DType.INT64).toLongArray();
        long[] missing = call.integers("nodes_missing_value_tracks_true").filter(list -> list.length > 0)
                .orElse(new long[nodes]);
        if (modes.length != nodes || missing.length != nodes) {
            throw call.wrong("there are " + nodes + " nodes, " + modes.length + " modes and " + missing.length
                    + " numbers for missing values");
        }
        int[] ifTrue = places(call, "true", nodes, leaves);
        int[] ifFalse = places(call, "false", nodes, leaves);
        List<double[]> sets = sets(call, modes);
        int more = sets.stream().mapToInt(set -> Math.max(0, set.length - 1)).sum();
        Forest forest = new Forest(call, nodes + leaves + more + 1);
        int next = nodes + leaves;
        int set = 0;
        for (int i = 0; i < nodes; i++) {
            if (modes[i] != MEMBER) {
                forest.ask(i, features[i], mode(call, modes[i]), splits.getDouble(i), missing[i] != 0, ifTrue[i],
                        ifFalse[i]);
                continue;
            }
            // A node for each member, the next of which is asked where the feature is another number.
            double[] members = sets.get(set++);
            int asked = i;
            for (int k = 0; k < members.length; k++) {
                boolean last = k == members.length - 1;
                forest.ask(asked, features[i], Mode.EQ, members[k], missing[i] != 0, ifTrue[i],
                        last ? ifFalse[i] : next);
                asked = last ? asked : next++;
            }
        }
        long[] starts = call.integersOf("tree_roots");
        int[] roots = Arrays.stream(starts).mapToInt(root -> inside(call, root, nodes)).toArray();
        forest.plant(roots);
        Aggregate aggregate = one(call, Aggregate.values(), "aggregate_function", Aggregate.SUM.ordinal());
        int[] places = new int[leaves];
        Arrays.setAll(places, i -> nodes + i);
        double[] weights = doubles(call.array("leaf_weights").orElseThrow(() -> call.wrong("leaf_weights is missing")));
        DType dtype = call.input(0).dtype();
        Tensor scores = new LeafScores(call, forest, roots, aggregate, call.integer("n_targets"), places,
                call.integersOf("leaf_targetids"), weights).of(rows(call, splits.dtype()));
        PostTransform transform = one(call, PostTransform.values(), "post_transform", 0);
        return Axes.cast(transform.of(scores), dtype);
    }

    private static <E> E one(Call call, E[] all, String name, int otherwise) {
        long number = call.integer(name, otherwise);
        if (number < 0 || number >= all.length) {
            throw call.wrong(name + " must be 0 to " + (all.length - 1) + ", not " + number);
        }
        return all[(int) number];
    }

    private static Mode mode(Call call, long number) {
        if (number < 0 || number >= Mode.values().length) {
            throw call.wrong("a mode must be 0 to " + MEMBER + ", not " + number);
        }
        return Mode.values()[(int) number];
    }

    private static int inside(Call call, long place, int size) {
        if (place < 0 || place >= size) {
            throw call.wrong("a tree leads to " + place + " of " + size + " nodes or leaves");
        }
        return (int) place;
    }

    /** Where the nodes lead to on one side: to a node, or a leaf behind all nodes. */
    private static int[] places(Call call, String side, int nodes, int leaves) {
        long[] ids = column(call, "nodes_" + side + "nodeids", nodes);
        long[] isLeaf = column(call, "nodes_" + side + "leafs", nodes);
        int[] places = new int[nodes];
        for (int i = 0; i < nodes; i++) {
            places[i] = isLeaf[i] != 0 ? nodes + inside(call, ids[i], leaves) : inside(call, ids[i], nodes);
        }
        return places;
    }

    /** The members of the set of each node that asks for one, between which NaN stands. */
    private static List<double[]> sets(Call call, long[] modes) {
        List<double[]> sets = new ArrayList<>();
        double[] values = call.array("membership_values").map(TreeOperators::doubles).orElse(new double[0]);
        int start = 0;
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                sets.add(Arrays.copyOfRange(values, start, i));
                start = i + 1;
            }
        }
        if (start < values.length) {
            sets.add(Arrays.copyOfRange(values, start, values.length));
        }
        if (sets.size() != LongStream.of(modes).filter(mode -> mode == MEMBER).count()
                || sets.stream().anyMatch(set -> set.length == 0)) {
            throw call.wrong("membership_values must have a set of a number at least for each node that asks for one");
        }
        return sets;
    }
}
