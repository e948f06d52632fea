package dev.sinter.grad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.diff.NotDifferentiableException;
import dev.sinter.diff.ReverseMode;
import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.LoopBuilder;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import dev.sinter.op.Concat;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.HostCall;
import dev.sinter.op.Loop;
import dev.sinter.op.Loop.Trips;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.unit.PassingFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What gradients of loops and branches do beside being right. */
final class RegionGradientsTest {
    private static final Dim N = Dim.symbol("n");
    private static final TensorType SCALAR = new TensorType(DType.FLOAT64, Shape.SCALAR);

    private final Builder b = new Builder();
    private final Value xs = b.add(new Parameter("xs", new TensorType(DType.FLOAT64, Shape.of(N))));
    private final Value a = b.add(new Parameter("a", SCALAR));

    private interface Step {
        Value of(Builder r, Value h, Value x, Value a);
    }

    /** h = step(h, x, a) over the xs, from 1 on. */
    private LoopBuilder scan(Step step) {
        LoopBuilder loop = new LoopBuilder(b, Trips.of(N), List.of());
        Value h = loop.carry(b.scalar(DType.FLOAT64, 1));
        Value next = step.of(loop.body(), h, loop.sequence(xs), loop.capture(a));
        loop.next(h, next);
        loop.stack(next);
        loop.build();
        return loop;
    }

    private static Value last(LoopBuilder loop) {
        return loop.last(loop.body().value(1));
    }

    private List<Optional<Value>> gradients(Value y) {
        return ReverseMode.gradients(b, List.of(y), List.of(b.fullLike(y, 1)), List.of(xs, a));
    }

    private double[] run(Value result, double factor, double... numbers) {
        NDArray sequence = NDArray.zeros(DType.FLOAT64, numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            sequence.setDouble(i, numbers[i]);
        }
        Function function = new Function("f", List.of(xs, a), List.of(result), b.locations());
        NDArray array = Interpreter.run(function, List.of(sequence, NDArray.scalar(factor))).getFirst();
        double[] values = new double[(int) array.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.getDouble(i);
        }
        return values;
    }

    private int loops() {
        int count = 0;
        for (int id = 0; id < b.size(); id++) {
            count += b.value(id).op() instanceof Loop ? 1 : 0;
        }
        return count;
    }

    @Test
    void anUnknownLengthMayBeZero() {
        List<Optional<Value>> gradients = gradients(last(scan((r, h, x, f) -> r.times(r.times(h, x), f))));
        assertThat(run(gradients.get(0).orElseThrow(), 2, 3, 4)).containsExactly(16, 12);
        assertThat(run(gradients.get(1).orElseThrow(), 2, 3, 4)).containsExactly(48);
        assertThat(run(gradients.get(0).orElseThrow(), 2)).isEmpty();
        assertThat(run(gradients.get(1).orElseThrow(), 2)).containsExactly(0);
    }

    @Test
    void stoppedGradientsStop() {
        Value y = last(scan((r, h, x, f) -> r.times(r.add(new StopGradient(), r.times(h, x)), f)));
        List<Optional<Value>> gradients = gradients(y);
        assertThat(gradients.get(0)).isEmpty();
        assertThat(run(gradients.get(1).orElseThrow(), 2, 3, 4)).containsExactly(24);
    }

    @Test
    void customGradientsAreUsed() {
        CustomGradient tripled = new CustomGradient("tripled", (r, self, g) ->
                List.of(Optional.empty(), Optional.of(r.times(g, 3))));
        Value y = last(scan((r, h, x, f) -> r.plus(h, r.add(tripled, r.times(x, x), x))));
        assertThat(run(gradients(y).get(0).orElseThrow(), 2, 3, 4)).containsExactly(3, 3);
    }

    /** The square root of a positive operand, else the other one. */
    private static Value guardedRoot(Builder r, Value x, Value other) {
        Value positive = r.map(ScalarFn.GT, x, r.zerosLike(x));
        return r.select(positive, r.map(ScalarFn.SQRT, x), other);
    }

    @Test
    void theUntakenSideOfSelectIsNoNaNInABody() {
        Value y = last(scan((r, h, x, f) -> r.plus(h, guardedRoot(r, x, f))));
        List<Optional<Value>> gradients = gradients(y);
        assertThat(run(gradients.get(0).orElseThrow(), 2, 4, -1, 0)).containsExactly(0.25, 0, 0);
        assertThat(run(gradients.get(1).orElseThrow(), 2, 4, -1, 0)).containsExactly(2);
    }

    @Test
    void whatNoGradientReachesMakesNoLoop() {
        LoopBuilder loop = scan((r, h, x, f) -> r.times(h, x));
        Value zero = b.zerosLike(loop.stackOf(loop.body().value(loop.body().size() - 1)));
        assertThat(ReverseMode.gradients(b, List.of(b.project(last(loop).operand(0), 1)), List.of(zero),
                List.of(xs)))
                .containsExactly(Optional.empty());
        assertThat(loops()).isEqualTo(1);
    }

    @Test
    void aGradientThatPassesUnchangedIsNoCarry() {
        Value y = last(scan((r, h, x, f) -> r.plus(h, r.times(x, f))));
        Value gradient = gradients(y).get(0).orElseThrow();
        Loop backward = (Loop) gradient.operand(0).op();
        assertThat(backward.carries()).isEqualTo(1);
        assertThat(loops()).as("nothing is stacked for it").isEqualTo(2);
    }

    /** {@code h x a} over the xs, of many equal elements; the sum of the last ones. */
    private Value wide(boolean readsAll) {
        LoopBuilder loop = new LoopBuilder(b, Trips.of(N), List.of());
        Value h = loop.carry(b.full(DType.FLOAT64, Shape.shape(4096), 1));
        Builder r = loop.body();
        Value factor = r.times(loop.sequence(xs), loop.capture(a));
        Value next = r.times(h, r.broadcast(factor, h.shape(), List.of()));
        loop.next(h, next);
        loop.stack(next);
        loop.build();
        Value last = b.reduceSum(loop.last(h), List.of(0));
        return readsAll ? b.plus(last, b.reduceSum(loop.stackOf(next), List.of(0, 1))) : last;
    }

    private long concatenations() {
        return IntStream.range(0, b.size()).filter(id -> b.value(id).op() instanceof Concat).count();
    }

    @Test
    void aLongHistoryIsStackedInPlaceOfItsNextValues() {
        List<Optional<Value>> gradients = gradients(wide(false));
        assertThat(concatenations()).isZero();
        assertThat(run(gradients.get(0).orElseThrow(), 2, 3, 4)).containsExactly(4096 * 16, 4096 * 12);
        assertThat(run(gradients.get(1).orElseThrow(), 2, 3, 4)).containsExactly(4096 * 48);
        assertThat(run(gradients.get(0).orElseThrow(), 2)).isEmpty();
    }

    @Test
    void aHistoryIsThatOfNextValuesWhereTheseAreReadOrFew() {
        List<Optional<Value>> gradients = gradients(wide(true));
        assertThat(concatenations()).isEqualTo(1);
        assertThat(run(gradients.get(0).orElseThrow(), 2, 3, 4)).containsExactly(4096 * 34, 4096 * 24);
        gradients(last(scan((r, h, x, f) -> r.times(r.times(h, x), f))));
        assertThat(concatenations()).isEqualTo(2);
    }

    @Test
    void whatHasNoGradientIsNamed() {
        Value y = last(scan((r, h, x, f) -> {
            r.at(new Location("Dice.java", 7, "roll"));
            return r.project(r.add(new HostCall(new PassingFunction("dice")), r.times(h, x)), 0);
        }));
        assertThatThrownBy(() -> gradients(y)).isInstanceOf(NotDifferentiableException.class)
                .hasMessage("gradients: loop has no gradient: in its body, host_call at Dice.java:7 (roll) has no "
                        + "gradient: the host function dice gives no gradient");
    }

    @Test
    void branchesShareWhatTheyKeep() {
        List<TensorType> types = List.of(SCALAR, SCALAR);
        List<Region> regions = new ArrayList<>();
        for (ScalarFn fn : List.of(ScalarFn.EXP, ScalarFn.TANH, ScalarFn.SIN)) {
            regions.add(Region.of(types, (r, p) -> List.of(r.times(r.map(fn, p.get(0)), p.get(1)))));
        }
        Value number = b.convert(a, DType.INT64);
        Value branch = b.project(b.add(new Branch(regions), number, a, a), 0);
        Value gradient = ReverseMode.gradients(b, List.of(branch), List.of(a), List.of(a)).getFirst()
                .orElseThrow();
        assertThat(gradient).isNotNull();
        List<Branch> branches = new ArrayList<>();
        for (int id = 0; id < b.size(); id++) {
            if (b.value(id).op() instanceof Branch op) {
                branches.add(op);
            }
        }
        assertThat(branches).hasSize(3);
        assertThat(branches.get(1).branches().getFirst().tensorResults()).hasSize(3);
    }

    @Test
    void aBodyMayBeLong() {
        int length = 100_000;
        Value y = last(scan((r, h, x, f) -> {
            Value value = r.times(h, x);
            for (int i = 0; i < length; i++) {
                value = r.map(i % 10 == 0 ? ScalarFn.SIN : ScalarFn.NEG, value);
            }
            return value;
        }));
        Value gradient = gradients(y).getFirst().orElseThrow();
        assertThat(((Loop) gradient.operand(0).op()).body().function().values().size())
                .isGreaterThan(length);
    }

    private Value part(Value whole, long from, long to) {
        return b.add(new Slice(List.of(Dim.of(from)), List.of(Dim.of(to)), List.of(1L)), whole);
    }

    @Test
    void gradientsOfSlicesSideBySideAreJoined() {
        Value whole = b.times(b.broadcast(a, Shape.shape(5)), 1);
        List<Value> parts = List.of(part(whole, 2, 5), part(whole, 0, 2), part(whole, 3, 5));
        List<Value> seeds = List.of(b.fullLike(parts.get(0), 3), b.fullLike(parts.get(1), 2),
                b.fullLike(parts.get(2), 5));
        Value joined = ReverseMode.gradients(b, parts.subList(0, 2), seeds.subList(0, 2), List.of(whole))
                .getFirst()
                .orElseThrow();
        assertThat(joined.op()).isInstanceOf(Concat.class);
        assertThat(run(joined, 0)).containsExactly(2, 2, 3, 3, 3);
        Value overlapping = ReverseMode.gradients(b, parts, seeds, List.of(whole)).getFirst().orElseThrow();
        assertThat(run(overlapping, 0)).containsExactly(2, 2, 3, 8, 8);
        Value inside = ReverseMode.gradients(b, List.of(part(whole, 1, 2), part(whole, 2, 4)),
                List.of(b.full(DType.FLOAT64, Shape.shape(1), 1), b.full(DType.FLOAT64, Shape.shape(2), 4)),
                List.of(whole)).getFirst().orElseThrow();
        assertThat(inside.op()).isInstanceOf(Pad.class);
        assertThat(run(inside, 0)).containsExactly(0, 1, 4, 4, 0);
    }
}
