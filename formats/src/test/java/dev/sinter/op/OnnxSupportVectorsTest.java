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
import org.junit.jupiter.params.provider.ValueSource;

/** Random support vectors on both back ends, beside ONNX Runtime. */
class OnnxSupportVectorsTest {
    private static final int FEATURES = 3;
    private static final List<String> KERNELS = List.of("LINEAR", "POLY", "RBF", "SIGMOID");
    private final Random random = new Random(5);

    @TempDir
    private Path folder;

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private NDArray rows(int count) {
        return NDArray.of(numbers(count * FEATURES), count, FEATURES);
    }

    private static byte[] regressor(Field... attributes) {
        return learner("SVMRegressor", 1, List.of(input("x0", FLOAT, "n", FEATURES)),
                List.of(output("y0", FLOAT, "n", 1)), attributes);
    }

    private static byte[] classifier(int type, List<Field> attributes) {
        return learner("SVMClassifier", 1, List.of(input("x0", type, "n", FEATURES)),
                List.of(output("y0", INT64, "n"), output("y1", FLOAT, "n", "k")), attributes.toArray(Field[]::new));
    }

    @Test
    void regressors() throws IOException, InterruptedException {
        LearnerCases cases = new LearnerCases(folder);
        for (String kernel : KERNELS) {
            for (int oneClass : new int[] {0, 1}) {
                for (float degree : new float[] {2, 3}) {
                    cases.add(kernel + oneClass + degree, regressor(attribute("kernel_type", kernel),
                            floatsOf("kernel_params", 0.3f, 0.5f, degree), attribute("n_supports", 7),
                            floatsOf("support_vectors", numbers(7 * FEATURES)), floatsOf("coefficients", numbers(7)),
                            floatsOf("rho", 0.1f), attribute("one_class", oneClass)), rows(20));
                }
            }
        }
        cases.add("coefficients", regressor(floatsOf("kernel_params", 0, 0, 0), attribute("n_supports", 0),
                floatsOf("coefficients", numbers(FEATURES)), floatsOf("rho", 0.1f)), rows(20));
        cases.check();
    }

    /** The attributes of a classifier of some classes, the first of which have more support vectors. */
    private List<Field> attributes(int classes, String kernel, boolean probable, Field... more) {
        long[] labels = new long[classes];
        long[] counts = new long[classes];
        int vectors = 0;
        for (int i = 0; i < classes; i++) {
            labels[i] = 40 - 10L * i;
            counts[i] = 5 - i;
            vectors += 5 - i;
        }
        int pairs = classes * (classes - 1) / 2;
        List<Field> all = new ArrayList<>(List.of(attribute("kernel_type", kernel),
                floatsOf("kernel_params", 0.3f, 0.5f, 3), integersOf("classlabels_ints", labels),
                integersOf("vectors_per_class", counts), floatsOf("support_vectors", numbers(vectors * FEATURES)),
                floatsOf("coefficients", numbers((classes - 1) * vectors)), floatsOf("rho", numbers(pairs))));
        if (probable) {
            all.addAll(List.of(floatsOf("prob_a", numbers(pairs)), floatsOf("prob_b", numbers(pairs))));
        }
        all.addAll(List.of(more));
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void classifiers(int classes) throws IOException, InterruptedException {
        LearnerCases cases = new LearnerCases(folder);
        for (boolean probable : new boolean[] {false, true}) {
            for (String kernel : KERNELS) {
                cases.add(kernel + probable, classifier(FLOAT, attributes(classes, kernel, probable)), rows(30));
            }
            for (String transform : List.of("LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO")) {
                if (classes == 2 && !probable && transform.equals("LOGISTIC")) {
                    continue;
                }
                cases.add(transform + probable, classifier(FLOAT, attributes(classes, "RBF", probable,
                        attribute("post_transform", transform))), rows(30));
            }
            cases.add("doubles" + probable, classifier(DOUBLE, attributes(classes, "RBF", probable)),
                    rows(30).cast(DType.FLOAT64));
        }
        cases.check();
    }

    @Test
    void linearScoresOfClasses() throws IOException, InterruptedException {
        LearnerCases cases = new LearnerCases(folder);
        cases.add("three", classifier(FLOAT, List.of(floatsOf("kernel_params", 0, 0, 0),
                integersOf("classlabels_ints", 7, 5, 6), floatsOf("coefficients", numbers(3 * FEATURES)),
                floatsOf("rho", 0.2f))), rows(30));
        cases.check();
    }

    /** Versions of ONNX Runtime differ. */
    @Test
    void logisticScoresOfTwoClasses() {
        byte[] model = classifier(FLOAT, List.of(integersOf("classlabels_ints", 8, 9),
                integersOf("vectors_per_class", 1, 1), floatsOf("support_vectors", new float[6]),
                floatsOf("coefficients", 0, 0), floatsOf("rho", -2), attribute("post_transform", "LOGISTIC")));
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            List<NDArray> found = LearnerCases.run(backend, model, Map.of("x0", NDArray.zeros(DType.FLOAT32, 1, 3)));
            assertThat(found.get(0).toLongArray()).containsExactly(9);
            assertThat(found.get(1).toFloatArray()).usingComparatorWithPrecision(1e-6f)
                    .containsExactly(0.880797f, 0.119203f);
        }
    }

    /** A class that surely wins all of its pairs has the probability 1. */
    @Test
    void probabilitiesOfSurePairs() {
        byte[] model = classifier(FLOAT, List.of(integersOf("classlabels_ints", 0, 1, 2), attribute("kernel_type",
                "LINEAR"), integersOf("vectors_per_class", 1, 1, 1), floatsOf("support_vectors", new float[9]),
                floatsOf("coefficients", new float[6]), floatsOf("rho", 9, -9, -9), floatsOf("prob_a", -9, -9, -9),
                floatsOf("prob_b", 0, 0, 0)));
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            List<NDArray> found = LearnerCases.run(backend, model, Map.of("x0", NDArray.zeros(DType.FLOAT32, 1, 3)));
            assertThat(found.get(0).toLongArray()).containsExactly(2);
            assertThat(found.get(1).toFloatArray()).usingComparatorWithPrecision(1e-2f).containsExactly(0, 0, 1);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        byte[] few = classifier(FLOAT, List.of(integersOf("classlabels_ints", 0, 1), integersOf("vectors_per_class", 1,
                1), floatsOf("support_vectors", 1, 2, 3, 4, 5, 6), floatsOf("coefficients", 1), floatsOf("rho", 0)));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(few)).into(new Graph()))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("1 coefficients of 2 support vectors: each needs one for each class but its own");
        byte[] narrow = regressor(attribute("n_supports", 2), floatsOf("support_vectors", 1, 2, 3, 4),
                floatsOf("coefficients", 1, 2), floatsOf("rho", 0));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(narrow)).into(new Graph()))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("the model has 2 features, and rows have 3");
    }
}
