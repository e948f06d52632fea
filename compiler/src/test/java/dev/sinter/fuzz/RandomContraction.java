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
import java.util.Random;

/**
 * Contractions of random shapes, transposes, layouts and epilogues, in loops and elsewhere. Values are small
 * integers, so that every order of summation gives the same.
 */
final class RandomContraction {
    private static final long[] SIZES = {1, 2, 3, 5, 7, 8, 13, 16, 17, 25, 31, 33, 48, 64, 70, 100, 113, 130, 200};

    private static final int MOST_AXES = 8;

    private final Random random;
    private final Map<Symbol, Long> symbols = new HashMap<>();
    private final List<Dim> extents = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<long[]> values = new ArrayList<>();
    private final List<Nest.Input> inputs = new ArrayList<>();
    private final List<Term> terms = new ArrayList<>();
    private final DType dtype;
    private long points = 1;

    private RandomContraction(long seed) {
        this.random = new Random(seed);
        this.dtype = random.nextInt(6) == 0 ? DType.FLOAT64 : random.nextInt(12) == 0 ? DType.INT32 : DType.FLOAT32;
    }

    private RandomContraction(DType dtype) {
        this.random = new Random(0);
        this.dtype = dtype;
    }

    static NestRun of(long seed) {
        return new RandomContraction(seed).make();
    }

    /**
     * A product of known sizes in a loop, whose rows a thread has for itself.
     *
     * @param left of the left operand, whose rows are the columns of what lies in panels
     */
    static NestRun inLoop(long rows, long depth, long columns, Layout left) {
        RandomContraction product = new RandomContraction(DType.FLOAT32);
        product.extents.addAll(List.of(Dim.of(rows), Dim.of(columns), Dim.of(depth)));
        boolean isTurned = left instanceof Layout.Panels;
        product.element(isTurned ? List.of(2, 0) : List.of(0, 2));
        product.element(List.of(2, 1));
        product.terms.add(new Term.Apply(ScalarFn.MUL, product.dtype, List.of(0, 1)));
        product.terms.add(new Term.Reduced(0, product.dtype));
        int out = product.buffer(List.of(0, 1), "out").id();
        product.buffers.replaceAll(buffer -> new Buffer(buffer.id(), buffer.name(), buffer.type(),
                buffer.id() == 0 ? left : Layout.ROW_MAJOR,
                buffer.id() == out ? new Buffer.Role.Carried() : new Buffer.Role.Temporary()));
        return product.run(2, List.of(new Nest.Output(out, product.map(List.of(0, 1)), 3)));
    }

    private NestRun make() {
        List<Integer> batch = axes(random.nextInt(4) == 0 ? 1 : 0, 5);
        List<Integer> rows = axes(count(), 200);
        List<Integer> columns = axes(count(), 200);
        int domainCount = extents.size();
        List<Integer> summed = axes(random.nextInt(6) == 0 ? 2 : 1, 100);
        List<Integer> domain = new ArrayList<>(batch);
        domain.addAll(rows);
        domain.addAll(columns);
        boolean any = random.nextInt(4) == 0;
        if (any) {
            Collections.shuffle(domain, random);
        }
        element(shuffled(batch, rows, summed));
        element(shuffled(batch, summed, columns));
        terms.add(new Term.Apply(ScalarFn.MUL, dtype, random.nextBoolean() ? List.of(0, 1) : List.of(1, 0)));
        terms.add(new Term.Reduced(0, dtype));
        int result = 3;
        List<Nest.Output> outputs = new ArrayList<>();
        switch (random.nextInt(6)) {
            case 0 -> {
                result = apply(ScalarFn.ADD, result, element(columns));
                terms.add(new Term.Literal(dtype, 0));
                result = apply(ScalarFn.MAX, result, terms.size() - 1);
            }
            case 1 -> result = apply(ScalarFn.SUB, element(domain), result);
            case 2 -> {
                int updated = element(domain);
                int buffer = buffers.size() - 1;
                result = apply(ScalarFn.SUB, updated, apply(ScalarFn.MUL, element(List.of()), result));
                outputs.add(new Nest.Output(buffer, inputs.get(inputs.size() - 2).map(), result));
            }
            case 3 -> {
                int sum = apply(ScalarFn.ADD, element(rows), result);
                outputs.add(new Nest.Output(buffer(domain, "second").id(), map(domain), result));
                result = sum;
            }
            default -> { }
        }
        if (outputs.isEmpty() || outputs.getFirst().term() != result) {
            outputs.addFirst(new Nest.Output(buffer(domain, "out").id(), map(domain), result));
        }
        return run(domainCount, outputs);
    }

    private NestRun run(int domainCount, List<Nest.Output> outputs) {
        List<Nest.Output> cut = outputs.stream()
                .map(out -> new Nest.Output(out.buffer(), over(out.map(), domainCount), out.term())).toList();
        Nest nest = new Nest("contraction", extents.subList(0, domainCount),
                extents.subList(domainCount, extents.size()), inputs.stream().map(input ->
                        new Nest.Input(input.buffer(), over(input.map(), extents.size()))).toList(), terms,
                List.of(new Nest.Reduction(ReduceFn.SUM, 2)), cut);
        return new NestRun(nest, buffers, values, symbols::get);
    }

    private int count() {
        return random.nextInt(8) == 0 ? 0 : random.nextInt(6) == 0 ? 2 : 1;
    }

    /** The map with a coefficient for each of the first axes. */
    private static IndexMap over(IndexMap map, int axisCount) {
        return new IndexMap(map.coordinates().stream().map(c ->
                new Coordinate(c.constant(), c.coefficients().subList(0, axisCount), c.indirect())).toList());
    }

    private List<Integer> axes(int count, long most) {
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long size = random.nextInt(40) == 0 ? 0 : SIZES[random.nextInt(SIZES.length)];
            size = Math.min(Math.min(size, most), Math.max(1, 150_000 / Math.max(1, points)));
            points *= Math.max(1, size);
            axes.add(extents.size());
            if (random.nextInt(3) == 0) {
                Symbol symbol = new Symbol("s" + symbols.size());
                symbols.put(symbol, size);
                extents.add(Dim.ofSymbol(symbol));
            } else {
                extents.add(Dim.of(size));
            }
        }
        return axes;
    }

    @SafeVarargs
    private List<Integer> shuffled(List<Integer>... parts) {
        List<Integer> axes = new ArrayList<>();
        for (List<Integer> part : parts) {
            axes.addAll(part);
        }
        if (random.nextInt(3) == 0) {
            Collections.shuffle(axes, random);
        }
        return axes;
    }

    private IndexMap map(List<Integer> axes) {
        return new IndexMap(axes.stream().map(axis -> Coordinate.axis(axis, MOST_AXES)).toList());
    }

    private int element(List<Integer> axes) {
        Buffer buffer = buffer(axes, "in");
        inputs.add(new Nest.Input(buffer.id(), map(axes)));
        terms.add(new Term.Element(inputs.size() - 1, dtype));
        return terms.size() - 1;
    }

    private int apply(ScalarFn fn, int x, int y) {
        terms.add(new Term.Apply(fn, dtype, List.of(x, y)));
        return terms.size() - 1;
    }

    private Buffer buffer(List<Integer> axes, String name) {
        Layout layout = axes.size() >= 2 && random.nextInt(3) == 0
                ? new Layout.Panels(List.of(16, 32, 48, 64, 112).get(random.nextInt(5))) : Layout.ROW_MAJOR;
        Shape shape = new Shape(axes.stream().map(extents::get).toList());
        Buffer.Role role = random.nextInt(4) == 0 ? new Buffer.Role.Carried() : new Buffer.Role.Temporary();
        Buffer buffer = new Buffer(buffers.size(), name + buffers.size(), new TensorType(dtype, shape), layout, role);
        buffers.add(buffer);
        long[] elements = new long[Math.toIntExact(shape.elementCount().evaluate(symbols::get))];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = NestRun.bits(dtype, random.nextInt(9) - 4);
        }
        values.add(elements);
        return buffer;
    }
}
