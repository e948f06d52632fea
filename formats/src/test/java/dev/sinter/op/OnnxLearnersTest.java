package dev.sinter.op;

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
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operators of the domain ai.onnx.ml on both back ends, beside ONNX Runtime. */
class OnnxLearnersTest {

    @TempDir
    private Path folder;

    private static NDArray rows(float... values) {
        return NDArray.of(values, values.length / 3, 3);
    }

    private static Field x(int type) {
        return input("x0", type, "n", 3);
    }

    private static Field y(int type, Object... sizes) {
        return output("y0", type, sizes);
    }

    @Test
    void whatPreparesFeatures() throws IOException, InterruptedException {
        NDArray rows = rows(1, -2, 3, 0, 0, 0, -4, -5, -6, Float.NaN, 2, 0.5f);
        NDArray finite = rows(1, -2, 3, 0, 0, 0, -4, -5, -6);
        List<Field> one = List.of(x(FLOAT));
        List<Field> to = List.of(y(FLOAT, "n", 3));
        LearnerCases cases = new LearnerCases(folder);
        cases.add("binarizer", learner("Binarizer", 1, one, to, attribute("threshold", 0.5f)), finite);
        cases.add("scaler", learner("Scaler", 1, one, to, floatsOf("offset", 1, 2, 3), floatsOf("scale", 2, 0.1f, -1)),
                rows);
        cases.add("scaler-of-one", learner("Scaler", 1, one, to, floatsOf("offset", 1), floatsOf("scale", 0.3f)), rows);
        cases.add("scaler-of-integers", learner("Scaler", 1, List.of(x(INT64)), to, floatsOf("offset", 1),
                floatsOf("scale", 0.3f)), NDArray.of(new long[] {1, 2, 3}, 1, 3));
        for (String norm : List.of("MAX", "L1", "L2")) {
            cases.add("normalizer-" + norm, learner("Normalizer", 1, one, to, attribute("norm", norm)), finite);
        }
        cases.add("imputer", learner("Imputer", 1, one, to, attribute("replaced_value_float", Float.NaN),
                floatsOf("imputed_value_floats", 7, 8, 9)), rows);
        cases.add("imputer-of-integers", learner("Imputer", 1, List.of(x(INT64)), List.of(y(INT64, "n", 3)),
                attribute("replaced_value_int64", -1), integersOf("imputed_value_int64s", 5)),
                NDArray.of(new long[] {1, -1, 3}, 1, 3));
        cases.add("vectorizer", learner("FeatureVectorizer", 1, List.of(x(FLOAT), input("x1", FLOAT, "n", 2)),
                List.of(y(FLOAT, "n", 5)), integersOf("inputdimensions", 3, 2)), finite,
                NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
        cases.add("extractor", learner("ArrayFeatureExtractor", 1, List.of(x(FLOAT), input("x1", INT64, 2)),
                List.of(y(FLOAT, "n", 2))), rows, NDArray.of(2L, 0L));
        cases.add("one-hot", learner("OneHotEncoder", 1, List.of(input("x0", INT64, "n")),
                List.of(y(FLOAT, "n", 3)), integersOf("cats_int64s", 4, 2, 9)), NDArray.of(9L, 1L, 4L));
        cases.check();
    }

    @Test
    void labelsOfKeys() throws IOException, InterruptedException {
        List<Field> integers = List.of(input("x0", INT64, "n"));
        List<Field> floats = List.of(input("x0", FLOAT, "n"));
        NDArray numbers = NDArray.of(5L, -1L, 7L, 6L, 100L);
        NDArray reals = NDArray.of(0.5f, Float.NaN, -2, 1, 0);
        LearnerCases cases = new LearnerCases(folder);
        cases.add("integers", learner("LabelEncoder", 2, integers, List.of(y(INT64, "n")),
                integersOf("keys_int64s", 7, 5, 100), integersOf("values_int64s", 70, 50, 1000),
                attribute("default_int64", -5)), numbers);
        cases.add("to-floats", learner("LabelEncoder", 2, integers, List.of(y(FLOAT, "n")),
                integersOf("keys_int64s", 7, 5, 100), floatsOf("values_floats", 0.5f, -1, 3)), numbers);
        cases.add("floats", learner("LabelEncoder", 4, floats, List.of(y(FLOAT, "n")),
                floatsOf("keys_floats", 0.5f, -2, Float.NaN), floatsOf("values_floats", 1, 2, 3),
                attribute("default_float", 9f)), reals);
        cases.check();
    }

    @Test
    void linearModels() throws IOException, InterruptedException {
        NDArray rows = rows(1, -2, 3, 0, 0, 0, -0.4f, -0.5f, 0.6f, 0.1f, 0.2f, 0.5f);
        List<Field> one = List.of(x(FLOAT));
        LearnerCases cases = new LearnerCases(folder);
        cases.add("regressor", learner("LinearRegressor", 1, one, List.of(y(FLOAT, "n", 2)), attribute("targets", 2),
                floatsOf("coefficients", 1, 2, 3, 0.5f, 0.25f, -1), floatsOf("intercepts", 0.1f, -0.2f)), rows);
        cases.add("regressor-of-one", learner("LinearRegressor", 1, one, List.of(y(FLOAT, "n", 1)),
                floatsOf("coefficients", 1, 2, 3)), rows);
        for (String transform : List.of("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO")) {
            List<Field> both = List.of(y(INT64, "n"), output("y1", FLOAT, "n", "k"));
            cases.add("classifier-" + transform, learner("LinearClassifier", 1, one, both, attribute("post_transform",
                    transform), floatsOf("coefficients", 1, 2, 3, 0.5f, 0.25f, -1, 0, 1, 0), floatsOf("intercepts",
                    0.1f, -0.2f, 0), integersOf("classlabels_ints", 10, 20, 30)), rows);
            if (transform.startsWith("SOFT")) {
                continue;
            }
            cases.add("classifier-of-two-" + transform, learner("LinearClassifier", 1, one, both,
                    attribute("post_transform", transform), floatsOf("coefficients", 1, 2, 3),
                    floatsOf("intercepts", 0.1f), integersOf("classlabels_ints", 10, 20)), rows);
        }
        cases.check();
    }

    @ParameterizedTest
    @CsvSource({"OneHotEncoder, cats_strings", "LabelEncoder, keys_strings", "LinearClassifier, classlabels_strings",
        "SVMClassifier, classlabels_strings"})
    void stringsAreRefused(String type, String attribute) {
        byte[] model = learner(type, 1, List.of(x(FLOAT)), List.of(y(FLOAT, "n", 3)), attribute(attribute,
                List.of("a")), floatsOf("coefficients", 1, 2, 3), floatsOf("intercepts", 0));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model)).into(new Graph()))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("attribute '" + attribute + "' holds strings, which are not supported");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        byte[] scaler = learner("Scaler", 1, List.of(x(FLOAT)), List.of(y(FLOAT, "n", 3)), floatsOf("scale", 1, 2));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(scaler)).into(new Graph()))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("attribute 'scale' has 2 numbers, neither 1 nor one for each of the features");
        for (long targets : new long[] {-1, 0, 2, 1L << 40}) {
            byte[] linear = learner("LinearRegressor", 1, List.of(x(FLOAT)), List.of(y(FLOAT, "n", 1)),
                    attribute("targets", targets), floatsOf("coefficients", 1, 2, 3));
            assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(linear)).into(new Graph()))
                    .isInstanceOf(FormatException.class).hasMessageContaining("do not fit " + targets + " targets");
        }
        byte[] hot = learner("OneHotEncoder", 1, List.of(input("x0", INT64, "n")), List.of(y(FLOAT, "n", 1)),
                integersOf("cats_int64s", 4), attribute("zeros", 0));
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            assertThat(LearnerCases.run(backend, hot, Map.of("x0", NDArray.of(4L))).getFirst().floatValue()).isOne();
            assertThatThrownBy(() -> LearnerCases.run(backend, hot, Map.of("x0", NDArray.of(4L, 5L))))
                    .isInstanceOf(GraphException.class).hasMessageContaining("a number is none of the categories");
        }
    }
}
