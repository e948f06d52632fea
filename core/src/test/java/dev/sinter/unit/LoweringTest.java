package dev.sinter.unit;

import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Value;
import dev.sinter.ir.Verifier;
import dev.sinter.op.Assign;
import dev.sinter.op.Parameter;
import dev.sinter.op.Read;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoweringTest {
    private final Graph graph = new Graph();

    private LoweredGraph lower(List<Tensor> fetches, List<Tensor> feeds, GraphElement... targets) {
        LoweredGraph lowered = Lowering.lower(graph, fetches, feeds, List.of(targets));
        assertThat(Verifier.problems(lowered.function())).isEmpty();
        return lowered;
    }

    private static long count(LoweredGraph lowered, Class<?> op) {
        return lowered.function().values().stream().filter(value -> op.isInstance(value.op())).count();
    }

    @Test
    void onlyWhatIsNeededIsLowered() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        Tensor y = graph.placeholder("y", FLOAT32, shape(2));
        Tensor sum = x.plus(1);
        exp(y);
        LoweredGraph lowered = lower(List.of(sum, sum), List.of(x, y));
        assertThat(lowered.feeds()).containsExactly(x);
        assertThat(lowered.unused()).containsExactly(y);
        assertThat(lowered.function().results()).hasSize(2);
    }

    @Test
    void feedsCutTheGraph() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        Tensor middle = exp(x).named("middle");
        Tensor end = middle.times(2);
        LoweredGraph lowered = lower(List.of(end), List.of(middle));
        assertThat(lowered.function().parameters()).hasSize(1);
        assertThat(lowered.function().parameters().getFirst().op())
                .isInstanceOfSatisfying(Parameter.class, parameter -> assertThat(parameter.name()).isEqualTo("middle"));
        assertThat(Evaluation.of(end, Map.of(middle, NDArray.of(3f, 4f))).toFloatArray()).containsExactly(6, 8);
    }

    @Test
    void aPlaceholderThatIsNeededMustBeFed() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        assertThatThrownBy(() -> lower(List.of(x.plus(1)), List.of())).isInstanceOf(GraphException.class)
                .hasMessageMatching("(?s)run: the placeholder \"x\" is needed and not fed; add feed\\(x, value\\)\n"
                        + "  x: placeholder \"x\" at LoweringTest.java:\\d+");
    }

    @Test
    void aPlaceholderWithDefaultNeedsNoFeed() {
        Tensor rate = graph.placeholderWithDefault("rate", fill(FLOAT32, shape(), 0.5));
        Tensor twice = rate.times(2);
        assertThat(Evaluation.of(twice).floatValue()).isEqualTo(1);
        assertThat(Evaluation.of(twice, Map.of(rate, NDArray.scalar(3f))).floatValue()).isEqualTo(6);
    }

    @Test
    void readsSeeTheStartUnlessOrderedAfterAWrite() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(), 1));
        Tensor update = w.assign(w.plus(10));
        Tensor before = w.plus(0);
        Tensor after;
        try (var _ = graph.controlDependencies(update)) {
            after = w.plus(0);
        }
        List<NDArray> values = Evaluation.of(List.of(before, after, update), Map.of());
        assertThat(values.stream().map(NDArray::floatValue)).containsExactly(1f, 11f, 11f);
    }

    @Test
    void writesOneAfterTheOtherAreAChainOfStates() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(), 1));
        Tensor first = w.assignAdd(graph.constant(1f));
        Tensor second;
        try (var _ = graph.controlDependencies(first)) {
            second = w.assignAdd(graph.constant(10f));
        }
        Tensor third;
        try (var _ = graph.controlDependencies(second)) {
            third = w.assignSub(graph.constant(100f));
        }
        assertThat(Evaluation.of(third).floatValue()).isEqualTo(-88);
        LoweredGraph lowered = lower(List.of(), List.of(), third);
        assertThat(count(lowered, Assign.class)).isEqualTo(3);
        assertThat(lowered.written()).containsExactly(w);
        Value last = lowered.function().results().getFirst();
        assertThat(last.type()).isInstanceOf(StateType.class);
        assertThat(last.operand(0).op()).isInstanceOf(Assign.class);
    }

    @Test
    void aWriteThatUsesAnotherIsOrderedAfterIt() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(), 1));
        Tensor first = w.assign(w.plus(1));
        Tensor second = w.assign(first.times(3));
        assertThat(Evaluation.of(second).floatValue()).isEqualTo(6);
        assertThat(count(lower(List.of(second), List.of()), Assign.class)).isEqualTo(2);
    }

    @Test
    void unorderedWritesAreAnErrorThatNamesBoth() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(), 1));
        Tensor first = w.assign(w.plus(1));
        Tensor second = w.assign(w.plus(2));
        assertThatThrownBy(() -> lower(List.of(), List.of(), first, second)).isInstanceOf(GraphException.class)
                .hasMessageMatching("run: two writes of variable \"w\" are not ordered: \"assign\" at"
                        + " LoweringTest.java:\\d+ and \"assign_1\" at LoweringTest.java:\\d+; make the second inside"
                        + " graph.controlDependencies\\(first\\), or run them one after the other");
        lower(List.of(), List.of(), first);
        lower(List.of(), List.of(), second);
    }

    @Test
    void aFedWriteDoesNotHappen() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(), 1));
        Tensor update = w.assign(w.plus(1));
        LoweredGraph lowered = lower(List.of(update.times(2)), List.of(update));
        assertThat(lowered.states()).isEmpty();
        assertThat(lowered.written()).isEmpty();
    }

    @Test
    void aTargetOfPureOpsNeedsNoToken() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        Operation group = Control.group(exp(x));
        assertThat(lower(List.of(), List.of(x), group).function().results()).isEmpty();
    }

    @Test
    void theInitializerWritesEveryVariable() {
        Variable a = graph.variable("a", zeros(FLOAT32, shape(2)));
        Variable b = graph.variable("b", zeros(FLOAT32, shape(3)));
        LoweredGraph lowered = lower(List.of(), List.of(), graph.initializer());
        assertThat(lowered.written()).containsExactly(a, b);
        assertThat(lowered.states()).noneMatch(LoweredGraph.State::read);
    }

    @Test
    void aVariableIsReadOnce() {
        Variable w = graph.variable("w", zeros(FLOAT32, shape(2)));
        LoweredGraph lowered = lower(List.of(w.plus(w), exp(w)), List.of());
        assertThat(count(lowered, Read.class)).isEqualTo(1);
        assertThat(lowered.states().getFirst().read()).isTrue();
    }

    @Test
    void aSizeThatNothingElseGivesNeedsItsPlaceholder() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));
        Tensor ones = graph.tensor(fill(FLOAT32, x.shape(), 1));
        Tensor count = reduceSum(ones);
        assertThatThrownBy(() -> lower(List.of(count), List.of())).isInstanceOf(GraphException.class)
                .hasMessageContaining("the size of axis 0 of the placeholder \"x\" is needed and not fed");
        assertThat(Evaluation.of(count, Map.of(x, NDArray.of(5f, 6f, 7f))).floatValue()).isEqualTo(3);
    }

    @Test
    void aTensorOfAnotherGraphIsRefused() {
        Tensor other = new Graph().placeholder("x", FLOAT32, shape(2));
        assertThatThrownBy(() -> lower(List.of(other), List.of())).isInstanceOf(GraphException.class)
                .hasMessage("run: the fetch \"x\" belongs to another graph than the session");
    }

    @Test
    void aChainOfAHundredThousandNodesIsNoProblem() {
        Tensor x = graph.placeholder("x", FLOAT32, shape());
        Tensor sum = x;
        for (int i = 0; i < 100_000; i++) {
            sum = sum.plus(x);
        }
        LoweredGraph lowered = Lowering.lower(graph, List.of(sum), List.of(x), List.of());
        assertThat(lowered.function().values()).hasSize(100_001);
    }

    @Test
    void aChainOfManyWritesIsNoProblem() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(), 0));
        Tensor last = w.assignAdd(graph.constant(1f));
        for (int i = 0; i < 2_000; i++) {
            try (var _ = graph.controlDependencies(last)) {
                last = w.assignAdd(graph.constant(1f));
            }
        }
        assertThat(Evaluation.of(last).floatValue()).isEqualTo(2_001);
    }
}
