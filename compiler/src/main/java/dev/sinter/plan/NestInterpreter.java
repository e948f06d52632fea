package dev.sinter.plan;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Philox;
import dev.sinter.tensor.Rounding;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.SymbolBindings;
import java.util.List;

/**
 * Computes a nest point by point. Floats are computed in double precision and rounded once an op; sums and
 * products of a reduction stay in double precision until it ends, and so do the products of a contraction.
 */
final class NestInterpreter {
    private final Nest nest;
    private final List<NDArray> memory;
    private final SymbolBindings symbols;
    private final long[] domain;
    private final long[] reduced;
    private final long[] at;
    private final double[] floats;
    private final long[] integers;
    private final boolean[] written;
    private final double[] foldedFloats;
    private final long[] foldedIntegers;

    NestInterpreter(Nest nest, List<NDArray> memory, SymbolBindings symbols) {
        this.nest = nest;
        this.memory = memory;
        this.symbols = symbols;
        this.domain = symbols.evaluate(new Shape(nest.domain()));
        this.reduced = symbols.evaluate(new Shape(nest.reduced()));
        this.at = new long[nest.axisCount()];
        this.floats = new double[nest.terms().size()];
        this.integers = new long[nest.terms().size()];
        this.written = writtenTerms();
        this.foldedFloats = new double[nest.reductions().size()];
        this.foldedIntegers = new long[nest.reductions().size()];
    }

    void run() {
        boolean[] folded = foldedTerms();
        long points = count(domain);
        for (long point = 0; point < points; point++) {
            spread(point, domain, 0);
            reduce(folded);
            for (int axis = domain.length; axis < at.length; axis++) {
                at[axis] = 0;
            }
            for (int i = 0; i < nest.terms().size(); i++) {
                if (written[i]) {
                    compute(i);
                }
            }
            for (Nest.Output output : nest.outputs()) {
                store(output);
            }
        }
    }

    /** The terms that reductions fold, with all that they are computed from. */
    private boolean[] foldedTerms() {
        boolean[] used = new boolean[nest.terms().size()];
        nest.reductions().forEach(reduction -> used[reduction.term()] = true);
        return closed(used);
    }

    /** The terms that are stored, with all that they are computed from at the point of the domain. */
    private boolean[] writtenTerms() {
        boolean[] used = new boolean[nest.terms().size()];
        nest.outputs().forEach(output -> used[output.term()] = true);
        return closed(used);
    }

    private boolean[] closed(boolean[] used) {
        for (int i = used.length - 1; i >= 0; i--) {
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
                    case Term.Element _, Term.Position _, Term.Literal _, Term.Size _, Term.Reduced _ -> { }
                }
            }
        }
        return used;
    }

    private void reduce(boolean[] folded) {
        for (int i = 0; i < nest.reductions().size(); i++) {
            ReduceFn fn = nest.reductions().get(i).fn();
            DType dtype = nest.terms().get(nest.reductions().get(i).term()).dtype();
            foldedFloats[i] = switch (fn) {
                case SUM, ALL, ANY -> 0;
                case PROD -> 1;
                case MAX -> Double.NEGATIVE_INFINITY;
                case MIN -> Double.POSITIVE_INFINITY;
            };
            foldedIntegers[i] = switch (fn) {
                case SUM, ANY -> 0;
                case PROD, ALL -> 1;
                case MAX -> dtype.isFloat() ? 0 : dtype.least();
                case MIN -> dtype.isFloat() ? 0 : dtype.greatest();
            };
        }
        long count = nest.reductions().isEmpty() ? 0 : count(reduced);
        for (long point = 0; point < count; point++) {
            spread(point, reduced, domain.length);
            for (int i = 0; i < folded.length; i++) {
                if (folded[i]) {
                    compute(i);
                }
            }
            for (int i = 0; i < nest.reductions().size(); i++) {
                fold(i);
            }
        }
    }

    private void fold(int number) {
        Nest.Reduction reduction = nest.reductions().get(number);
        Term term = nest.terms().get(reduction.term());
        ScalarFn combiner = reduction.fn().combiner();
        if (term.dtype().isFloat()) {
            boolean product = term instanceof Term.Apply apply && apply.fn() == ScalarFn.MUL
                    && reduction.fn() == ReduceFn.SUM && nest.reductions().size() == 1;
            double summand = product ? exactProduct((Term.Apply) term) : floats[reduction.term()];
            foldedFloats[number] = combiner.onFloats(foldedFloats[number], summand, 0);
        } else {
            foldedIntegers[number] = combiner.onIntegers(term.dtype(), foldedIntegers[number],
                    integers[reduction.term()], 0);
        }
    }

    private double exactProduct(Term.Apply apply) {
        boolean elements = apply.arguments().stream().allMatch(i -> nest.terms().get(i) instanceof Term.Element);
        double product = floats[apply.arguments().get(0)] * floats[apply.arguments().get(1)];
        boolean contraction = elements && !apply.arguments().get(0).equals(apply.arguments().get(1));
        return contraction ? product : round(apply.dtype(), product);
    }

    private void compute(int number) {
        switch (nest.terms().get(number)) {
            case Term.Element element -> load(number, element);
            case Term.Position position -> integers[number] = at[position.axis()];
            case Term.Literal literal -> literal(number, literal);
            case Term.Size size -> integers[number] = symbols.evaluate(size.dim());
            case Term.Apply apply -> apply(number, apply);
            case Term.Cast cast -> cast(number, cast);
            case Term.Bits bits -> bits(number, bits);
            case Term.Check check -> check(number, check);
            case Term.Random random -> integers[number] = Philox.word(integers[random.index()],
                    integers[random.run()], random.graphSeed(), random.opSeed(), random.word());
            case Term.Reduced reduced -> {
                floats[number] = round(reduced.dtype(), foldedFloats[reduced.reduction()]);
                integers[number] = wrap(reduced.dtype(), foldedIntegers[reduced.reduction()]);
            }
        }
    }

    private void load(int number, Term.Element element) {
        Nest.Input input = nest.inputs().get(element.input());
        NDArray array = memory.get(input.buffer());
        long index = index(input.map(), array);
        if (array.dtype().isFloat()) {
            floats[number] = array.getDouble(index);
        } else {
            integers[number] = array.getLong(index);
        }
    }

    private void check(int number, Term.Check check) {
        long index = integers[check.index()];
        if (index < 0 || index >= symbols.evaluate(check.size())) {
            throw new GraphException("index " + index + " at element " + integers[check.position()]
                    + " lies outside of an axis of size " + symbols.evaluate(check.size()));
        }
        integers[number] = index;
    }

    private void literal(int number, Term.Literal literal) {
        switch (literal.dtype()) {
            case FLOAT16, BFLOAT16, FLOAT32 -> floats[number] = Float.intBitsToFloat((int) literal.bits());
            case FLOAT64 -> floats[number] = Double.longBitsToDouble(literal.bits());
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> integers[number] = literal.bits();
        }
    }

    private void apply(int number, Term.Apply apply) {
        List<Integer> arguments = apply.arguments();
        int x = arguments.getFirst();
        int y = arguments.get(Math.min(1, arguments.size() - 1));
        int z = arguments.getLast();
        DType operand = nest.terms().get(z).dtype();
        if (apply.fn() == ScalarFn.SELECT) {
            floats[number] = integers[x] != 0 ? floats[y] : floats[z];
            integers[number] = integers[x] != 0 ? integers[y] : integers[z];
        } else if (operand.isFloat()) {
            double value = apply.fn().onFloats(floats[x], floats[y], floats[z]);
            floats[number] = round(apply.dtype(), value);
            integers[number] = apply.dtype() == DType.BOOL && value != 0 ? 1 : 0;
        } else {
            long value = apply.fn().onIntegers(operand, integers[x], integers[y], integers[z]);
            integers[number] = wrap(apply.dtype(), value);
        }
    }

    private void cast(int number, Term.Cast cast) {
        DType source = nest.terms().get(cast.argument()).dtype();
        double x = floats[cast.argument()];
        long n = integers[cast.argument()];
        if (cast.dtype().isFloat()) {
            floats[number] = source.isFloat() ? Rounding.toFloat(cast.dtype(), x)
                    : Rounding.toFloat(cast.dtype(), source, n);
        } else {
            integers[number] = source.isFloat() ? Rounding.toInteger(cast.dtype(), x) : cast.dtype().wrap(n);
        }
    }

    private void bits(int number, Term.Bits bits) {
        DType source = nest.terms().get(bits.argument()).dtype();
        double x = floats[bits.argument()];
        long word = switch (source) {
            case FLOAT16, BFLOAT16 -> Rounding.halfBits(source, x);
            case FLOAT32 -> Float.floatToRawIntBits((float) x);
            case FLOAT64 -> Double.doubleToRawLongBits(x);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> integers[bits.argument()];
        };
        switch (bits.dtype()) {
            case FLOAT16, BFLOAT16 -> floats[number] = Rounding.halfFloat(bits.dtype(), (short) word);
            case FLOAT32 -> floats[number] = Float.intBitsToFloat((int) word);
            case FLOAT64 -> floats[number] = Double.longBitsToDouble(word);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                    integers[number] = bits.dtype().wrap(word);
        }
    }

    private void store(Nest.Output output) {
        NDArray array = memory.get(output.buffer());
        long index = index(output.map(), array);
        if (array.dtype().isFloat()) {
            array.setDouble(index, floats[output.term()]);
        } else {
            array.setLong(index, integers[output.term()]);
        }
    }

    private long index(IndexMap map, NDArray array) {
        List<Dim> sizes = array.shape().dims();
        List<Dim> strides = Layout.RowMajor.strides(array.shape());
        long index = 0;
        for (int axis = 0; axis < sizes.size(); axis++) {
            long coordinate = coordinate(map.coordinates().get(axis));
            if (coordinate < 0 || coordinate >= sizes.get(axis).constant()) {
                throw new CompilerBug(nest.name() + " accesses " + coordinate + " along axis " + axis + " of "
                        + array.shape());
            }
            index += coordinate * strides.get(axis).constant();
        }
        return index;
    }

    private long coordinate(Coordinate coordinate) {
        long value = symbols.evaluate(coordinate.constant());
        for (int axis = 0; axis < at.length; axis++) {
            value += symbols.evaluate(coordinate.coefficients().get(axis)) * at[axis];
        }
        if (coordinate.indirect().isPresent()) {
            IndexMap.Indirect indirect = coordinate.indirect().get();
            Nest.Input starts = nest.inputs().get(indirect.input());
            NDArray array = memory.get(starts.buffer());
            long start = array.getLong(index(starts.map(), array));
            value += Math.clamp(start, 0, symbols.evaluate(indirect.limit()));
        }
        return value;
    }

    private static double round(DType dtype, double value) {
        return dtype.isFloat() ? Rounding.toFloat(dtype, value) : value;
    }

    private static long wrap(DType dtype, long value) {
        return dtype.isFloat() ? value : dtype.wrap(value);
    }

    private void spread(long index, long[] sizes, int first) {
        long rest = index;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            at[first + axis] = rest % sizes[axis];
            rest /= sizes[axis];
        }
    }

    private static long count(long[] sizes) {
        long count = 1;
        for (long size : sizes) {
            count *= size;
        }
        return count;
    }
}
