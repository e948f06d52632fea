package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.ir.Verifier;
import dev.sinter.op.Branch;
import dev.sinter.op.Call;
import dev.sinter.op.Loop;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pipeline;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Ops with regions: what they mean, how they read, when they are refused. */
final class RegionTest {
    private static final Dim N = Dim.symbol("n");
    private static final TensorType INDEX = new TensorType(DType.INT64, Shape.SCALAR);
    private static final TensorType BOOL = new TensorType(DType.BOOL, Shape.SCALAR);
    private static final TensorType F32 = new TensorType(DType.FLOAT32, Shape.SCALAR);
    private static final TensorType SEQUENCE = new TensorType(DType.FLOAT32, Shape.of(N));

    /** The running sums of a sequence, from 100 times the capture on. */
    private static Function runningSums(boolean reverse) {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", SEQUENCE));
        Value scale = b.add(new Parameter("scale", F32));
        b.at(new Location("Sums.java", 12, "sums"));
        Region body = Region.of(List.of(INDEX, F32, F32, F32), (r, p) -> {
            r.at(new Location("Sums.java", 13, "add"));
            Value next = r.plus(p.get(2), r.times(p.get(1), p.get(3)));
            return List.of(next, next);
        });
        Loop.Trips trips = reverse ? Loop.Trips.of(N).reversed() : Loop.Trips.of(N);
        Value loop = b.add(new Loop(body, trips, 1, 1), x, b.times(scale, 100), scale);
        return new Function("sums", List.of(x, scale), List.of(b.project(loop, 0), b.project(loop, 1)), b.locations());
    }

    private static double[] doubles(NDArray array) {
        double[] values = new double[(int) array.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.getDouble(i);
        }
        return values;
    }

    @Test
    void aScanCarriesAndStacks() {
        List<NDArray> results = Interpreter.run(runningSums(false), List.of(NDArray.of(1f, 2f, 3f),
                NDArray.scalar(2f)));
        assertThat(doubles(results.get(0))).containsExactly(212);
        assertThat(doubles(results.get(1))).containsExactly(202, 206, 212);
        results = Interpreter.run(runningSums(true), List.of(NDArray.of(1f, 2f, 3f), NDArray.scalar(2f)));
        assertThat(doubles(results.get(0))).containsExactly(212);
        assertThat(doubles(results.get(1))).containsExactly(212, 210, 206);
    }

    @Test
    void aLoopWithoutIterationsGivesItsStart() {
        List<NDArray> results = Interpreter.run(runningSums(false), List.of(NDArray.zeros(DType.FLOAT32, 0),
                NDArray.scalar(2f)));
        assertThat(doubles(results.get(0))).containsExactly(200);
        assertThat(results.get(1).sizes()).containsExactly(0);
    }

    /** Doubles a number while it is below a bound; stacks the numbers; then sums the stack from its end. */
    private static Function doubling() {
        Builder b = new Builder();
        Value start = b.add(new Parameter("start", F32));
        Value bound = b.add(new Parameter("bound", F32));
        Region body = Region.of(List.of(INDEX, F32, F32), (r, p) -> {
            Value next = r.plus(p.get(1), p.get(1));
            return List.of(next, p.get(1), r.map(ScalarFn.LT, next, p.get(2)));
        });
        Value loop = b.add(new Loop(body, Loop.Trips.whileTrue(), 0, 1), b.map(ScalarFn.LT, start, bound), start,
                bound);
        Value tape = b.project(loop, 1);
        Value count = b.project(loop, 2);
        Region sum = Region.of(List.of(INDEX, F32, F32), (r, p) ->
                List.of(r.plus(r.times(p.get(2), 10), p.get(1))));
        Value back = b.add(new Loop(sum, new Loop.Trips(Optional.empty(), true, false, true), 1, 1), count, tape,
                b.scalar(DType.FLOAT32, 0));
        return new Function("doubling", List.of(start, bound), List.of(b.project(loop, 0), count, b.project(back, 0)),
                b.locations());
    }

    @Test
    void aWhileLoopKeepsATape() {
        List<NDArray> results = Interpreter.run(doubling(), List.of(NDArray.scalar(1f), NDArray.scalar(5f)));
        assertThat(doubles(results.get(0))).containsExactly(8);
        assertThat(results.get(1).getLong(0)).isEqualTo(3);
        assertThat(doubles(results.get(2))).containsExactly(421);
        results = Interpreter.run(doubling(), List.of(NDArray.scalar(7f), NDArray.scalar(5f)));
        assertThat(doubles(results.get(0))).containsExactly(7);
        assertThat(results.get(1).getLong(0)).isZero();
        assertThat(doubles(results.get(2))).containsExactly(0);
    }

    @Test
    void whatEndsEarlyLeavesZerosInTheStack() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", SEQUENCE));
        Value limit = b.add(new Parameter("limit", INDEX));
        Region body = Region.of(List.of(INDEX, F32), (r, p) ->
                List.of(p.get(1), r.map(ScalarFn.LT, p.get(1), r.scalar(DType.FLOAT32, 3))));
        Value loop = b.add(new Loop(body, new Loop.Trips(Optional.of(N), true, true, false), 1, 0), limit,
                b.constant(NDArray.scalar(true)), x);
        Function function = new Function("until", List.of(x, limit), List.of(b.project(loop, 0), b.project(loop, 1)),
                b.locations());
        NDArray numbers = NDArray.of(1f, 2f, 3f, 4f);
        List<NDArray> results = Interpreter.run(function, List.of(numbers, NDArray.scalar(9L)));
        assertThat(doubles(results.get(0))).containsExactly(1, 2, 3, 0);
        assertThat(results.get(1).getLong(0)).isEqualTo(3);
        results = Interpreter.run(function, List.of(numbers, NDArray.scalar(1L)));
        assertThat(doubles(results.get(0))).containsExactly(1, 0, 0, 0);
        results = Interpreter.run(function, List.of(numbers, NDArray.scalar(-1L)));
        assertThat(doubles(results.get(0))).containsExactly(0, 0, 0, 0);
    }

    private static Function branches() {
        Builder b = new Builder();
        Value number = b.add(new Parameter("number", INDEX));
        Value x = b.add(new Parameter("x", SEQUENCE));
        List<Region> branches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int factor = i + 1;
            branches.add(Region.of(List.of(SEQUENCE), (r, p) -> List.of(r.times(p.getFirst(), factor))));
        }
        Value branch = b.add(new Branch(branches), number, x);
        Value call = b.add(new Call("twice", Region.of(List.of(SEQUENCE), (r, p) ->
                List.of(r.plus(p.getFirst(), p.getFirst())))), b.project(branch, 0));
        return new Function("branches", List.of(number, x), List.of(b.project(call, 0)), b.locations());
    }

    @Test
    void aBranchIsChosenByNumber() {
        for (long number : new long[] {0, 1, 2, 3, -1}) {
            List<NDArray> results = Interpreter.run(branches(), List.of(NDArray.scalar(number), NDArray.of(1f, 2f)));
            double factor = 2 * (number < 0 || number > 2 ? 3 : number + 1);
            assertThat(doubles(results.getFirst())).as("branch %d", number).containsExactly(factor, 2 * factor);
        }
    }

    @Test
    void textsReadBack() {
        for (Function function : List.of(runningSums(false), runningSums(true), doubling(), branches())) {
            Verifier.verify(function);
            Verifier.verifyText(function);
        }
        assertThat(Printer.print(runningSums(true))).isEqualTo("""
                sinter-tensor 1
                func @sums(%x: f32[n], %scale: f32[]) {
                  %2 = constant{100.0}() : f32[]   // Sums.java:12 (sums)
                  %3 = mul(%scale, %2) : f32[]   // Sums.java:12 (sums)
                  %4 = loop{length=n, sequences=1, carries=1, reverse}(%x, %3, %scale) : (f32[], f32[n]) \
                region(%p0: i64[], %p1: f32[], %p2: f32[], %p3: f32[]) {
                    %4 = mul(%p1, %p3) : f32[]   // Sums.java:13 (add)
                    %5 = add(%p2, %4) : f32[]   // Sums.java:13 (add)
                    return %5, %5
                  }   // Sums.java:12 (sums)
                  %5 = project{0}(%4) : f32[]   // Sums.java:12 (sums)
                  %6 = project{1}(%4) : f32[n]   // Sums.java:12 (sums)
                  return %5, %6
                }
                """);
    }

    @Test
    void equalRegionsAreOne() {
        Region one = Region.of(List.of(F32), (r, p) -> List.of(r.times(p.getFirst(), 2)));
        Region same = Region.of(List.of(F32), (r, p) -> List.of(r.times(p.getFirst(), 2)));
        Region other = Region.of(List.of(F32), (r, p) -> List.of(r.times(p.getFirst(), 3)));
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", F32));
        assertThat(b.add(new Call("f", one), x)).isSameAs(b.add(new Call("f", same), x))
                .isNotSameAs(b.add(new Call("f", one, true), x));
    }

    @Test
    void passesReachIntoRegions() {
        Function optimized = Pipeline.optimize(branches(), OptimizationOptions.defaults()).function();
        assertThat(optimized.values()).noneMatch(value -> value.op() instanceof Call);
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", SEQUENCE));
        Region wasteful = Region.of(List.of(INDEX, F32), (r, p) ->
                List.of(r.negate(r.negate(r.plus(p.get(1), r.scalar(DType.FLOAT32, 1))))));
        Value loop = b.add(new Loop(wasteful, Loop.Trips.of(N), 1, 0), x);
        Function function = new Function("map", List.of(x), List.of(b.project(loop, 0)), b.locations());
        Loop simple = (Loop) Pipeline.optimize(function, OptimizationOptions.defaults()).function().results()
                .getFirst().operand(0).op();
        assertThat(simple.body().function().values()).hasSize(4);
    }

    @Test
    void wrongRegionsAreRefused() {
        Builder b = new Builder();
        Value x = b.add(new Parameter("x", SEQUENCE));
        Region changing = Region.of(List.of(INDEX, F32), (r, p) -> List.of(r.convert(p.get(1), DType.FLOAT64)));
        Value zero = b.scalar(DType.FLOAT32, 0);
        assertThatThrownBy(() -> b.add(new Loop(changing, Loop.Trips.of(N), 0, 1), zero))
                .isInstanceOf(GraphException.class)
                .hasMessage("loop: carry 0 is f32[] before an iteration and f64[] after it");
        Region sum = Region.of(List.of(INDEX, F32, F32), (r, p) -> List.of(r.plus(p.get(1), p.get(2))));
        assertThatThrownBy(() -> b.add(new Loop(sum, Loop.Trips.of(Dim.of(3)), 1, 1), x, zero))
                .isInstanceOf(GraphException.class).hasMessage("loop: sequence 0 must be f32[3], not f32[n]");
        assertThatThrownBy(() -> b.add(new Loop(sum, new Loop.Trips(Optional.empty(), false, false, false), 0, 2),
                zero, zero)).isInstanceOf(GraphException.class).hasMessage("loop: nothing bounds its iterations");
        assertThatThrownBy(() -> b.add(new Branch(List.of(sum, changing)), b.dimSize(N), b.dimSize(N), zero, zero))
                .isInstanceOf(GraphException.class).hasMessageStartingWith("branch: branch 1 takes");
        assertThatThrownBy(() -> Parser.parse("""
                sinter-tensor 1
                func @f(%x: f32[n]) {
                  %1 = loop{length=n, sequences=1, carries=0}(%x) : (f32[n])
                  return %x
                }
                """)).isInstanceOf(GraphException.class)
                .hasMessage("line 3, column 12: 1 regions are expected behind this op, not 0");
    }
}
