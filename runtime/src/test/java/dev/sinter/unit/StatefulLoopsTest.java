package dev.sinter.unit;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.hostCall;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Control.withDependencies;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.graph.Variable;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostFunction;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Variables and effects in the bodies of loops, branches and functions. */
public class StatefulLoopsTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));
    private final Variable v = graph.variable("v", constant(1f));
    private Session session;

    @BeforeEach
    void open() {
        session = open(graph);
        session.run(graph.initializer());
    }

    @AfterEach
    void close() {
        session.close();
    }

    private float value(Variable variable) {
        return session.run(variable).toFloatArray()[0];
    }

    private NDArray run(Tensor fetch, float... fed) {
        return session.run(feed(x, fed), fetch(fetch)).get(fetch);
    }

    @Test
    void theNextIterationSeesAWrite() {
        Tensor seen = mapFn(x, element -> {
            Tensor before = v.value();
            v.assign(v.plus(element));
            return before;
        });
        assertThat(run(seen, 1, 2, 3).toFloatArray()).containsExactly(1, 2, 4);
        assertThat(value(v)).isEqualTo(7);
        assertThat(run(seen).toFloatArray()).isEmpty();
        assertThat(value(v)).isEqualTo(7);
    }

    @Test
    void aReadAfterAWriteSeesIt() {
        Tensor seen = mapFn(x, element -> {
            Tensor written = v.assign(v.times(element));
            try (var _ = graph.controlDependencies(written)) {
                return v.value().plus(v.valueAtStart().times(100));
            }
        });
        assertThat(run(seen, 2, 3).toFloatArray()).containsExactly(102, 206);
        assertThat(value(v)).isEqualTo(6);
    }

    @Test
    void orderedWritesFollowEachOther() {
        Tensor seen = mapFn(x, element -> {
            Tensor first = v.assign(v.plus(element));
            try (var _ = graph.controlDependencies(first)) {
                return v.assign(v.times(2));
            }
        });
        assertThat(run(seen, 1, 1).toFloatArray()).containsExactly(4, 10);
        assertThat(value(v)).isEqualTo(10);
    }

    @Test
    void aWriteAloneIsATarget() {
        Tensor count = scan(List.of(), List.of(x), each -> {
            v.assignAdd(each.element(0));
            return Step.carry();
        }).count();
        session.run(feed(x, new float[] {1, 2}), Fetch.nothing().targets(count));
        assertThat(value(v)).isEqualTo(4);
    }

    @Test
    void aFailingRunCommitsNothing() {
        Variable n = graph.variable("n", constant(1));
        session.run(graph.initializer());
        Tensor failing = foldl(constant(0), x, (sum, _) -> {
            n.assign(n.minus(1));
            return sum.plus(constant(5)).plus(graph.constant(1).div(n));
        });
        assertThatThrownBy(() -> run(failing, 1, 2, 3)).isInstanceOf(GraphException.class);
        assertThat(session.run(n).getLong(0)).isEqualTo(1);
    }

    @Test
    void loopsInEachOtherWriteOneVariable() {
        Tensor sums = mapFn(x, outer -> {
            Tensor inner = foldl(constant(0f), x, (sum, element) ->
                    sum.plus(v.assign(v.plus(element.times(outer)))));
            try (var _ = graph.controlDependencies(inner)) {
                return v.assign(v.plus(100));
            }
        });
        float expected = 1;
        float[] rows = new float[2];
        for (int i = 0; i < 2; i++) {
            for (float element : new float[] {1, 2}) {
                expected += element * (i + 1);
            }
            expected += 100;
            rows[i] = expected;
        }
        assertThat(run(sums, 1, 2).toFloatArray()).containsExactly(rows);
        assertThat(value(v)).isEqualTo(expected);
    }

    @Test
    void oneLoopAfterAnotherWrites() {
        Tensor first = foldl(constant(0f), x, (_, element) -> v.assign(v.plus(element)));
        Tensor second = foldl(first, x, (sum, element) -> sum.plus(v.assign(v.times(element))));
        assertThat(run(second, 2, 3).item()).isEqualTo(6 + 12 + 36);
        assertThat(value(v)).isEqualTo(36);
    }

    @Test
    void aBranchWritesWhereItIsTaken() {
        Tensor changed = cond(greater(reduceMean(x), 0), () -> v.assign(v.plus(1)), () -> v.value());
        assertThat(run(changed, 1).item()).isEqualTo(2);
        assertThat(value(v)).isEqualTo(2);
        assertThat(run(changed, -1).item()).isEqualTo(2);
        assertThat(value(v)).isEqualTo(2);
    }

    @Test
    void aWhileLoopThatAsksAVariable() {
        Tensor steps = whileLoop(graph.constant(0f), _ -> less(v, 100), count -> {
            v.assign(v.times(3));
            return count.plus(1);
        });
        assertThat(session.run(steps).item()).isEqualTo(5);
        assertThat(value(v)).isEqualTo(243);
    }

    @Test
    void aReadWaitsForAWriteAroundTheLoop() {
        Tensor write = v.assign(constant(5f));
        Tensor before = mapFn(x, element -> element.times(v));
        try (var _ = graph.controlDependencies(write)) {
            Tensor after = mapFn(x, element -> element.times(v));
            Fetches out = session.run(feed(x, new float[] {1, 2}), fetch(before, after));
            assertThat(out.get(before).toFloatArray()).containsExactly(1, 2);
            assertThat(out.get(after).toFloatArray()).containsExactly(5, 10);
        }
        Tensor inside = mapFn(x, element -> {
            try (var _ = graph.controlDependencies(write)) {
                return element.times(v);
            }
        });
        session.run(graph.initializer());
        assertThat(run(inside, 1, 2).toFloatArray()).containsExactly(5, 10);
    }

    @Test
    void aFunctionWritesAtEachCall() {
        GraphFunction increment = function(graph, "increment", List.of(TensorSpec.of(FLOAT32, shape())),
                given -> List.of(v.assign(v.plus(given.getFirst()))));
        Tensor first = increment.call(constant(10f)).getFirst();
        Tensor second = increment.call(first).getFirst();
        assertThat(session.run(second).item()).isEqualTo(22);
        assertThat(value(v)).isEqualTo(22);
    }

    @Test
    void aWholeTrainingInOneRun() {
        Variable w = graph.variable("w", zeros(FLOAT64, shape(2)));
        session.run(graph.initializer());
        Tensor inputs = graph.placeholder("inputs", FLOAT64, shape(UNKNOWN, 2));
        Tensor targets = graph.placeholder("targets", FLOAT64, shape(UNKNOWN));
        List<Tensor> losses = mapFn(List.of(inputs, targets), each -> {
            Tensor loss = square(dev.sinter.graph.Ops.reduceSum(each.get(0).times(w)).minus(each.get(1)));
            w.assign(w.minus(gradients(loss, w).of(w).times(0.1)));
            return List.of(loss);
        });
        double[][] points = new double[200][2];
        double[] values = new double[200];
        double[] expected = {0, 0};
        for (int i = 0; i < 200; i++) {
            points[i][0] = Math.sin(i);
            points[i][1] = Math.cos(3 * i);
            values[i] = 2 * points[i][0] - points[i][1];
            double error = expected[0] * points[i][0] + expected[1] * points[i][1] - values[i];
            for (int k = 0; k < 2; k++) {
                expected[k] -= 0.1 * 2 * error * points[i][k];
            }
        }
        session.run(feed(inputs, points).and(targets, values), fetch(losses.getFirst()));
        assertThat(session.run(w).getDouble(0)).isCloseTo(expected[0], within(1e-12)).isCloseTo(2,
                within(1e-3));
        assertThat(session.run(w).getDouble(1)).isCloseTo(expected[1], within(1e-12)).isCloseTo(-1,
                within(1e-3));
    }

    /** Remembers what it is called with. */
    private static final class Log implements HostFunction {
        private final String name;
        private final List<String> lines;

        Log(String name, List<String> lines) {
            this.name = name;
            this.lines = lines;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            return operands;
        }

        @Override
        public List<NDArray> call(List<NDArray> operands) {
            lines.add(name + " " + operands.getFirst().item());
            return operands.stream().map(operand -> NDArray.scalar(operand.dtype(), operand.item())).toList();
        }

        @Override
        public boolean hasEffect() {
            return true;
        }
    }

    @Test
    void aGradientRepeatsNoEffect() {
        List<String> lines = new ArrayList<>();
        Tensor loss = foldl(constant(1f), x, (all, element) -> {
            hostCall(new Log("once", lines), element);
            return all.times(element);
        });
        Tensor gradient = gradients(loss, x).of(x);
        Fetches out = session.run(feed(x, new float[] {2, 3}), fetch(loss, gradient));
        assertThat(out.get(loss).item()).isEqualTo(6);
        assertThat(out.get(gradient).toFloatArray()).containsExactly(3, 2);
        assertThat(lines).containsExactly("once 2.0", "once 3.0");
    }

    @Test
    void aGradientRepeatsNoWrite() {
        Tensor loss = foldl(constant(1f), x, (all, element) -> all.times(v.assign(v.plus(element))));
        Tensor gradient = gradients(loss, x).of(x);
        Fetches out = session.run(feed(x, new float[] {2, 3}), fetch(loss, gradient));
        assertThat(out.get(loss).item()).isEqualTo(18);
        assertThat(out.get(gradient).toFloatArray()).containsExactly(9, 3);
        assertThat(value(v)).isEqualTo(6);
    }

    @Test
    void effectsHappenInEachIterationInOrder() {
        List<String> lines = new ArrayList<>();
        Tensor sum = foldl(constant(0f), x, (all, element) -> {
            Tensor first = hostCall(new Log("first", lines), element).getFirst();
            try (var _ = graph.controlDependencies(first)) {
                hostCall(new Log("second", lines), element);
            }
            return all.plus(element);
        });
        assertThat(run(sum, 1, 2).item()).isEqualTo(3);
        assertThat(lines).containsExactly("first 1.0", "second 1.0", "first 2.0", "second 2.0");
    }

    @Test
    void effectsOfALoopComeAfterThoseBeforeIt() {
        List<String> lines = new ArrayList<>();
        Tensor before = hostCall(new Log("before", lines), dev.sinter.graph.Ops.reduceSum(x.times(0)))
                .getFirst();
        Tensor sum;
        try (var _ = graph.controlDependencies(before)) {
            sum = foldl(constant(0f), x, (all, element) -> {
                hostCall(new Log("inside", lines), element);
                return all.plus(element);
            });
        }
        Tensor end = withDependencies(x, sum);
        run(end, 1, 2);
        assertThat(lines).containsExactly("before 0.0", "inside 1.0", "inside 2.0");
        lines.clear();
        Tensor branch;
        try (var _ = graph.controlDependencies(before)) {
            branch = cond(greater(reduceMean(x), 0), () -> {
                hostCall(new Log("yes", lines), graph.constant(1f));
                return x;
            }, () -> x.times(2));
        }
        run(branch, 1);
        assertThat(lines).containsExactly("before 0.0", "yes 1.0");
    }
}
