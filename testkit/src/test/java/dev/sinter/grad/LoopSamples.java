package dev.sinter.grad;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.LoopBuilder;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.Branch;
import dev.sinter.op.Call;
import dev.sinter.op.Loop.Trips;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.CheckGrad;
import dev.sinter.testkit.GraphFuzzer.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Functions with loops, branches and calls in {@code float64}, with inputs. */
final class LoopSamples {
    /**
     * A function to be differentiated.
     *
     * @param trips how many iterations its loops without a known length have
     * @param spare how many loops the optimised function with its gradient may have beyond two for each of its own
     */
    record Sample(String name, Function function, List<NDArray> inputs, int trips, int spare) {
        Sample(String name, Function function, List<NDArray> inputs, int trips) {
            this(name, function, inputs, trips, 0);
        }

        /** The sample whose gradient has one loop more, which finds out how many iterations there were. */
        Sample withSpareLoop() {
            return new Sample(name, function, inputs, trips, 1);
        }

        /** The function with its gradient, as a training step has them, and the gradient of that, of some order. */
        Case withGradients(int order) {
            Function current = function;
            List<NDArray> given = new ArrayList<>(inputs);
            for (int i = 0; i < order; i++) {
                SplittableRandom random = new SplittableRandom(i);
                for (NDArray result : Interpreter.run(current, given)) {
                    if (result.dtype().isFloat()) {
                        given.add(LoopSamples.random(random, result.sizes()));
                    }
                }
                current = both(current, CheckGrad.gradient(current));
            }
            return new Case(current, given);
        }

        /** The results of both; the second has the parameters of the first and more. */
        private static Function both(Function function, Function gradient) {
            Builder b = new Builder();
            List<Value> parameters = gradient.parameters().stream().map(value -> b.add(value.op())).toList();
            List<Value> results = new ArrayList<>(gradient.inline(b, parameters));
            results.addAll(function.inline(b, parameters.subList(0, function.parameters().size())));
            return new Function(function.name(), parameters, results, b.locations());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final TensorType SCALAR = new TensorType(DType.FLOAT64, Shape.SCALAR);
    private static final int STEPS = 4;

    private final Builder b = new Builder();
    private final List<Value> parameters = new ArrayList<>();
    private final List<NDArray> inputs = new ArrayList<>();
    private final String name;
    private final SplittableRandom random;

    private LoopSamples(String name) {
        this.name = name;
        this.random = new SplittableRandom(name.hashCode());
    }

    static List<Sample> all() {
        List<Sample> samples = new ArrayList<>();
        for (boolean reverse : new boolean[] {false, true}) {
            samples.add(linear(reverse, STEPS));
            samples.add(cell(reverse, STEPS));
            samples.add(products(reverse));
            samples.add(longHistory(reverse));
        }
        samples.add(linear(false, 0));
        samples.add(cell(false, 0));
        samples.add(cell(true, 0));
        samples.add(cell(false, 1));
        samples.add(unused());
        samples.add(counters());
        samples.add(nested());
        samples.add(branchInLoop());
        samples.add(loopInBranch());
        samples.add(calls());
        samples.add(gates());
        samples.add(swap());
        samples.addAll(withConditions());
        return samples;
    }

    /** The samples whose loops end by a condition or a limit. */
    static List<Sample> withConditions() {
        List<Sample> samples = new ArrayList<>();
        samples.add(newton(3));
        samples.add(newton(0));
        samples.add(until(false));
        samples.add(until(true));
        samples.add(untilDownFromLimit());
        samples.add(limited(false, 3));
        samples.add(limited(true, 3));
        samples.add(limited(false, 0));
        samples.add(whileInLoop());
        samples.add(whileInBranch());
        samples.add(tapes());
        return samples;
    }

    /** Numbers between -0.6 and 0.6. */
    static NDArray random(SplittableRandom random, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT64, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextDouble(-0.6, 0.6));
        }
        return array;
    }

    private Value input(String what, long... sizes) {
        NDArray array = random(random, sizes);
        Value value = b.add(new Parameter(what, new TensorType(DType.FLOAT64, Shape.shape(sizes))));
        parameters.add(value);
        inputs.add(array);
        return value;
    }

    private Value integer(String what, long value) {
        Value parameter = b.add(new Parameter(what, new TensorType(DType.INT64, Shape.SCALAR)));
        parameters.add(parameter);
        inputs.add(NDArray.scalar(value));
        return parameter;
    }

    private Sample sample(int trips, Value... results) {
        return new Sample(name, new Function(name.replace(' ', '_'), parameters, List.of(results),
                b.locations()),
                List.copyOf(inputs), trips);
    }

    private LoopBuilder counted(long length, boolean reverse) {
        Trips trips = Trips.of(Dim.of(length));
        return new LoopBuilder(b, reverse ? trips.reversed() : trips, List.of());
    }

    /** h = a h + x, of scalars. */
    private static Sample linear(boolean reverse, int steps) {
        LoopSamples s = new LoopSamples("linear recurrence " + (reverse ? "down " : "") + steps);
        Value x = s.input("x", steps);
        Value a = s.input("a");
        Value h0 = s.input("h0");
        LoopBuilder loop = s.counted(steps, reverse);
        Value h = loop.carry(h0);
        Builder r = loop.body();
        loop.next(h, r.plus(r.times(loop.capture(a), h), loop.sequence(x)));
        loop.build();
        return s.sample(steps, loop.last(h));
    }

    /** h = tanh(h U + x W + c); all of h and the last one are results. */
    private static Sample cell(boolean reverse, int steps) {
        LoopSamples s = new LoopSamples("tanh cell " + (reverse ? "down " : "") + steps);
        Value x = s.input("x", steps, 2, 3);
        Value w = s.input("w", 3, 4);
        Value u = s.input("u", 4, 4);
        Value c = s.input("c", 4);
        Value h0 = s.input("h0", 2, 4);
        LoopBuilder loop = s.counted(steps, reverse);
        Value h = loop.carry(h0);
        Builder r = loop.body();
        Value z = r.plus(r.contract("bh", "hk", "bk", h, loop.capture(u)),
                r.contract("bi", "ik", "bk", loop.sequence(x), loop.capture(w)));
        Value next = r.map(ScalarFn.TANH, r.plus(z, r.broadcast(loop.capture(c), z.shape(), List.of(1))));
        loop.next(h, next);
        loop.stack(next);
        loop.build();
        return s.sample(steps, loop.last(h), loop.stackOf(next));
    }

    /** Stacked results that depend on sequences alone and on a carry before its step. */
    private static Sample products(boolean reverse) {
        LoopSamples s = new LoopSamples("running products" + (reverse ? " down" : ""));
        Value x = s.input("x", STEPS, 3);
        Value y = s.input("y", STEPS, 3);
        LoopBuilder loop = s.counted(STEPS, reverse);
        Value p = loop.carry(s.b.full(DType.FLOAT64, Shape.shape(3), 1));
        Builder r = loop.body();
        Value scaled = r.times(loop.sequence(x), loop.sequence(y));
        loop.next(p, r.times(p, r.map(ScalarFn.SIN, scaled)));
        loop.stack(scaled);
        loop.stack(r.times(p, loop.sequence(x)));
        loop.build();
        return s.sample(STEPS, s.b.project(loop.stackOf(scaled).operand(0), 1),
                s.b.project(loop.stackOf(scaled).operand(0), 2));
    }

    /** A carry whose history is more than a megabyte, which the gradient reads. */
    private static Sample longHistory(boolean reverse) {
        LoopSamples s = new LoopSamples("long history" + (reverse ? " down" : ""));
        Value x = s.input("x", STEPS);
        Value p0 = s.input("p0", 1 << 15);
        LoopBuilder loop = s.counted(STEPS, reverse);
        Value p = loop.carry(p0);
        Builder r = loop.body();
        loop.next(p, r.times(p, r.broadcast(r.map(ScalarFn.COS, loop.sequence(x)), p.shape(), List.of())));
        loop.build();
        return s.sample(STEPS, s.b.reduceSum(s.b.times(loop.last(p), loop.last(p)), List.of(0)));
    }

    /** Sums over the iterations of four megabytes that a loop stacks, joined of two parts. */
    static Sample sumsOfHistory() {
        LoopSamples s = new LoopSamples("sums of a history");
        Value x = s.input("x", 32);
        Value p0 = s.input("p0", 2, 1 << 12);
        LoopBuilder loop = s.counted(32, false);
        Value p = loop.carry(p0);
        Builder r = loop.body();
        Value next = r.times(p, r.broadcast(r.map(ScalarFn.COS, loop.sequence(x)), p.shape(), List.of()));
        Value joined = r.add(new Concat(1), next, r.times(next, p));
        loop.next(p, next);
        loop.stack(joined);
        loop.build();
        Value all = loop.stackOf(joined);
        return s.sample(32, s.b.reduceSum(all, List.of(0, 1)), s.b.reduceSum(all, List.of(0)), loop.last(p));
    }

    /** A carry, a stacked result, a sequence and a capture that no result needs. */
    private static Sample unused() {
        LoopSamples s = new LoopSamples("unused parts");
        Value x = s.input("x", STEPS);
        Value y = s.input("y", STEPS);
        Value a = s.input("a");
        Value h0 = s.input("h0");
        LoopBuilder loop = s.counted(STEPS, false);
        Value h = loop.carry(h0);
        Value g = loop.carry(h0);
        Builder r = loop.body();
        loop.next(h, r.times(h, loop.sequence(x)));
        loop.next(g, r.times(r.times(g, h), r.plus(loop.sequence(y), loop.capture(a))));
        loop.stack(r.map(ScalarFn.EXP, g));
        loop.build();
        return s.sample(STEPS, loop.last(h));
    }

    /** An integer carry, used as a float and stacked. */
    private static Sample counters() {
        LoopSamples s = new LoopSamples("counters");
        Value x = s.input("x", STEPS);
        Value n0 = s.integer("n0", 2);
        LoopBuilder loop = s.counted(STEPS, false);
        Value n = loop.carry(n0);
        Value h = loop.carry(s.b.scalar(DType.FLOAT64, 1));
        Builder r = loop.body();
        loop.next(n, r.plus(n, loop.index()));
        loop.next(h, r.times(r.times(h, loop.sequence(x)), r.convert(n, DType.FLOAT64)));
        loop.stack(n);
        loop.build();
        return s.sample(STEPS, loop.last(h), loop.last(n), loop.stackOf(n));
    }

    private static Sample nested() {
        LoopSamples s = new LoopSamples("nested loops");
        Value x = s.input("x", 3, 2);
        Value a = s.input("a");
        LoopBuilder outer = s.counted(3, false);
        Value h = outer.carry(s.b.scalar(DType.FLOAT64, 1));
        Builder r = outer.body();
        LoopBuilder inner = new LoopBuilder(r, Trips.of(Dim.of(2)), List.of());
        Value g = inner.carry(h);
        Builder q = inner.body();
        Value next = q.map(ScalarFn.SIN, q.plus(q.times(g, inner.capture(outer.capture(a))),
                inner.sequence(outer.sequence(x))));
        inner.next(g, next);
        inner.stack(q.times(next, g));
        inner.build();
        outer.next(h, inner.last(g));
        outer.stack(inner.stackOf(q.times(next, g)));
        outer.build();
        return s.sample(3, outer.last(h), s.b.project(outer.last(h).operand(0), 1));
    }

    private static Value choice(Builder r, Value condition) {
        return r.convert(condition, DType.INT64);
    }

    private static Sample branchInLoop() {
        LoopSamples s = new LoopSamples("branch in loop");
        Value x = s.input("x", STEPS);
        Value a = s.input("a");
        LoopBuilder loop = s.counted(STEPS, false);
        Value h = loop.carry(s.b.scalar(DType.FLOAT64, 0.5));
        Builder r = loop.body();
        Region sine = Region.of(List.of(SCALAR, SCALAR, SCALAR), (q, p) ->
                List.of(q.map(ScalarFn.SIN, q.times(p.get(0), p.get(1))), p.get(0)));
        Region growth = Region.of(List.of(SCALAR, SCALAR, SCALAR), (q, p) -> List.of(
                q.times(q.map(ScalarFn.EXP, p.get(1)), q.map(ScalarFn.TANH, p.get(2))),
                        q.times(p.get(0), p.get(1))));
        Value number = choice(r, r.map(ScalarFn.LT, loop.sequence(x), r.scalar(DType.FLOAT64, 0)));
        Value branch = r.add(new Branch(List.of(sine, growth)), number, loop.sequence(x), h,
                loop.capture(a));
        loop.next(h, r.project(branch, 0));
        loop.stack(r.project(branch, 1));
        loop.build();
        return s.sample(STEPS, loop.last(h), loop.stackOf(r.project(branch, 1)));
    }

    private static Region recurrence(int steps) {
        return Region.of(List.of(SCALAR, SCALAR), (r, p) -> {
            LoopBuilder loop = new LoopBuilder(r, Trips.of(Dim.of(steps)), List.of());
            Value h = loop.carry(p.get(0));
            Builder q = loop.body();
            loop.next(h, q.map(ScalarFn.TANH, q.times(h, loop.capture(p.get(1)))));
            loop.build();
            return List.of(loop.last(h));
        });
    }

    private static Sample loopInBranch() {
        LoopSamples s = new LoopSamples("loop in branch");
        Value x = s.input("x");
        Value y = s.input("y");
        List<Value> results = new ArrayList<>();
        for (long number : new long[] {0, 1, 5}) {
            Value branch = s.b.add(new Branch(List.of(recurrence(3), recurrence(0), recurrence(1))),
                    s.integer("n" + number, number), x, y);
            results.add(s.b.project(branch, 0));
        }
        return s.sample(3, results.toArray(Value[]::new));
    }

    private static Sample calls() {
        LoopSamples s = new LoopSamples("calls");
        Value x = s.input("x");
        Value y = s.input("y");
        Region product = Region.of(List.of(SCALAR, SCALAR), (r, p) -> List.of(
                r.map(ScalarFn.SIN, r.times(p.get(0), p.get(1))), r.plus(p.get(0), p.get(0))));
        Value once = s.b.add(new Call("f", product), x, y);
        Value twice = s.b.add(new Call("f", product), s.b.project(once, 0), s.b.project(once, 1));
        LoopBuilder loop = s.counted(2, false);
        Value h = loop.carry(s.b.project(twice, 0));
        Builder r = loop.body();
        loop.next(h, r.project(r.add(new Call("f", product), h, loop.capture(y)), 0));
        loop.build();
        return s.sample(2, loop.last(h), s.b.project(twice, 0));
    }

    /** Two carries, as in a long short-term memory. */
    private static Sample gates() {
        LoopSamples s = new LoopSamples("gates");
        Value x = s.input("x", STEPS, 2, 3);
        Value u = s.input("u", 3, 3);
        Value v = s.input("v", 3, 3);
        Value h0 = s.input("h0", 2, 3);
        LoopBuilder loop = s.counted(STEPS, false);
        Value h = loop.carry(h0);
        Value c = loop.carry(s.b.full(DType.FLOAT64, Shape.shape(2, 3), 0));
        Builder r = loop.body();
        Value forget = r.map(ScalarFn.LOGISTIC, r.contract("bh", "hk", "bk", h, loop.capture(u)));
        Value input = r.map(ScalarFn.TANH, r.plus(loop.sequence(x),
                r.contract("bh", "hk", "bk", h, loop.capture(v))));
        Value cell = r.plus(r.times(forget, c), r.times(r.minus(r.fullLike(forget, 1), forget), input));
        loop.next(c, cell);
        loop.next(h, r.times(forget, r.map(ScalarFn.TANH, cell)));
        loop.build();
        return s.sample(STEPS, loop.last(h), loop.last(c));
    }

    /** Carries that change places. */
    private static Sample swap() {
        LoopSamples s = new LoopSamples("swapped carries");
        Value x = s.input("x");
        Value y = s.input("y");
        Value z = s.input("z");
        LoopBuilder loop = s.counted(3, false);
        Value f = loop.carry(x);
        Value g = loop.carry(y);
        Value steady = loop.carry(z);
        Builder r = loop.body();
        loop.next(f, g);
        loop.next(g, r.times(f, r.times(g, steady)));
        loop.next(steady, steady);
        loop.stack(f);
        loop.build();
        return s.sample(3, loop.last(f), loop.last(g), loop.last(steady), loop.stackOf(f));
    }

    /** Newton's method for the square root, while the counter is below a number. */
    private static Sample newton(int trips) {
        LoopSamples s = new LoopSamples("while loop " + trips);
        Value a = s.b.plus(s.b.times(s.input("a"), 0.1), s.b.scalar(DType.FLOAT64, 2));
        Value start = s.b.plus(s.input("start"), s.b.scalar(DType.FLOAT64, 3));
        Value most = s.integer("most", trips);
        LoopBuilder loop = new LoopBuilder(s.b, Trips.whileTrue(),
                List.of(s.b.map(ScalarFn.LT, s.b.scalar(DType.INT64, 0), most)));
        Value h = loop.carry(start);
        Builder r = loop.body();
        loop.next(h, r.times(r.plus(h, r.div(loop.capture(a), h)), 0.5));
        loop.goesOn(r.map(ScalarFn.LT, r.plus(loop.index(), r.scalar(DType.INT64, 1)), loop.capture(most)));
        loop.build();
        return s.sample(trips, loop.last(h), loop.count());
    }

    /** A scan over a sequence that ends after its third step. */
    private static Sample until(boolean reverse) {
        LoopSamples s = new LoopSamples("until" + (reverse ? ", down" : ""));
        Value x = s.input("x", STEPS + 1);
        Value h0 = s.input("h0");
        Trips trips = new Trips(Optional.of(Dim.of(STEPS + 1)), false, true, reverse);
        LoopBuilder loop = new LoopBuilder(s.b, trips, List.of(s.b.scalar(DType.BOOL, 1)));
        Value h = loop.carry(h0);
        Value n = loop.carry(s.b.scalar(DType.INT64, 0));
        Builder r = loop.body();
        Value next = r.map(ScalarFn.SIN, r.times(r.plus(h, r.scalar(DType.FLOAT64, 2)), loop.sequence(x)));
        loop.next(h, next);
        loop.next(n, r.plus(n, r.scalar(DType.INT64, 1)));
        loop.stack(next);
        loop.stack(r.times(h, loop.sequence(x)));
        loop.goesOn(r.map(ScalarFn.LT, n, r.scalar(DType.INT64, 2)));
        loop.build();
        Sample sample = s.sample(3, loop.last(h), loop.stackOf(next), s.b.project(loop.last(h).operand(0), 3));
        return reverse ? sample.withSpareLoop() : sample;
    }

    /** A scan down from a limit that ends before its last step. */
    private static Sample untilDownFromLimit() {
        LoopSamples s = new LoopSamples("until, down from 3");
        Value x = s.input("x", STEPS + 1, 2);
        Value h0 = s.input("h0", 2);
        Trips trips = new Trips(Optional.of(Dim.of(STEPS + 1)), true, true, true);
        LoopBuilder loop = new LoopBuilder(s.b, trips,
                List.of(s.integer("most", 3), s.b.scalar(DType.BOOL, 1)));
        Value h = loop.carry(h0);
        Builder r = loop.body();
        Value next = r.map(ScalarFn.SIN, r.times(h, loop.sequence(x)));
        loop.next(h, next);
        loop.stack(r.times(next, r.broadcast(r.convert(loop.index(), DType.FLOAT64), next.shape())));
        loop.goesOn(r.map(ScalarFn.GT, loop.index(), r.scalar(DType.INT64, 0)));
        loop.build();
        return s.sample(3, loop.last(h), s.b.project(loop.last(h).operand(0), 1)).withSpareLoop();
    }

    /** A scan with a limit. */
    private static Sample limited(boolean reverse, int limit) {
        LoopSamples s = new LoopSamples("limited" + (reverse ? ", down " : " ") + limit);
        Value x = s.input("x", STEPS + 1, 2);
        Value h0 = s.input("h0", 2);
        Value most = s.integer("most", limit);
        Trips trips = new Trips(Optional.of(Dim.of(STEPS + 1)), true, false, reverse);
        LoopBuilder loop = new LoopBuilder(s.b, trips, List.of(most));
        Value h = loop.carry(h0);
        Builder r = loop.body();
        Value next = r.map(ScalarFn.SIN, r.times(h, loop.sequence(x)));
        loop.next(h, next);
        loop.stack(next);
        loop.stack(r.times(h, loop.sequence(x)));
        loop.build();
        return s.sample(limit, loop.last(h), loop.stackOf(next), s.b.project(loop.last(h).operand(0), 2));
    }

    /** tanh(a h), a number of times that is not known. */
    private static Value repeated(Builder r, Value start, Value factor, Value most) {
        LoopBuilder loop = new LoopBuilder(r, Trips.whileTrue(),
                List.of(r.map(ScalarFn.LT, r.scalar(DType.INT64, 0), most)));
        Value h = loop.carry(start);
        Builder q = loop.body();
        loop.next(h, q.map(ScalarFn.TANH, q.times(h, loop.capture(factor))));
        loop.goesOn(q.map(ScalarFn.LT, q.plus(loop.index(), q.scalar(DType.INT64, 1)), loop.capture(most)));
        loop.build();
        return loop.last(h);
    }

    private static Sample whileInLoop() {
        LoopSamples s = new LoopSamples("while in loop");
        Value x = s.input("x", STEPS);
        Value most = s.integer("most", 2);
        LoopBuilder loop = s.counted(STEPS, false);
        Value h = loop.carry(s.b.scalar(DType.FLOAT64, 0.7));
        Builder r = loop.body();
        loop.next(h, repeated(r, h, loop.sequence(x), loop.capture(most)));
        loop.build();
        return s.sample(2, loop.last(h)).withSpareLoop();
    }

    private static Sample whileInBranch() {
        LoopSamples s = new LoopSamples("while in branch");
        Value x = s.input("x");
        Value y = s.input("y");
        Value most = s.integer("most", 2);
        List<TensorType> types = List.of(SCALAR, SCALAR, new TensorType(DType.INT64, Shape.SCALAR));
        Region loop = Region.of(types, (r, p) -> List.of(repeated(r, p.get(0), p.get(1), p.get(2))));
        Region product = Region.of(types, (r, p) -> List.of(r.times(p.get(0), p.get(1))));
        Value branch = s.b.add(new Branch(List.of(product, loop)), s.integer("number", 1), x, y, most);
        return s.sample(2, s.b.project(branch, 0)).withSpareLoop();
    }

    /** A loop stacks tapes, two others take them apart. */
    private static Sample tapes() {
        LoopSamples s = new LoopSamples("tapes");
        Value x = s.input("x");
        Value a = s.input("a");
        Value most = s.integer("most", 3);
        LoopBuilder up = new LoopBuilder(s.b, Trips.whileTrue(),
                List.of(s.b.map(ScalarFn.LT, s.b.scalar(DType.INT64, 0), most)));
        Value h = up.carry(x);
        Builder r = up.body();
        Value next = r.map(ScalarFn.SIN, r.times(h, up.capture(a)));
        up.next(h, next);
        up.stack(next);
        up.goesOn(r.map(ScalarFn.LT, r.plus(up.index(), r.scalar(DType.INT64, 1)), up.capture(most)));
        up.build();
        List<Value> results = new ArrayList<>();
        for (boolean reverse : new boolean[] {true, false}) {
            LoopBuilder down = new LoopBuilder(s.b, new Trips(Optional.empty(), true, false, reverse),
                    List.of(up.count()));
            Value g = down.carry(a);
            Builder q = down.body();
            down.next(g, q.times(q.plus(g, down.sequence(up.stackOf(next))),
                    down.sequence(up.stackOf(next))));
            down.build();
            results.add(down.last(g));
        }
        return s.sample(3, results.toArray(Value[]::new)).withSpareLoop();
    }
}
