package dev.sinter.unit;

import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.unstack;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.nn.Adam;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.program.Compilation;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which kernels update the variables of a training step, and what they read. */
class TrainingPlansTest {
    private final Graph graph = new Graph();
    private final List<Variable> weights = new ArrayList<>();

    private Variable weight(String name, long... sizes) {
        weights.add(graph.variable(name, zeros(FLOAT32, shape(sizes))));
        return weights.getLast();
    }

    private Tensor dense(String name, Tensor h, long columns) {
        return matmul(h, weight(name, h.shape().dim(1).constant(), columns)).plus(weight(name + "/bias", columns));
    }

    /** A step of Adam on the mean of losses. */
    private Compilation step(Tensor losses, Tensor... feeds) {
        Gradients slopes = gradients(reduceMean(losses), weights.toArray(Operand[]::new));
        Operation update = new Adam(1e-3).apply(weights, weights.stream().map(slopes::of).toList());
        try (InterpretedBackend backend = new InterpretedBackend()) {
            return Compilation.compile(Lowering.lower(graph, List.of(), List.of(feeds), List.of(update)).function(),
                    Map.of(), backend.target(), Compilation.Options.defaults());
        }
    }

    private static List<Plan.Compute> computed(Plan plan) {
        return plan.steps().stream().map(Plan.Compute.class::cast).toList();
    }

    /** The variables that a kernel writes, without the means that Adam keeps of each. */
    private static Set<String> updated(Plan plan, Plan.Compute kernel) {
        Set<String> names = new TreeSet<>();
        for (int id : kernel.writes()) {
            if (plan.owner(id).role() instanceof Buffer.Role.NextState next) {
                names.add(next.variable().replaceFirst("^adam/(.*)/[mv]$", "$1"));
            }
        }
        return names;
    }

    /** The variables whose update reads the gradient from memory: in kernels that sum nothing. */
    private static Set<String> updatedAlone(Plan plan) {
        Set<String> names = new TreeSet<>();
        computed(plan).stream().filter(kernel -> kernel.nest().reductions().isEmpty())
                .forEach(kernel -> names.addAll(updated(plan, kernel)));
        return names;
    }

    /** The kernels that update something. */
    private static List<Plan.Compute> updates(Plan plan) {
        return computed(plan).stream().filter(kernel -> !updated(plan, kernel).isEmpty()).toList();
    }

    private static boolean isTemporary(Plan plan, int id) {
        return plan.owner(id).role() instanceof Buffer.Role.Temporary;
    }

    private Tensor normalized(String name, Tensor h) {
        return Nn.layerNorm(h, weight(name + "/scale", 64), weight(name + "/offset", 64), 1e-5);
    }

    private Tensor block(String name, Tensor h) {
        Tensor projected = dense(name + "/in", normalized(name + "/norm1", h), 3 * 64);
        List<Tensor> parts = unstack(reshape(projected, shape(4, 32, 3, 4, 16)), 2);
        Tensor shares = Nn.softmax(einsum("bqhd,bkhd->bhqk", parts.get(0), parts.get(1)));
        Tensor mixed = reshape(einsum("bhqk,bkhd->bqhd", shares, parts.get(2)), shape(-1, 64));
        Tensor attended = h.plus(dense(name + "/out", mixed, 64));
        Tensor wide = Nn.gelu(dense(name + "/wide", normalized(name + "/norm2", attended), 4 * 64));
        return attended.plus(dense(name + "/narrow", wide, 64));
    }

    /**
     * Two blocks of attention and a wide layer. The embedding's gradient is added up row by row at computed indices,
     * which no other loop can follow element by element: its update alone reads an array of gradients.
     */
    @Test
    void aTransformersWeightsAreUpdatedWhereTheirGradientsAreSummed() {
        Tensor x = graph.placeholder("x", INT32, shape(4, 32));
        Tensor y = graph.placeholder("y", INT32, shape(4, 32));
        Tensor h = reshape(gather(weight("tokens", 100, 64), x).plus(weight("positions", 32, 64)), shape(-1, 64));
        h = block("second", block("first", h));
        Tensor logits = matmul(normalized("norm", h), weight("output", 64, 100));
        Plan plan = step(Nn.sparseSoftmaxCrossEntropyWithLogits(reshape(y, shape(-1)), logits), x, y).plan();
        assertThat(updatedAlone(plan)).containsExactly("adam/beta1_power", "adam/beta2_power", "tokens");
        assertThat(updates(plan)).filteredOn(kernel -> updated(plan, kernel).contains("output")).hasSize(1);
    }

    /** Two convolutions, each pooled, and two dense layers. */
    private Compilation convolutional() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(8, 16, 16, 1));
        Tensor y = graph.placeholder("y", INT32, shape(8));
        Tensor h = reshape(pooled("second", pooled("first", x, 8), 16), shape(8, 256));
        Tensor logits = dense("output", Nn.relu(dense("hidden", h, 64)), 10);
        return step(Nn.sparseSoftmaxCrossEntropyWithLogits(y, logits), x, y);
    }

    @Test
    void aConvolutionalNetsWeightsAreUpdatedWhereTheirGradientsAreSummed() {
        assertThat(updatedAlone(convolutional().plan())).containsExactly("adam/beta1_power", "adam/beta2_power");
    }

    /**
     * What flows back through a pooling goes to the places that it chose and through the rectifier's mask in one
     * kernel, once for each pooled layer; the bias' update sums what that has left.
     */
    @Test
    void theGradientOfPoolingIsOneKernelWithTheRectifiers() {
        Compilation compilation = convolutional();
        assertThat(kernels(compilation)).filteredOn(name -> name.startsWith("select")).hasSize(2)
                .allMatch(name -> name.matches("select(_\\d+)?_select.*"));
        assertThat(updates(compilation.plan())).filteredOn(kernel ->
                updated(compilation.plan(), kernel).contains("first/bias")).hasSize(1)
                .allMatch(kernel -> kernel.nest().reduced().size() == 3);
    }

    /** Which place is chosen is found where the greatest is, but after the convolution, whose kernel is another one. */
    @Test
    void poolingIsOneKernelAfterTheConvolution() {
        assertThat(kernels(convolutional())).filteredOn(name -> name.matches("reduce(_\\d+)?_reduce.*")).hasSize(2);
    }

    private static List<String> kernels(Compilation compilation) {
        return compilation.program().steps().stream().filter(Program.Step.Launch.class::isInstance)
                .map(step -> ((Program.Step.Launch) step).kernel().name()).toList();
    }

    private Tensor pooled(String name, Tensor h, long channels) {
        Tensor convolved = Nn.conv2d(h, weight(name, 5, 5, h.shape().dim(3).constant(), channels), WindowOptions.SAME)
                .plus(weight(name + "/bias", channels));
        return Nn.maxPool(Nn.relu(convolved), List.of(2L), WindowOptions.VALID.withStrides(2));
    }
}
