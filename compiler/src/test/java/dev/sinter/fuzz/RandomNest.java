package dev.sinter.fuzz;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.op.NestRun;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Nests of random shape whose values are small integers, so that every order of summation gives the same. */
final class RandomNest {
    private static final long[] SIZES = {1, 1, 2, 3, 5, 7, 8, 15, 16, 17, 20, 33, 64, 100, 130};
    private static final List<ScalarFn> BINARY =
            List.of(ScalarFn.ADD, ScalarFn.SUB, ScalarFn.MAX, ScalarFn.MIN);
    private static final List<ScalarFn> COMPARISONS =
            List.of(ScalarFn.EQ, ScalarFn.NE, ScalarFn.LT, ScalarFn.LE,
            ScalarFn.GT, ScalarFn.GE);

    private final Random random;
    private final Map<Symbol, Long> symbols = new HashMap<>();
    private final List<Dim> domain = new ArrayList<>();
    private final List<Dim> reduced = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<long[]> values = new ArrayList<>();
    private final List<Nest.Input> inputs = new ArrayList<>();
    private final List<Term> terms = new ArrayList<>();
    private long points = 1;

    private RandomNest(long seed) {
        this.random = new Random(seed);
    }

    static NestRun of(long seed) {
        return new RandomNest(seed).make();
    }

    private NestRun make() {
        axes(domain, random.nextInt(4));
        if (random.nextBoolean()) {
            axes(reduced, 1 + random.nextInt(2));
        }
        int axisCount = domain.size() + reduced.size();
        int inputCount = 1 + random.nextInt(3);
        for (int i = 0; i < inputCount; i++) {
            input(axisCount);
        }
        List<Integer> inner = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            inner.add(add(new Term.Element(i, dtype(inputs.get(i).buffer()))));
        }
        if (axisCount > 0 && random.nextInt(3) == 0) {
            inner.add(add(new Term.Position(random.nextInt(axisCount))));
        }
        grow(inner, 1 + random.nextInt(4));
        List<Nest.Reduction> reductions = new ArrayList<>();
        List<Integer> outer = inner;
        if (!reduced.isEmpty()) {
            outer = new ArrayList<>();
            for (int i = random.nextInt(2); i >= 0; i--) {
                int term = inner.get(inner.size() - 1 - random.nextInt(inner.size()));
                reductions.add(new Nest.Reduction(fn(terms.get(term).dtype()), term));
                outer.add(add(new Term.Reduced(reductions.size() - 1, terms.get(term).dtype())));
            }
            if (random.nextBoolean()) {
                inputOver(domain.size(), axisCount);
                outer.add(add(new Term.Element(inputs.size() - 1, dtype(inputs.getLast().buffer()))));
            }
            grow(outer, random.nextInt(3));
        }
        List<Nest.Output> outputs = new ArrayList<>();
        for (int i = random.nextInt(2); i >= 0; i--) {
            outputs.add(output(outer.get(outer.size() - 1 - random.nextInt(Math.min(2, outer.size())))));
        }
        Nest nest = new Nest("fuzz", domain, reduced, inputs, terms, reductions, outputs);
        return new NestRun(nest, buffers, values, symbols::get);
    }

    private ReduceFn fn(DType dtype) {
        if (dtype == DType.BOOL) {
            return random.nextBoolean() ? ReduceFn.ALL : ReduceFn.ANY;
        }
        return List.of(ReduceFn.SUM, ReduceFn.SUM, ReduceFn.MAX, ReduceFn.MIN).get(random.nextInt(4));
    }

    private void axes(List<Dim> dims, int count) {
        for (int i = 0; i < count; i++) {
            long size = random.nextInt(40) == 0 ? 0 : SIZES[random.nextInt(SIZES.length)];
            if (size > 1 && random.nextInt(40) == 0 && points < 20) {
                size *= 400;
            }
            size = Math.min(size, Math.max(1, 40_000 / Math.max(1, points)));
            points *= size;
            if (random.nextInt(3) == 0) {
                Symbol symbol = new Symbol("s" + symbols.size());
                symbols.put(symbol, size);
                dims.add(Dim.ofSymbol(symbol));
            } else {
                dims.add(Dim.of(size));
            }
        }
    }

    private long size(Dim dim) {
        return dim.evaluate(symbols::get);
    }

    private DType dtype(int buffer) {
        return buffers.get(buffer).type().dtype();
    }

    private int add(Term term) {
        terms.add(term);
        return terms.size() - 1;
    }

    private DType anyDtype() {
        return random.nextInt(3) > 0 ? DType.FLOAT32 : DType.values()[random.nextInt(DType.values().length)];
    }

    private void input(int axisCount) {
        inputOver(axisCount, axisCount);
    }

    /** An input that is read along some of the first axes, in any order, with offsets and strides. */
    private void inputOver(int usable, int axisCount) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < usable; axis++) {
            if (random.nextInt(4) > 0) {
                axes.add(axis);
            }
        }
        if (random.nextInt(3) == 0) {
            Collections.shuffle(axes, random);
        }
        boolean plain = random.nextBoolean();
        List<Dim> dims = new ArrayList<>();
        List<Coordinate> coordinates = new ArrayList<>();
        for (int axis : axes) {
            Dim extent = axis < domain.size() ? domain.get(axis) : reduced.get(axis - domain.size());
            long coefficient = plain ? 1 : List.of(1, 1, 2, -1).get(random.nextInt(4));
            long shift = plain ? 0 : random.nextInt(3);
            Dim constant = coefficient > 0 ? Dim.of(shift) : extent.minus(1).plus(shift);
            List<Dim> coefficients = new ArrayList<>(Collections.nCopies(axisCount, Dim.ZERO));
            coefficients.set(axis, Dim.of(coefficient));
            Dim size = plain ? extent : extent.times(Math.abs(coefficient)).plus(shift + random.nextInt(2));
            coordinates.add(new Coordinate(constant, coefficients, Optional.empty()));
            dims.add(size);
        }
        if (!plain && !coordinates.isEmpty() && random.nextInt(3) == 0 && coordinates.getFirst().constant()
                .isConstant()) {
            long start = random.nextInt(9) - 2;
            buffers.add(new Buffer(buffers.size(), "start", new TensorType(DType.INT64, Shape.SCALAR),
                    Layout.ROW_MAJOR,
                    new Buffer.Role.Temporary()));
            values.add(new long[] {start});
            inputs.add(new Nest.Input(buffers.size() - 1, new IndexMap(List.of())));
            terms.add(new Term.Element(inputs.size() - 1, DType.INT64));
            Coordinate first = coordinates.getFirst();
            coordinates.set(0, new Coordinate(first.constant(), first.coefficients(),
                    Optional.of(new IndexMap.Indirect(inputs.size() - 1, Dim.of(4)))));
            dims.set(0, dims.getFirst().plus(4));
        }
        Buffer buffer = buffer("in", anyDtype(), dims);
        long[] elements = values.get(buffer.id());
        for (int i = 0; i < elements.length; i++) {
            elements[i] = NestRun.bits(buffer.type().dtype(), random.nextInt(9) - 4);
        }
        inputs.add(new Nest.Input(buffer.id(), new IndexMap(coordinates)));
    }

    private Buffer buffer(String name, DType dtype, List<Dim> dims) {
        Layout layout = dims.size() >= 2 && random.nextInt(4) == 0
                ? new Layout.Panels(List.of(16, 32, 48, 64).get(random.nextInt(4))) : Layout.ROW_MAJOR;
        Buffer buffer = new Buffer(buffers.size(), name + buffers.size(),
                new TensorType(dtype, new Shape(dims)), layout,
                new Buffer.Role.Temporary());
        buffers.add(buffer);
        values.add(new long[Math.toIntExact(size(buffer.type().shape().elementCount()))]);
        return buffer;
    }

    private Nest.Output output(int term) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < domain.size(); axis++) {
            axes.add(axis);
        }
        if (random.nextInt(5) == 0) {
            Collections.shuffle(axes, random);
        }
        boolean plain = random.nextInt(4) > 0;
        List<Dim> dims = new ArrayList<>();
        List<Coordinate> coordinates = new ArrayList<>();
        for (int axis : axes) {
            long coefficient = plain ? 1 : 1 + random.nextInt(2);
            long shift = plain ? 0 : random.nextInt(3);
            List<Dim> coefficients = new ArrayList<>(Collections.nCopies(domain.size(), Dim.ZERO));
            coefficients.set(axis, Dim.of(coefficient));
            coordinates.add(new Coordinate(Dim.of(shift), coefficients, Optional.empty()));
            dims.add(plain ? domain.get(axis) : domain.get(axis).times(coefficient).plus(shift));
        }
        Buffer buffer = buffer("out", terms.get(term).dtype(), dims);
        return new Nest.Output(buffer.id(), new IndexMap(coordinates), term);
    }

    /** Adds operations on the values so far. */
    private void grow(List<Integer> from, int count) {
        for (int i = 0; i < count; i++) {
            int x = from.get(random.nextInt(from.size()));
            int y = from.get(random.nextInt(from.size()));
            DType dtype = terms.get(x).dtype();
            if (terms.get(y).dtype() != dtype) {
                y = add(new Term.Cast(dtype, y));
            }
            if (random.nextInt(5) == 0) {
                y = add(new Term.Literal(dtype, NestRun.bits(dtype, random.nextInt(5) - 2)));
            }
            if (dtype == DType.BOOL) {
                from.add(add(new Term.Apply(List.of(ScalarFn.AND, ScalarFn.OR, ScalarFn.XOR, ScalarFn.LT).get(
                        random.nextInt(4)), DType.BOOL, List.of(x, y))));
            } else if (random.nextInt(5) == 0) {
                int test = add(new Term.Apply(COMPARISONS.get(random.nextInt(COMPARISONS.size())), DType.BOOL,
                        List.of(x, y)));
                from.add(random.nextBoolean() ? test
                        : add(new Term.Apply(ScalarFn.SELECT, dtype, List.of(test, y, x))));
            } else if (i == 0 && random.nextBoolean()) {
                from.add(add(new Term.Apply(ScalarFn.MUL, dtype, List.of(x, y))));
            } else {
                from.add(add(new Term.Apply(BINARY.get(random.nextInt(BINARY.size())), dtype,
                        List.of(x, y))));
            }
        }
    }
}
