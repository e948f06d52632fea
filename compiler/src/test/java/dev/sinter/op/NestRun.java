package dev.sinter.op;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.Interpreter;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Parser;
import dev.sinter.kernel.Printer;
import dev.sinter.kernel.Term;
import dev.sinter.kernel.Verifier;
import dev.sinter.kernel.schedule.Scheduled;
import dev.sinter.kernel.schedule.Scheduler;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Philox;
import dev.sinter.tensor.Rounding;
import dev.sinter.tensor.Symbol;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** A nest with values for its buffers, computed point by point and by its scheduled kernels. */
public final class NestRun {
    public static final Target WIDE = new Target("wide", 64, 32, 48 << 10, 1 << 20, 2);
    public static final Target NARROW = new Target("narrow", 16, 16, 32 << 10, 256 << 10, 2);
    /** So small caches that most sums of products are cut. */
    public static final Target SMALL = new Target("small", 64, 32, 2 << 10, 16 << 10, 2);

    private final Nest nest;
    private final List<Buffer> buffers;
    private final ToLongFunction<Symbol> symbols;
    /** The bits of each buffer's elements, row-major. */
    private final List<long[]> values;

    public NestRun(Nest nest, List<Buffer> buffers, List<long[]> values, ToLongFunction<Symbol> symbols) {
        this.nest = nest;
        this.buffers = buffers;
        this.values = values;
        this.symbols = symbols;
    }

    private int size(Dim dim) {
        return Math.toIntExact(dim.evaluate(symbols));
    }

    /** All buffers after the nest, computed point by point. */
    public List<long[]> expected() {
        List<long[]> after = values.stream().map(long[]::clone).toList();
        int domain = nest.domain().size();
        int[] extents = new int[nest.axisCount()];
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] = size(axis < domain ? nest.domain().get(axis) : nest.reduced().get(axis - domain));
        }
        int[] at = new int[extents.length];
        points(extents, 0, domain, at, () -> {
            long[] reduced = new long[nest.reductions().size()];
            for (int i = 0; i < reduced.length; i++) {
                Nest.Reduction reduction = nest.reductions().get(i);
                DType dtype = nest.terms().get(reduction.term()).dtype();
                long[] partial = {start(reduction, dtype)};
                points(extents, domain, extents.length, at,
                        () -> partial[0] = scalar(reduction.fn().combiner(), dtype,
                        dtype, partial[0], terms(at, reduction.term(), new long[0])[reduction.term()], 0));
                reduced[i] = partial[0];
            }
            for (Nest.Output output : nest.outputs()) {
                long value = terms(at, output.term(), reduced)[output.term()];
                after.get(output.buffer())[place(output.buffer(), output.map(), at)] = value;
            }
        });
        return after;
    }

    private static void points(int[] extents, int axis, int end, int[] at, Runnable body) {
        if (axis == end) {
            body.run();
            return;
        }
        for (int i = 0; i < extents[axis]; i++) {
            at[axis] = i;
            points(extents, axis + 1, end, at, body);
        }
    }

    private static long start(Nest.Reduction reduction, DType dtype) {
        double first = switch (reduction.fn()) {
            case SUM, ANY -> 0;
            case PROD, ALL -> 1;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        };
        return dtype == DType.INT32 ? (int) first : dtype == DType.INT64 ? (long) first : bits(dtype, first);
    }

    private int place(int buffer, IndexMap map, int[] at) {
        long place = 0;
        for (int axis = 0; axis < map.coordinates().size(); axis++) {
            IndexMap.Coordinate coordinate = map.coordinates().get(axis);
            long index = size(coordinate.constant());
            for (int i = 0; i < coordinate.coefficients().size(); i++) {
                index += size(coordinate.coefficients().get(i)) * (long) at[i];
            }
            if (coordinate.indirect().isPresent()) {
                Nest.Input input = nest.inputs().get(coordinate.indirect().get().input());
                long value = values.get(input.buffer())[place(input.buffer(), input.map(), at)];
                index += Math.clamp(value, 0, size(coordinate.indirect().get().limit()));
            }
            long extent = size(buffers.get(buffer).type().shape().dim(axis));
            if (index < 0 || index >= extent) {
                throw new IllegalStateException("index " + index + " of " + extent);
            }
            place = place * extent + index;
        }
        return (int) place;
    }

    private long[] terms(int[] at, int wanted, long[] reduced) {
        boolean[] used = new boolean[wanted + 1];
        used[wanted] = true;
        for (int i = wanted; i >= 0; i--) {
            if (used[i]) {
                switch (nest.terms().get(i)) {
                    case Term.Apply apply -> apply.arguments().forEach(argument -> used[argument] = true);
                    case Term.Cast cast -> used[cast.argument()] = true;
                    case Term.Bits bits -> used[bits.argument()] = true;
                    case Term.Check check -> {
                        used[check.index()] = true;
                        used[check.position()] = true;
                    }
                    case Term.Random random -> {
                        used[random.index()] = true;
                        used[random.run()] = true;
                    }
                    default -> {}
                }
            }
        }
        long[] result = new long[wanted + 1];
        for (int i = 0; i <= wanted; i++) {
            if (used[i]) {
                result[i] = term(nest.terms().get(i), at, result, reduced);
            }
        }
        return result;
    }

    private long term(Term term, int[] at, long[] known, long[] reduced) {
        return switch (term) {
            case Term.Element(int input, var dtype) -> {
                Nest.Input in = nest.inputs().get(input);
                yield values.get(in.buffer())[place(in.buffer(), in.map(), at)];
            }
            case Term.Position(int axis) -> at[axis];
            case Term.Literal literal -> literal.dtype().isFloat() && literal.dtype() != DType.FLOAT64
                    ? literal.bits() & 0xffffffffL : literal.bits();
            case Term.Size(Dim dim) -> size(dim);
            case Term.Apply(var fn, var dtype, var arguments) -> {
                long x = known[arguments.getFirst()];
                long y = known[arguments.get(Math.min(1, arguments.size() - 1))];
                long z = known[arguments.getLast()];
                DType last = nest.terms().get(arguments.getLast()).dtype();
                yield scalar(fn, last, dtype, fn == ScalarFn.SELECT && last.isFloat() ? bits(last, x) : x, y,
                        z);
            }
            case Term.Check check -> known[check.index()];
            case Term.Bits(DType dtype, int argument) -> {
                DType from = nest.terms().get(argument).dtype();
                long word = !from.isHalf() ? known[argument]
                        : Rounding.halfBits(from, Float.intBitsToFloat((int) known[argument]));
                yield dtype.isHalf() ? Float.floatToRawIntBits(Rounding.halfFloat(dtype, (short) word)) & 0xffffffffL
                        : dtype == DType.FLOAT32 ? word & 0xffffffffL
                        : dtype.isFloat() ? word : dtype.wrap(word);
            }
            case Term.Cast(DType dtype, int argument) -> {
                DType from = nest.terms().get(argument).dtype();
                if (from.isFloat()) {
                    yield bits(dtype, floating(from, known[argument]));
                }
                long value = known[argument];
                yield dtype.isFloat() ? bits(dtype, Rounding.toFloat(dtype, from, value)) : dtype.wrap(value);
            }
            case Term.Random r ->
                    Philox.word(known[r.index()], known[r.run()], r.graphSeed(), r.opSeed(), r.word());
            case Term.Reduced(int reduction, var dtype) -> reduced[reduction];
        };
    }

    private static long scalar(ScalarFn fn, DType operands, DType result, long x, long y, long z) {
        if (operands.isFloat()) {
            double value = fn.onFloats(floating(operands, x), floating(operands, y), floating(operands, z));
            return bits(result, value);
        }
        long value = fn.onIntegers(operands, x, y, z);
        return result.wrap(value);
    }

    /** The value of a float's bits, those of a half float as a float32. */
    public static double floating(DType dtype, long bits) {
        return dtype == DType.FLOAT64 ? Double.longBitsToDouble(bits) : Float.intBitsToFloat((int) bits);
    }

    /** The bits of a number in a dtype, rounded. */
    public static long bits(DType dtype, double value) {
        return switch (dtype) {
            case FLOAT16, BFLOAT16, FLOAT32 ->
                    Float.floatToRawIntBits((float) Rounding.toFloat(dtype, value)) & 0xffffffffL;
            case FLOAT64 -> Double.doubleToRawLongBits(value);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> Rounding.toInteger(dtype, value);
        };
    }

    /** All buffers after the scheduled kernels; each kernel is verified and read back from its text. */
    public List<long[]> scheduled(Target target) {
        return scheduled(target, 0);
    }

    /** The same, for kernels that end with a {@code Failure}'s code. */
    public List<long[]> scheduled(Target target, int failure) {
        Scheduled scheduled = Scheduler.INSTANCE.schedule(nest, buffers, target);
        List<Buffer> all = new ArrayList<>(buffers);
        all.addAll(scheduled.temporaries());
        List<MemorySegment> memory = new ArrayList<>();
        int code = 0;
        try (Arena arena = Arena.ofConfined()) {
            for (Buffer buffer : all) {
                MemorySegment segment = arena.allocate(Math.max(1, buffer.bytes().evaluate(symbols)), 64)
                        .asSlice(0, buffer.bytes().evaluate(symbols));
                if (buffer.id() < values.size()) {
                    long[] elements = values.get(buffer.id());
                    for (int i = 0; i < elements.length; i++) {
                        write(segment, buffer.type().dtype(), offset(buffer, i), elements[i]);
                    }
                } else {
                    segment.fill((byte) 0x5a);
                }
                memory.add(segment);
            }
            for (Scheduled.Launch launch : scheduled.launches()) {
                Kernel kernel = launch.kernel();
                Verifier.verify(kernel);
                if (!Parser.parse(Printer.print(kernel)).equals(kernel)) {
                    throw new AssertionError("the text does not give the same kernel:\n"
                            + Printer.print(kernel));
                }
                int result = new Interpreter(kernel).run(launch.buffers().stream().map(memory::get).toList(),
                        dim -> dim.evaluate(symbols));
                code = code == 0 ? result : code;
            }
            if (code != failure) {
                throw new AssertionError("the kernels end with " + code);
            }
            List<long[]> after = new ArrayList<>();
            for (int id = 0; id < values.size(); id++) {
                Buffer buffer = buffers.get(id);
                long[] elements = new long[values.get(id).length];
                for (int i = 0; i < elements.length; i++) {
                    elements[i] = read(memory.get(id), buffer.type().dtype(), offset(buffer, i));
                }
                after.add(elements);
            }
            return after;
        }
    }

    /** The text of the kernels, for messages. */
    public String text(Target target) {
        StringBuilder text = new StringBuilder(nest + "\n" + buffers + "\n");
        Scheduler.INSTANCE.schedule(nest, buffers, target).launches()
                .forEach(launch -> text.append(Printer.print(launch.kernel())));
        return text.toString();
    }

    private long offset(Buffer buffer, int element) {
        if (!(buffer.layout() instanceof Layout.Panels(int width))) {
            return element;
        }
        int rank = buffer.type().rank();
        long rows = size(buffer.type().shape().dim(rank - 2));
        long columns = size(buffer.type().shape().dim(rank - 1));
        long column = element % columns;
        long row = element / columns % rows;
        long matrix = element / columns / rows;
        long panels = (columns + width - 1) / width;
        return ((matrix * panels + column / width) * rows + row) * width + column % width;
    }

    private static void write(MemorySegment segment, DType dtype, long offset, long bits) {
        long word = dtype.isHalf() ? Rounding.halfBits(dtype, floating(dtype, bits)) : bits;
        switch (dtype.bytes()) {
            case 1 -> segment.set(ValueLayout.JAVA_BYTE, offset, (byte) word);
            case 2 -> segment.setAtIndex(ValueLayout.JAVA_SHORT, offset, (short) word);
            case 4 -> segment.setAtIndex(ValueLayout.JAVA_INT, offset, (int) word);
            default -> segment.setAtIndex(ValueLayout.JAVA_LONG, offset, word);
        }
    }

    private static long read(MemorySegment segment, DType dtype, long offset) {
        long word = switch (dtype.bytes()) {
            case 1 -> segment.get(ValueLayout.JAVA_BYTE, offset);
            case 2 -> segment.getAtIndex(ValueLayout.JAVA_SHORT, offset);
            case 4 -> segment.getAtIndex(ValueLayout.JAVA_INT, offset);
            default -> segment.getAtIndex(ValueLayout.JAVA_LONG, offset);
        };
        return dtype.isHalf() ? bits(dtype, Rounding.halfFloat(dtype, (short) word))
                : dtype == DType.FLOAT32 ? word & 0xffffffffL : dtype.isFloat() ? word : dtype.wrap(word);
    }
}
