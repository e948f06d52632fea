package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Decision trees as columns over the nodes of all of them. All rows go down all trees at once, as many steps as the
 * deepest tree has: a leaf leads to itself. Trees that are nearly complete are made so, and
 * need no columns that say where a node leads.
 */
final class Forest {
    /** What a node asks of its feature; the constants are in the order of the standard's numbers. */
    enum Mode {
        LEQ, LT, GTE, GT, EQ, NEQ;

        Tensor holds(Tensor value, Tensor split) {
            return switch (this) {
                case LEQ -> Ops.lessEqual(value, split);
                case LT -> Ops.less(value, split);
                case GTE -> Ops.greaterEqual(value, split);
                case GT -> Ops.greater(value, split);
                case EQ -> Ops.equal(value, split);
                case NEQ -> Ops.notEqual(value, split);
            };
        }
    }

    /** The owner of a node that no tree leads to, and a height that is not known. */
    static final int NONE = -1;
    /** How many places trees that are made complete may take, and how many a node of large ones. */
    private static final int FEW = 4096;
    private static final int MOST_COPIES = 16;
    /** The height of a node from which the way to the leaves is being gone. */
    private static final int ENTERED = -2;

    private final Call call;
    private final long[] features;
    private final double[] splits;
    private final Mode[] modes;
    private final boolean[] missing;
    private final long[] ifTrue;
    private final long[] ifFalse;
    private int[] owners = {};
    private boolean shared;
    private int depth;

    /** A forest of some nodes, all of them leaves. */
    Forest(Call call, int nodes) {
        this.call = call;
        features = new long[nodes];
        splits = new double[nodes];
        modes = new Mode[nodes];
        missing = new boolean[nodes];
        ifTrue = new long[nodes];
        ifFalse = new long[nodes];
        Arrays.setAll(ifTrue, i -> i);
        Arrays.setAll(ifFalse, i -> i);
        Arrays.fill(modes, Mode.LEQ);
    }

    int size() {
        return features.length;
    }

    /**
     * Makes a node ask.
     *
     * @param tracksTrue whether NaN goes where the condition holds
     */
    void ask(int node, long feature, Mode mode, double split, boolean tracksTrue, int whereTrue, int whereFalse) {
        if (feature < 0) {
            throw call.wrong("node " + node + " asks for the feature " + feature);
        }
        features[node] = feature;
        modes[node] = mode;
        splits[node] = split;
        missing[node] = tracksTrue;
        ifTrue[node] = whereTrue;
        ifFalse[node] = whereFalse;
    }

    boolean isLeaf(int node) {
        return ifTrue[node] == node;
    }

    /** Finds the depth of trees, and which nodes belong to which; a node that leads to itself is refused. */
    void plant(int[] roots) {
        if (roots.length == 0) {
            throw call.wrong("there are no trees");
        }
        owners = new int[size()];
        Arrays.fill(owners, NONE);
        int[] heights = new int[size()];
        Arrays.fill(heights, NONE);
        for (int tree = 0; tree < roots.length; tree++) {
            depth = Math.max(depth, height(roots[tree], tree, heights));
        }
    }

    private int height(int root, int tree, int[] heights) {
        Deque<Integer> path = new ArrayDeque<>();
        path.push(root);
        while (!path.isEmpty()) {
            int node = path.peek();
            int yes = (int) ifTrue[node];
            int no = (int) ifFalse[node];
            if (heights[node] >= 0) {
                shared |= owners[node] != tree;
                path.pop();
            } else if (isLeaf(node) || heights[node] == ENTERED) {
                heights[node] = isLeaf(node) ? 0 : 1 + Math.max(heights[yes], heights[no]);
                owners[node] = tree;
                path.pop();
            } else {
                heights[node] = ENTERED;
                for (int next : new int[] {yes, no}) {
                    if (heights[next] == ENTERED) {
                        throw call.wrong("node " + next + " of a tree leads to itself");
                    }
                    path.push(next);
                }
            }
        }
        return heights[root];
    }

    /** The first tree that leads to a node, or {@link #NONE}. */
    int owner(int node) {
        return owners[node];
    }

    /** Whether several trees lead to one node. */
    boolean isShared() {
        return shared;
    }

    /**
     * What a table has for the leaf of each row in each tree, {@code [n, trees, ...]}.
     *
     * @param x     the features, {@code [n, features]}, in the dtype that they are compared in
     * @param roots where each tree begins
     * @param table along axis 0 what the nodes have
     */
    Tensor ofLeaves(Tensor x, int[] roots, NDArray table) {
        long most = Arrays.stream(features).max().orElse(0);
        if (x.dim(1).isConstant() && x.dim(1).constant() <= most) {
            throw call.wrong("the trees ask for the feature " + most + ", and rows have " + x.dim(1));
        }
        Optional<int[]> complete = completed(roots);
        int[] nodes = complete.orElseGet(() -> IntStream.range(0, size()).toArray());
        long[] starts = complete.isPresent() ? LongStream.range(0, roots.length).toArray()
                : Arrays.stream(roots).asLongStream().toArray();
        Tensor places = Ops.broadcastTo(constant(NDArray.of(starts)), Shape.of(x.dim(0), Dim.of(roots.length)));
        if (depth > 0) {
            places = descended(x, places, nodes, complete.isPresent());
        }
        if (complete.isEmpty()) {
            return Ops.gather(constant(table), places);
        }
        return table.rank() == 1 ? Ops.gather(constant(FeatureOperators.picked(table, nodes)), places)
                : Ops.gather(constant(table), Ops.gather(longs(nodes, node -> node), places));
    }

    /**
     * The nodes of trees in which each way has as many steps, level by level: below a leaf it stands twice again, and
     * what is below place i of k trees stands at 2i + k and 2i + k + 1. None where that makes many nodes of few.
     */
    private Optional<int[]> completed(int[] roots) {
        long places = roots.length * ((2L << Math.min(depth, 30)) - 1);
        if (places > Math.max(FEW, MOST_COPIES * (long) size())) {
            return Optional.empty();
        }
        int[] nodes = Arrays.copyOf(roots, (int) places);
        for (int i = 0; 2 * i + roots.length < places; i++) {
            nodes[2 * i + roots.length] = (int) ifTrue[nodes[i]];
            nodes[2 * i + roots.length + 1] = (int) ifFalse[nodes[i]];
        }
        return Optional.of(nodes);
    }

    /** Where rows are after as many steps as the deepest tree has, among nodes that stand in some order. */
    private Tensor descended(Tensor x, Tensor starts, int[] nodes, boolean isComplete) {
        Tensor feature = longs(nodes, node -> features[node]);
        Tensor split = constant(NDArray.of(Arrays.stream(nodes).mapToDouble(node -> splits[node]).toArray())
                .cast(x.dtype()));
        Set<Mode> used = EnumSet.noneOf(Mode.class);
        IntStream.range(0, size()).filter(node -> !isLeaf(node)).forEach(node -> used.add(modes[node]));
        Tensor mode = constant(NDArray.of(Arrays.stream(nodes).map(node -> modes[node].ordinal()).toArray()));
        Tensor tracksTrue = Ops.cast(longs(nodes, node -> missing[node] ? 1 : 0), DType.BOOL);
        boolean anyTracks = IntStream.range(0, size()).anyMatch(node -> missing[node]);
        Tensor yes = longs(nodes, node -> ifTrue[node]);
        Tensor no = longs(nodes, node -> ifFalse[node]);
        return Control.scan(List.of(starts), List.of(), ScanOptions.DEFAULT.withLength(depth), each -> {
            Tensor places = each.carry(0);
            Tensor value = Ops.takeAlongAxis(x, Ops.gather(feature, places), 1);
            Tensor holds = holds(used, mode, value, Ops.gather(split, places), places);
            if (anyTracks) {
                holds = Ops.logicalOr(holds, Ops.logicalAnd(Ops.isNan(value), Ops.gather(tracksTrue, places)));
            }
            if (!isComplete) {
                return Step.carry(Ops.where(holds, Ops.gather(yes, places), Ops.gather(no, places)));
            }
            Tensor first = places.plus(places).plus(starts.dim(1).constant());
            return Step.carry(Ops.minimum(first.plus(Ops.cast(Ops.logicalNot(holds), DType.INT64)),
                    nodes.length - 1.0));
        }).carry(0);
    }

    private Tensor longs(int[] nodes, IntToLongFunction column) {
        return constant(NDArray.of(Arrays.stream(nodes).mapToLong(column).toArray()));
    }

    private static Tensor holds(Set<Mode> used, Tensor mode, Tensor value, Tensor split, Tensor places) {
        if (used.size() == 1) {
            return used.iterator().next().holds(value, split);
        }
        Tensor own = Ops.gather(mode, places);
        return used.stream().map(each -> Ops.logicalAnd(Ops.equal(own, own.graph().constant(each.ordinal())),
                each.holds(value, split))).reduce(Ops::logicalOr).orElseThrow();
    }

    private Tensor constant(NDArray array) {
        return call.graph().constant(array);
    }
}
