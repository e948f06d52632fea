package dev.sinter.op;

import static dev.sinter.op.LearnerCases.DOUBLE;
import static dev.sinter.op.LearnerCases.FLOAT;
import static dev.sinter.op.LearnerCases.INT64;
import static dev.sinter.op.LearnerCases.learner;
import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.floatsOf;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.integersOf;
import static dev.sinter.unit.Messages.output;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.runtime.Backend;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random ensembles of trees on both back ends, beside ONNX Runtime. */
class OnnxTreesTest {
    private static final List<String> MODES = List.of("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ",
            "BRANCH_NEQ");
    private static final int FEATURES = 3;

    @TempDir
    private Path folder;

    /** Trees that grow node by node, in the order in which the attributes list them. */
    private static final class Trees {
        private final Random random;
        private final List<String> modes;
        private final List<Long> trees = new ArrayList<>();
        private final List<Long> names = new ArrayList<>();
        private final List<Long> features = new ArrayList<>();
        private final List<Float> splits = new ArrayList<>();
        private final List<String> asked = new ArrayList<>();
        private final List<Long> ifTrue = new ArrayList<>();
        private final List<Long> ifFalse = new ArrayList<>();
        private final List<Long> missing = new ArrayList<>();

        Trees(int seed, List<String> modes) {
            random = new Random(seed);
            this.modes = modes;
        }

        /** Adds a tree of at most so many steps. */
        Trees grow(int depth) {
            long tree = trees.isEmpty() ? 5 : trees.getLast() + 2;
            grow(tree, depth, new long[] {-1});
            return this;
        }

        /** Adds a tree of which each node but the last leads to a leaf, which is far from complete. */
        Trees chain(int depth) {
            long tree = trees.isEmpty() ? 5 : trees.getLast() + 2;
            for (long node = 0; node < 2L * depth; node++) {
                boolean leaf = node % 2 == 1;
                add(tree, node, leaf, leaf ? 0 : node + 1, leaf ? 0 : node + 2);
            }
            add(tree, 2L * depth, true, 0, 0);
            return this;
        }

        private void add(long tree, long name, boolean leaf, long whereTrue, long whereFalse) {
            trees.add(tree);
            names.add(name);
            features.add(leaf ? 0L : random.nextInt(FEATURES));
            splits.add(leaf ? 0f : random.nextInt(5) - 2f);
            asked.add(leaf ? "LEAF" : modes.get(random.nextInt(modes.size())));
            missing.add(random.nextInt(2) == 0 || leaf ? 0L : 1L);
            ifTrue.add(whereTrue);
            ifFalse.add(whereFalse);
        }

        private long grow(long tree, int depth, long[] next) {
            int place = trees.size();
            long name = ++next[0];
            boolean leaf = depth == 0 || depth < 3 && random.nextInt(4) == 0;
            add(tree, name, leaf, 0, 0);
            if (!leaf) {
                ifTrue.set(place, grow(tree, depth - 1, next));
                ifFalse.set(place, grow(tree, depth - 1, next));
            }
            return name;
        }

        /** The attributes of the nodes, then those of leaves, which have all targets or that of their tree. */
        Field[] attributes(String kind, int targets, boolean each, float least, Field... more) {
            List<Long> trees2 = new ArrayList<>();
            List<Long> nodes = new ArrayList<>();
            List<Long> ids = new ArrayList<>();
            List<Float> weights = new ArrayList<>();
            for (int i = 0; i < trees.size(); i++) {
                for (int target = 0; target < targets && asked.get(i).equals("LEAF"); target++) {
                    if (each || trees.get(i) / 2 % targets == target) {
                        trees2.add(trees.get(i));
                        nodes.add(names.get(i));
                        ids.add((long) target);
                        weights.add(least + random.nextFloat());
                    }
                }
            }
            List<Field> all = new ArrayList<>(List.of(longs("nodes_treeids", trees), longs("nodes_nodeids", names),
                    longs("nodes_featureids", features), floats("nodes_values", splits),
                    attribute("nodes_modes", asked), longs("nodes_truenodeids", ifTrue),
                    longs("nodes_falsenodeids", ifFalse),
                    longs("nodes_missing_value_tracks_true", missing), longs(kind + "_treeids", trees2),
                    longs(kind + "_nodeids", nodes), longs(kind + "_ids", ids), floats(kind + "_weights", weights)));
            all.addAll(List.of(more));
            return all.toArray(Field[]::new);
        }

        private static Field longs(String name, List<Long> values) {
            return integersOf(name, values.stream().mapToLong(Long::longValue).toArray());
        }

        private static Field floats(String name, List<Float> values) {
            float[] array = new float[values.size()];
            for (int i = 0; i < array.length; i++) {
                array[i] = values.get(i);
            }
            return floatsOf(name, array);
        }
    }

    private static Trees trees(int seed, int count, List<String> modes) {
        Trees trees = new Trees(seed, modes);
        for (int i = 0; i < count; i++) {
            trees.grow(1 + i % 5);
        }
        return trees;
    }

    private static NDArray rows(int count, boolean holes) {
        Random random = new Random(3);
        NDArray rows = NDArray.zeros(DType.FLOAT32, count, FEATURES);
        for (long i = 0; i < rows.elementCount(); i++) {
            rows.setDouble(i, holes && random.nextInt(6) == 0 ? Double.NaN : random.nextInt(13) / 2.0 - 3);
        }
        return rows;
    }

    private static byte[] regressor(int type, Field... attributes) {
        return learner("TreeEnsembleRegressor", 3, List.of(input("x0", type, "n", FEATURES)),
                List.of(output("y0", FLOAT, "n", "k")), attributes);
    }

    private static byte[] classifier(Field... attributes) {
        return learner("TreeEnsembleClassifier", 3, List.of(input("x0", FLOAT, "n", FEATURES)),
                List.of(output("y0", INT64, "n"), output("y1", FLOAT, "n", "k")), attributes);
    }

    @Test
    void regressors() throws IOException, InterruptedException {
        LearnerCases cases = new LearnerCases(folder);
        for (String mode : MODES) {
            cases.add(mode, regressor(FLOAT, trees(1, 5, List.of(mode)).attributes("target", 1, true, -0.5f,
                    attribute("n_targets", 1), floatsOf("base_values", 0.25f))), rows(40, true));
        }
        for (String aggregate : List.of("SUM", "AVERAGE", "MIN", "MAX")) {
            for (boolean each : new boolean[] {true, false}) {
                cases.add(aggregate + each, regressor(FLOAT, trees(2, 7, MODES).attributes("target", 3, each, -0.5f,
                        attribute("n_targets", 3), attribute("aggregate_function", aggregate))), rows(40, true));
            }
        }
        for (String transform : List.of("LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO")) {
            cases.add(transform, regressor(FLOAT, trees(2, 7, MODES).attributes("target", 3, false, -0.5f,
                    attribute("n_targets", 3), attribute("post_transform", transform))), rows(40, true));
        }
        cases.add("doubles", regressor(DOUBLE, trees(4, 5, List.of("BRANCH_LEQ")).attributes("target", 1, true, -0.5f,
                attribute("n_targets", 1))), rows(40, true).cast(DType.FLOAT64));
        cases.add("chains", regressor(FLOAT, new Trees(8, MODES).chain(20).chain(14).chain(3).attributes("target", 2,
                true, -0.5f, attribute("n_targets", 2))), rows(200, true));
        cases.add("none", regressor(FLOAT, trees(1, 5, MODES).attributes("target", 1, true, -0.5f,
                attribute("n_targets", 1))), rows(0, true));
        cases.check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"})
    void classifiers(String transform) throws IOException, InterruptedException {
        LearnerCases cases = new LearnerCases(folder);
        Field after = attribute("post_transform", transform);
        Field labels = integersOf("classlabels_int64s", 30, 10, 20);
        for (boolean each : new boolean[] {true, false}) {
            cases.add("three-" + each, classifier(trees(5, 7, MODES).attributes("class", 3, each, -0.5f, after,
                    labels)), rows(40, true));
        }
        cases.add("bases", classifier(trees(6, 7, MODES).attributes("class", 3, false, -0.5f, after, labels,
                floatsOf("base_values", 0.1f, -0.2f, 0.3f))), rows(40, true));
        for (float least : new float[] {-0.5f, 0}) {
            cases.add("two" + least, classifier(trees(7, 4, MODES).attributes("class", 1, true, least, after,
                    integersOf("classlabels_int64s", 8, 9))), rows(40, true));
        }
        cases.add("two-and-base", classifier(trees(7, 4, MODES).attributes("class", 1, true, -0.5f, after,
                integersOf("classlabels_int64s", 8, 9), floatsOf("base_values", 0.2f))), rows(40, true));
        cases.check();
    }

    /** ONNX Runtime has no trees of integers, and a normal distribution of three digits. */
    @Test
    void integersAndQuantiles() {
        Field[] trees = stump(integersOf("target_treeids", 0, 0), integersOf("target_nodeids", 1, 2),
                integersOf("target_ids", 0, 0), floatsOf("target_weights", 0.5f, 0.975f), attribute("n_targets", 1),
                attribute("post_transform", "PROBIT"));
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            List<NDArray> found = LearnerCases.run(backend, regressor(INT64, trees), Map.of("x0", NDArray.of(
                    new long[] {0, 0, 0, 1, 0, 0}, 2, FEATURES)));
            assertThat(found.getFirst().toFloatArray()).usingComparatorWithPrecision(1e-6f)
                    .containsExactly(0, 1.959964f);
        }
    }

    /** ONNX Runtime calls such classes 0 and 1 whatever their labels, by the number of the second one alone. */
    @Test
    void twoClassesWithNumbersForBoth() {
        byte[] model = classifier(stump(integersOf("class_treeids", 0, 0, 0, 0),
                integersOf("class_nodeids", 1, 1, 2, 2), integersOf("class_ids", 0, 1, 0, 1),
                floatsOf("class_weights", 0.7f, 0.3f, 0.2f, 0.8f), integersOf("classlabels_int64s", 10, 20)));
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            List<NDArray> found = LearnerCases.run(backend, model, Map.of("x0", NDArray.of(new float[] {-1, 0, 0, 1, 0,
                0}, 2, 3)));
            assertThat(found.get(0).toLongArray()).containsExactly(10, 20);
            assertThat(found.get(1).toFloatArray()).containsExactly(0.7f, 0.3f, 0.2f, 0.8f);
        }
    }

    /** One tree, which asks whether the first feature is at most 0. */
    private static Field[] stump(Field... more) {
        List<Field> all = new ArrayList<>(List.of(integersOf("nodes_treeids", 0, 0, 0),
                integersOf("nodes_nodeids", 0, 1, 2), integersOf("nodes_featureids", 0, 0, 0),
                floatsOf("nodes_values", 0, 0, 0), attribute("nodes_modes", List.of("BRANCH_LEQ", "LEAF", "LEAF")),
                integersOf("nodes_truenodeids", 1, 0, 0), integersOf("nodes_falsenodeids", 2, 0, 0)));
        all.addAll(List.of(more));
        return all.toArray(Field[]::new);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "0, 0 @ node 0 of a tree leads to itself",
        "1, 9 @ tree 0 has no node 9"})
    void treesThatAreNone(String ends, String message) {
        String[] words = ends.split(", ");
        byte[] model = regressor(FLOAT, integersOf("nodes_treeids", 0, 0, 0), integersOf("nodes_nodeids", 0, 1, 2),
                integersOf("nodes_featureids", 0, 0, 0), floatsOf("nodes_values", 0, 0, 0), attribute("nodes_modes",
                List.of("BRANCH_LEQ", "BRANCH_LEQ", "LEAF")), integersOf("nodes_truenodeids", 1,
                Long.parseLong(words[0]), 0), integersOf("nodes_falsenodeids", 2, Long.parseLong(words[1]), 0),
                integersOf("target_treeids", 0), integersOf("target_nodeids", 2), integersOf("target_ids", 0),
                floatsOf("target_weights", 1), attribute("n_targets", 1));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model)).into(new Graph()))
                .isInstanceOf(FormatException.class).hasMessageContaining(message);
    }

    @Test
    void featuresThatRowsLackAndStringsAreRefused() {
        Field[] trees = trees(1, 5, MODES).attributes("target", 1, true, 0, attribute("n_targets", 1));
        byte[] narrow = learner("TreeEnsembleRegressor", 1, List.of(input("x0", FLOAT, "n", 2)),
                List.of(output("y0", FLOAT, "n", "k")), trees);
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(narrow)).into(new Graph()))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("the trees ask for the feature 2, and rows have 2");
        byte[] strings = classifier(attribute("classlabels_strings", List.of("a", "b")));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(strings)).into(new Graph()))
                .isInstanceOf(UnsupportedException.class).hasMessageContaining("'classlabels_strings' holds strings");
    }
}
