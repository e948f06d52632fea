package dev.sinter.error;

import static dev.sinter.graph.Ops.add;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.reduceVariance;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.sequenceMask;
import static dev.sinter.graph.Ops.slice;
import static dev.sinter.graph.Ops.squeeze;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Initializer;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The messages of mistakes that are found while a graph is built, line numbers written as {@code #}. */
class GraphErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 784));
    private final Tensor y = graph.placeholder("y", FLOAT32, shape(3, 5));
    private final Tensor i = graph.placeholder("i", INT32, shape(3, 5));

    private static void fails(ThrowingCallable code, String first, String[] others) {
        List<String> lines = new ArrayList<>(List.of(first));
        lines.addAll(List.of(others));
        fails(code, lines.toArray(String[]::new));
    }

    private static void fails(ThrowingCallable code, String... lines) {
        GraphException problem = catchThrowableOfType(GraphException.class, code);
        assertThat(problem).as("nothing is thrown").isNotNull();
        assertThat(problem.getMessage().replaceAll("\\.java:\\d+", ".java:#")).isEqualTo(String.join("\n", lines));
    }

    @Test
    void contractedSizes() {
        Variable w = graph.variable("w", zeros(FLOAT32, shape(783, 10)));
        Tensor hidden = Nn.relu(x);
        try (var _ = graph.scope("mlp"); var _ = graph.scope("out")) {
            fails(() -> matmul(hidden, w),
                    "matmul: contracted sizes differ: x float32[?,784] axis 1 is 784, w float32[783,10] axis 0 is 783",
                    "  at GraphErrorsTest.java:# in \"mlp/out\"",
                    "  x: relu at GraphErrorsTest.java:#      w: variable \"w\" at GraphErrorsTest.java:#");
        }
    }

    @Test
    void matricesOfTooFewAxes() {
        fails(() -> matmul(x, zeros(FLOAT32, shape(784))),
                "matmul: matrices are needed: x float32[?,784], w float32[784]; expandDims(...) adds an axis",
                "  at GraphErrorsTest.java:#",
                "  x: placeholder \"x\" at GraphErrorsTest.java:#      w: zeros at GraphErrorsTest.java:#");
    }

    @Test
    void vectorsOfALayerNorm() {
        fails(() -> Nn.layerNorm(y, zeros(FLOAT32, shape(5)), zeros(FLOAT32, shape(3)), 1e-5),
                "layer_norm: sizes differ: x float32[3,5] axis 1 is 5, offset float32[3] axis 0 is 3",
                "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#      scale: zeros at GraphErrorsTest.java:#"
                        + "      offset: zeros at GraphErrorsTest.java:#");
        fails(() -> Nn.layerNorm(y, zeros(FLOAT32, shape(1, 5)), zeros(FLOAT32, shape(5)), 1e-5),
                "layer_norm: scale and offset are vectors, not scale float32[1,5]",
                "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#      scale: zeros at GraphErrorsTest.java:#"
                        + "      offset: zeros at GraphErrorsTest.java:#");
        fails(() -> Nn.layerNorm(y, zeros(FLOAT32, shape(5)), zeros(FLOAT32, shape(5)), -1),
                "layer_norm: epsilon must be finite and at least 0 but is -1.0", "  at GraphErrorsTest.java:#");
    }

    @Test
    void convolutionsThatDoNotFit() {
        Tensor image = graph.placeholder("image", FLOAT32, shape(UNKNOWN, 28, 28, 3));
        String[] where = {"  at GraphErrorsTest.java:#",
            "  x: placeholder \"image\" at GraphErrorsTest.java:#      filter: zeros at GraphErrorsTest.java:#"};
        fails(() -> Nn.conv2d(image, zeros(FLOAT32, shape(5, 5, 1, 32)), WindowOptions.SAME),
                "conv2d: channels differ: x float32[?,28,28,3] has 3, filter float32[5,5,1,32] takes 1",
                where);
        fails(() -> Nn.conv2d(image, zeros(FLOAT32, shape(5, 3, 32)), WindowOptions.SAME),
                "conv2d: an input of batch, spatial axes and channels and a filter of as many axes are needed:"
                        + " x float32[?,28,28,3], filter float32[5,3,32]", where);
        fails(() -> Nn.conv2d(image, zeros(FLOAT32, shape(5, 5, 3, 8)), WindowOptions.SAME.withStrides(2, 2, 2)),
                "conv2d: 2 strides or one for all are needed, not 3", where);
        fails(() -> Nn.conv2d(image, zeros(FLOAT32, shape(5, 5, 3, 8)), WindowOptions.VALID.withDilations(0)),
                "conv2d: dilations must be at least 1, not 0", where);
        fails(() -> Nn.conv2d(image, zeros(FLOAT32, shape(29, 5, 3, 8)), WindowOptions.VALID.withGroups(2)),
                "conv2d: channels differ: x float32[?,28,28,3] has 3, filter float32[29,5,3,8] takes 3 in each of 2"
                        + " groups and gives 8", where);
        fails(() -> Nn.maxPool(image, List.of(2L), WindowOptions.VALID.withGroups(3)),
                "max_pool: pooling has no groups",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"image\" at GraphErrorsTest.java:#");
    }

    @Test
    void transposedConvolutionsThatDoNotFit() {
        Tensor image = graph.placeholder("image", FLOAT32, shape(UNKNOWN, 4, 4, 3));
        String[] where = {"  at GraphErrorsTest.java:#",
            "  x: placeholder \"image\" at GraphErrorsTest.java:#      filter: zeros at GraphErrorsTest.java:#"};
        Initializer filter = zeros(FLOAT32, shape(3, 3, 8, 3));
        fails(() -> Nn.conv2dTranspose(image, zeros(FLOAT32, shape(3, 3, 3, 8)), WindowOptions.SAME),
                "conv2d_transpose: channels differ: x float32[?,4,4,3] has 3, filter float32[3,3,3,8] takes 8", where);
        fails(() -> Nn.conv2dTranspose(image, filter, WindowOptions.SAME.withGroups(2)),
                "conv2d_transpose: channels differ: x float32[?,4,4,3] has 3, filter float32[3,3,8,3] takes 3 in 2"
                        + " groups", where);
        fails(() -> Nn.conv2dTranspose(image, filter, WindowOptions.SAME.withGroups(0)),
                "conv2d_transpose: groups must be at least 1, not 0", where);
        Tensor bools = graph.placeholder("bools", BOOL, shape(1, 4, 4));
        fails(() -> Nn.conv1dTranspose(bools, bools, WindowOptions.SAME),
                "conv1d_transpose: x bool[1,4,4] holds no numbers; cast(...) it and the filter",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"bools\" at GraphErrorsTest.java:#      filter:"
                        + " placeholder \"bools\" at GraphErrorsTest.java:#");
        fails(() -> Nn.conv2dTranspose(image, filter, shape(UNKNOWN, 9, 8, 8), WindowOptions.SAME.withStrides(2)),
                "conv2d_transpose: a result of 9 elements has 5 windows, not the 4 of x float32[?,4,4,3] along spatial"
                        + " axis 0", where);
        fails(() -> Nn.conv2dTranspose(image, filter, shape(UNKNOWN, 8, 8, 3), WindowOptions.SAME.withStrides(2)),
                "conv2d_transpose: the number of channels of the result is 8, not 3", where);
        fails(() -> Nn.conv2dTranspose(image, filter, shape(8, 8), WindowOptions.SAME.withStrides(2)),
                "conv2d_transpose: the result has rank 4, not that of [8,8]", where);
        fails(() -> Nn.conv1dTranspose(image, filter, WindowOptions.SAME),
                "conv1d_transpose: an input of rank 3 is needed, not x float32[?,4,4,3]", where);
    }

    @Test
    void shapesThatDoNotBroadcast() {
        fails(() -> x.plus(y),
                "add: shapes do not broadcast: x float32[?,784] axis 1 is 784, y float32[3,5] axis 1 is 5",
                "  at GraphErrorsTest.java:#",
                "  x: placeholder \"x\" at GraphErrorsTest.java:#      y: placeholder \"y\" at GraphErrorsTest.java:#");
    }

    @Test
    void dtypesThatDiffer() {
        fails(() -> maximum(y, i),
                "maximum: dtypes differ: x float32[3,5], y int32[3,5]; cast(...) one of them",
                "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#      y: placeholder \"i\" at GraphErrorsTest.java:#");
    }

    @Test
    void dtypesThatAnOpDoesNotTake() {
        fails(() -> dev.sinter.graph.Ops.exp(i), "exp: does not take int32; cast(...) to one of float16,"
                + " bfloat16, float32, float64",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"i\" at GraphErrorsTest.java:#");
        fails(() -> reduceVariance(i), "reduce_variance: x int32[3,5] is not of a float dtype; cast(...) it",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"i\" at GraphErrorsTest.java:#");
        fails(() -> reduceSum(graph.placeholder("b", BOOL, shape(2))), "reduce_sum: x bool[2] is not numeric",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"b\" at GraphErrorsTest.java:#");
    }

    @Test
    void indicesAndLengths() {
        fails(() -> gather(i, y),
                "gather: a tensor with an axis to index and int32 or int64 indices are needed: x int32[3,5],"
                        + " indices float32[3,5]",
                "  at GraphErrorsTest.java:#",
                "  x: placeholder \"i\" at GraphErrorsTest.java:#      indices: placeholder \"y\" at"
                        + " GraphErrorsTest.java:#");
        fails(() -> gather(y, i, 1, 3),
                "gather: axis 1 of x float32[3,5] is one of the 3 axes of the batch", "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#      indices: placeholder \"i\" at"
                        + " GraphErrorsTest.java:#");
        fails(() -> gather(y, i, 1, -1),
                "gather: indices int32[3,5] does not have -1 axes of a batch: batchDims is 0 to 2",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"y\" at GraphErrorsTest.java:#      indices:"
                        + " placeholder \"i\" at GraphErrorsTest.java:#");
        fails(() -> dev.sinter.graph.Ops.gatherNd(y, i),
                "gather_nd: tuples of 5 indices behind 0 axes of a batch do not index x float32[3,5]: the last axis of"
                        + " indices int32[3,5] must be 0 to the rank less those of the batch, which come before it",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"y\" at GraphErrorsTest.java:#      indices:"
                        + " placeholder \"i\" at GraphErrorsTest.java:#");
        Tensor b = graph.placeholder("b", BOOL, shape(3));
        fails(() -> dev.sinter.graph.Ops.tensorScatterNdAdd(b, i, b),
                "tensor_scatter_nd_add: x bool[3] holds no numbers to add to; cast(...) it and the updates",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"b\" at GraphErrorsTest.java:#      indices:"
                        + " placeholder \"i\" at GraphErrorsTest.java:#      updates: placeholder \"b\" at"
                        + " GraphErrorsTest.java:#");
        fails(() -> sequenceMask(y, x.dim(0)), "sequence_mask: lengths are integers, not x float32[3,5]",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"y\" at GraphErrorsTest.java:#");
        fails(() -> sequenceMask(i, dev.sinter.tensor.Dim.UNKNOWN),
                "sequence_mask: the greatest length must be known or the size of a tensor",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"i\" at GraphErrorsTest.java:#");
    }

    @Test
    void numbersThatAreNoValueOfTheDtype() {
        fails(() -> i.times(0.5), "mul: the number 0.5 is not a value of int32; cast the tensor first",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"i\" at GraphErrorsTest.java:#");
    }

    @Test
    void axesOutside() {
        fails(() -> reduceSum(y, 2), "reduce_sum: axis 2 is outside of x float32[3,5]", "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#");
        fails(() -> expandDims(y, 4), "expand_dims: axis 4 is outside of x float32[3,5]",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"y\" at GraphErrorsTest.java:#");
        fails(() -> transpose(y, 0, 0), "transpose: the permutation [0, 0] does not name every axis of x float32[3,5]"
                + " once", "  at GraphErrorsTest.java:#", "  x: placeholder \"y\" at GraphErrorsTest.java:#");
        fails(() -> squeeze(y, 0), "squeeze: x float32[3,5] axis 0 is not 1", "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#");
    }

    @Test
    void shapesOfOtherSizes() {
        fails(() -> reshape(y, shape(4, 4)), "reshape: x float32[3,5] has 15 elements, the shape (4, 4) has 16",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"y\" at GraphErrorsTest.java:#");
        fails(() -> reshape(y, shape(UNKNOWN, 4)),
                "reshape: x float32[3,5] has 15 elements, which do not divide into (?, 4)",
                "  at GraphErrorsTest.java:#", "  x: placeholder \"y\" at GraphErrorsTest.java:#");
        fails(() -> slice(y, new long[] {0, 3}, new long[] {1, 3}),
                "slice: from 3, 3 elements do not lie in x float32[3,5] axis 1", "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#");
    }

    @Test
    void concatOfShapesThatDoNotFit() {
        fails(() -> concat(0, y, x), "concat: sizes beside axis 0 differ: x float32[3,5] axis 1 is 5,"
                        + " y float32[?,784] axis 1 is 784", "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#      y: placeholder \"x\" at GraphErrorsTest.java:#");
    }

    @Test
    void conditionsThatAreNoBools() {
        fails(() -> where(i, y, y), "where: the condition must be bool, not condition int32[3,5]",
                "  at GraphErrorsTest.java:#",
                "  condition: placeholder \"i\" at GraphErrorsTest.java:#      x: placeholder \"y\" at"
                        + " GraphErrorsTest.java:#      y: placeholder \"y\" at GraphErrorsTest.java:#");
    }

    @Test
    void equationsThatAreWrong() {
        fails(() -> einsum("ij,jk->ik", y, y),
                "einsum: sizes of j differ: x float32[3,5] axis 1 is 5, x float32[3,5] axis 0 is 3",
                "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#      y: placeholder \"y\" at GraphErrorsTest.java:#");
        fails(() -> einsum("ij->ijk", y), "einsum: \"ij->ijk\": the result has the letter k, which no operand"
                + " has", "  at GraphErrorsTest.java:#", "  x: placeholder \"y\" at GraphErrorsTest.java:#");
    }

    @Test
    void operandsOfDifferentGraphs() {
        Tensor other = new Graph().placeholder("x", FLOAT32, shape(3, 5));
        fails(() -> add(y, other), "add: the operands belong to different graphs; make them in one",
                "  at GraphErrorsTest.java:#");
        fails(() -> zeros(FLOAT32, shape(2)).plus(zeros(FLOAT32, shape(2))),
                "add: no operand belongs to a graph; place one with graph.tensor(...)", "  at GraphErrorsTest.java:#");
        fails(() -> graph.controlDependencies(other), "\"x\" belongs to another graph", "  at GraphErrorsTest.java:#");
    }

    @Test
    void assignsOfOtherTypes() {
        Variable w = graph.variable("w", zeros(FLOAT32, shape(3, 4)));
        fails(() -> w.assign(y), "assign: the variable \"w\" holds float32[3,4], the value is x float32[3,5]; a value"
                + " must have the variable's shape", "  at GraphErrorsTest.java:#",
                "  x: placeholder \"y\" at GraphErrorsTest.java:#");
        fails(() -> w.assign(zeros(FLOAT64, shape(3, 4))), "assign: the variable \"w\" holds float32[3,4], the value"
                + " is x float64[3,4]; cast(...) it", "  at GraphErrorsTest.java:#",
                "  x: zeros at GraphErrorsTest.java:#");
    }

    @Test
    void variablesOfUnknownSizes() {
        fails(() -> graph.variable("v", x), "variable: the initial value of \"v\" is Tensor(\"x:0\", shape=(?, 784),"
                + " dtype=float32); every size must be known", "  at GraphErrorsTest.java:#");
        fails(() -> zeros(FLOAT32, shape(UNKNOWN, 2)), "zeros: the shape (?, 2) has an unknown size; take it from a"
                + " tensor's shape()", "  at GraphErrorsTest.java:#");
    }

    @Test
    void namesThatCannotBe() {
        fails(() -> graph.placeholder("a b", FLOAT32, shape()), "placeholder: the name \"a b\" must be of letters,"
                + " digits and _ . - /, and start with a letter, a digit, _ or .", "  at GraphErrorsTest.java:#");
    }

    @Test
    void valuesThatAreNoArrays() {
        fails(() -> constant(new float[][] {{1, 2}, {3}}), "the rows of a nested array differ in length: along axis 1"
                + " there are 2 and 1 elements");
    }
}
