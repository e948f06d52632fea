package dev.sinter.unit;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.hostCall;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.graph.Variable;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Call;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Join;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pipeline;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The effects of bodies take place once each time that the body does, before and after optimisation. */
class EffectsInBodiesTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape());
    private final List<String> lines = new ArrayList<>();

    private record Log(String word, List<String> lines) implements HostFunction {
        @Override
        public String name() {
            return "log_" + word;
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            return List.of(operands.getFirst());
        }

        @Override
        public List<NDArray> call(List<NDArray> operands) {
            lines.add(word + " " + operands.getFirst().getDouble(0));
            return List.of(operands.getFirst());
        }

        @Override
        public boolean hasEffect() {
            return true;
        }
    }

    private void log(String word, Tensor value) {
        hostCall(new Log(word, lines), value);
    }

    /** Runs with x = 2 as it is written and optimised, and expects the same of both. */
    private void check(Tensor fetch, double value, String... expected) {
        LoweredGraph lowered = Lowering.lower(graph, List.of(fetch), List.of(x), List.of());
        List<NDArray> inputs = new ArrayList<>();
        lowered.feeds().forEach(any -> inputs.add(NDArray.scalar(2f)));
        lowered.states().forEach(state -> inputs.add(Evaluation.of(state.variable().initialValue())));
        check(lowered.function(), inputs, value, expected);
    }

    private void check(Function function, List<NDArray> inputs, double value, String... expected) {
        lines.clear();
        assertThat(Interpreter.run(function, inputs).getFirst().getDouble(0)).isEqualTo(value);
        assertThat(lines).as("as written").containsExactly(expected);
        lines.clear();
        Function optimized = Pipeline.optimize(function, OptimizationOptions.defaults().withVerification())
                .function();
        assertThat(Interpreter.run(optimized, inputs).getFirst().getDouble(0)).isEqualTo(value);
        assertThat(lines).as("optimised").containsExactly(expected);
    }

    private GraphFunction logged() {
        return function(graph, "f", List.of(TensorSpec.of(FLOAT32, shape())), arguments -> {
            log("f", arguments.getFirst());
            return List.of(arguments.getFirst().times(2));
        });
    }

    @Test
    void ofACall() {
        check(logged().call(x).getFirst(), 4, "f 2.0");
    }

    @Test
    void ofACallInACall() {
        GraphFunction inner = logged();
        GraphFunction outer = function(graph, "outer", List.of(TensorSpec.of(FLOAT32, shape())),
                arguments -> List.of(inner.call(inner.call(arguments.getFirst()).getFirst()).getFirst()));
        check(outer.call(x).getFirst(), 8, "f 2.0", "f 4.0");
    }

    @Test
    void ofABranchThatIsKnown() {
        Tensor y = cond(graph.constant(true), () -> {
            log("true", x);
            return x.times(3);
        }, () -> x);
        check(y, 6, "true 2.0");
    }

    @Test
    void ofABranchWhoseSidesGiveTheSame() {
        Tensor y = cond(greater(x, 0), () -> {
            log("true", x);
            return x;
        }, () -> x);
        check(y, 2, "true 2.0");
    }

    @Test
    void ofEveryCheckOfACondition() {
        Tensor y = whileLoop(x, value -> {
            log("check", value);
            return less(value, 5);
        }, value -> value.times(2));
        check(y, 8, "check 2.0", "check 4.0", "check 8.0");
    }

    @Test
    void ofAFirstCheckThatIsTheOnlyOne() {
        Tensor y = whileLoop(x, value -> {
            log("check", value);
            return less(value, 0);
        }, value -> value.times(2));
        check(y, 2, "check 2.0");
    }

    @Test
    void aBranchWithAnEffectHasAGradient() {
        Tensor y = cond(greater(x, 0), () -> {
            log("true", x);
            return square(x);
        }, () -> x);
        Tensor gradient = gradients(y, x).of(x);
        check(gradient.plus(y), 8, "true 2.0");
        check(gradient, 4);
    }

    @Test
    void aBranchThatKeepsValuesForItsGradientRepeatsNoEffect() {
        Tensor y = cond(greater(x, 0), () -> {
            Tensor before = exp(x.times(0));
            try (var _ = graph.controlDependencies(hostCall(new Log("true", lines), before).getFirst())) {
                return exp(before.plus(x).minus(3)).times(exp(x.minus(2)));
            }
        }, () -> x);
        Tensor gradient = gradients(y, x).of(x);
        check(gradient.plus(y.times(0)), 2, "true 1.0");
    }

    @Test
    void aLoopThatKeepsValuesForItsGradientRepeatsNoEffect() {
        Tensor y = scan(x, graph.constant(new float[] {1, 1}), (carry, element) -> {
            try (var _ = graph.controlDependencies(hostCall(new Log("body", lines), element).getFirst())) {
                return square(exp(carry.minus(2)));
            }
        });
        Tensor loss = reduceSum(y);
        Tensor gradient = gradients(loss, x).of(x);
        check(gradient.times(0).plus(loss.times(0)), 0, "body 1.0", "body 1.0");
    }

    @Test
    void aCallRepeatsNoEffectForItsGradient() {
        GraphFunction f = function(graph, "f", List.of(TensorSpec.of(FLOAT32, shape())), arguments -> {
            Tensor a = arguments.getFirst();
            try (var _ = graph.controlDependencies(hostCall(new Log("f", lines), a).getFirst())) {
                return List.of(square(square(a)));
            }
        });
        Tensor y = f.call(x).getFirst();
        Tensor gradient = gradients(y, x).of(x);
        check(gradient.plus(y), 32 + 16, "f 2.0");
    }

    @Test
    void theFirstCheckSeesWhatIsWrittenBeforeTheLoop() {
        Variable v = graph.variable("v", constant(0f));
        Tensor first = whileLoop(x, value -> less(v, 3), value -> {
            v.assign(v.plus(1));
            return value.plus(1);
        });
        Tensor second = whileLoop(first, value -> less(v, 3), value -> {
            v.assign(v.plus(1));
            return value.plus(1);
        });
        check(second, 5);
    }

    @Test
    void aFunctionMayHaveSeveralTokens() {
        Builder inner = new Builder();
        TensorType scalar = new TensorType(FLOAT32, shape());
        Value p = inner.add(new Parameter("p0", scalar));
        Value one = inner.add(new HostCall(new Log("one", lines)), p);
        Value two = inner.add(new HostCall(new Log("two", lines)), p, inner.add(new Join(), one(inner, one)));
        Region region = Region.of(new Function("f", List.of(p), List.of(p,
                inner.add(new Join(), one(inner, one)), inner.add(new Join(), one(inner, two))),
                inner.locations()));
        Builder b = new Builder();
        Value argument = b.add(new Parameter("x", scalar));
        Value call = b.add(new Call("f", region), argument);
        check(new Function("run", List.of(argument), List.of(b.project(call, 0), b.project(call, 1)),
                b.locations()), List.of(NDArray.scalar(2f)), 2, "one 2.0", "two 2.0");
    }

    private static Value one(Builder b, Value call) {
        return b.add(new Project(0), call);
    }
}
