package dev.sinter.pass;

import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Branch;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Call;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.Loop;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Between which bounds the elements of integer tensors lie, as far as constants, sizes and the arithmetic on them say.
 * What a loop carries is within bounds that hold before it and that its body keeps.
 */
final class IntegerRanges {
    /** Bounds, both included. */
    record Range(long least, long most) {
        /** What any integer of a dtype lies between. */
        static Range of(DType dtype) {
            return dtype == DType.UINT64 || dtype.isFloat() ? new Range(Long.MIN_VALUE, Long.MAX_VALUE)
                    : new Range(dtype.least(), dtype.greatest());
        }

        /** What the indices of an axis lie between. */
        static Range ofIndices(Dim size) {
            return new Range(0, size.isConstant() ? Math.max(0, size.constant() - 1) : Long.MAX_VALUE);
        }

        boolean isInside(Range other) {
            return least >= other.least && most <= other.most;
        }

        Range or(Range other) {
            return new Range(Math.min(least, other.least), Math.max(most, other.most));
        }
    }

    /** How often a loop's body is looked at, before what still grows counts as any integer. */
    private static final int MOST_VISITS = 16;

    private final Map<Value, Range> known = new HashMap<>();
    private final Map<Value, List<Range>> parameters = new HashMap<>();
    private final Map<Value, List<Range>> results = new HashMap<>();

    private IntegerRanges() {}

    /** The ranges of all values of a function whose parameters may be anything. */
    static IntegerRanges of(Function function) {
        return of(function, function.parameters().stream().map(IntegerRanges::any).toList());
    }

    /** The ranges of all values of a function whose parameters lie within some. */
    static IntegerRanges of(Function function, List<Range> given) {
        IntegerRanges ranges = new IntegerRanges();
        for (int i = 0; i < given.size(); i++) {
            ranges.known.put(function.parameters().get(i), given.get(i));
        }
        for (Value value : function.values()) {
            if (value.op() instanceof Loop loop) {
                ranges.note(value, loop);
            } else if (value.isTensor()) {
                ranges.known.putIfAbsent(value, ranges.find(value));
            }
        }
        return ranges;
    }

    /** The bounds of a value. */
    Range of(Value value) {
        return known.getOrDefault(value, any(value));
    }

    /** The bounds of the parameters of a loop's body. */
    List<Range> ofParameters(Value loop) {
        return parameters.get(loop);
    }

    private static Range any(Value value) {
        return value.type() instanceof TensorType type ? Range.of(type.dtype()) : Range.of(DType.INT64);
    }

    private Range operand(Value value, int position) {
        return of(value.operand(position));
    }

    private Range find(Value value) {
        return switch (value.op()) {
            case Constant constant -> ofElements(constant.array());
            case Iota iota when value.dtype() == DType.INT64 || value.dtype() == DType.INT32 ->
                    within(value, Range.ofIndices(value.shape().dim(iota.axis())));
            case DimSize size -> size.dim().isConstant() ? new Range(size.dim().constant(), size.dim().constant())
                    : new Range(0, Long.MAX_VALUE);
            case dev.sinter.op.Map map -> ofFunction(map.fn(), value);
            case Convert _ -> value.operand(0).dtype().isFloat() || value.operand(0).dtype() == DType.UINT64
                    ? any(value) : within(value, operand(value, 0));
            case CheckIndex check -> {
                Range inside = Range.ofIndices(check.size());
                Range range = operand(value, 0);
                yield new Range(Math.clamp(range.least(), inside.least(), inside.most()),
                        Math.clamp(range.most(), inside.least(), inside.most()));
            }
            case Broadcast _, Reshape _, Transpose _, Reverse _, Slice _, DynamicSlice _, Gather _, After _,
                    StopGradient _ -> operand(value, 0);
            case DynamicUpdateSlice _, Pad _ -> operand(value, 0).or(operand(value, 1));
            case Concat _ -> value.operands().stream().map(this::of).reduce(Range::or).orElseThrow();
            case Project(int index) when results.containsKey(value.operand(0))
                    && index < results.get(value.operand(0)).size() -> results.get(value.operand(0)).get(index);
            case Iota _, Bitcast _, Windows _, Scatter _, Recurrence _, Reduce _, Contract _, DefineSize _,
                    RandomBits _, Parameter _, InitialState _, RunNumber _, Read _, Assign _, Join _,
                    CustomGradient _, HostCall _, Loop _, Branch _, Call _, Tuple _, Project _ -> any(value);
        };
    }

    /** The bounds of a constant; those of its dtype where it holds floats, or integers too short for most axes. */
    private static Range ofElements(NDArray array) {
        DType dtype = array.dtype();
        if (dtype.isFloat() || dtype.bits() < 32 || dtype == DType.UINT64 || array.elementCount() == 0) {
            return Range.of(dtype);
        }
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (long i = 0; i < array.elementCount(); i++) {
            long element = array.getLong(i);
            least = Math.min(least, element);
            most = Math.max(most, element);
        }
        return new Range(least, most);
    }

    /** A range where all of its integers are of the value's dtype: others would have wrapped or saturated. */
    private static Range within(Value value, Range range) {
        return value.dtype() != DType.UINT64 && range.isInside(any(value)) ? range : any(value);
    }

    private Range ofFunction(ScalarFn fn, Value value) {
        if (value.dtype().isFloat() || value.dtype() == DType.UINT64) {
            return any(value);
        }
        return switch (fn) {
            case ADD -> ofSum(value, operand(value, 0), operand(value, 1));
            case SUB -> ofDifference(value, operand(value, 0), operand(value, 1));
            case MUL -> ofProduct(value, operand(value, 0), operand(value, 1));
            case MIN -> new Range(Math.min(operand(value, 0).least(), operand(value, 1).least()),
                    Math.min(operand(value, 0).most(), operand(value, 1).most()));
            case MAX -> new Range(Math.max(operand(value, 0).least(), operand(value, 1).least()),
                    Math.max(operand(value, 0).most(), operand(value, 1).most()));
            case SELECT -> operand(value, 1).or(operand(value, 2));
            default -> any(value);
        };
    }

    private static Range ofSum(Value value, Range a, Range b) {
        try {
            return within(value, new Range(Math.addExact(a.least(), b.least()), Math.addExact(a.most(), b.most())));
        } catch (ArithmeticException _) {
            return any(value);
        }
    }

    private static Range ofDifference(Value value, Range a, Range b) {
        try {
            return within(value, new Range(Math.subtractExact(a.least(), b.most()),
                    Math.subtractExact(a.most(), b.least())));
        } catch (ArithmeticException _) {
            return any(value);
        }
    }

    private static Range ofProduct(Value value, Range a, Range b) {
        try {
            Range ofLeast = ofEnds(Math.multiplyExact(a.least(), b.least()), Math.multiplyExact(a.least(), b.most()));
            Range ofMost = ofEnds(Math.multiplyExact(a.most(), b.least()), Math.multiplyExact(a.most(), b.most()));
            return within(value, ofLeast.or(ofMost));
        } catch (ArithmeticException _) {
            return any(value);
        }
    }

    private static Range ofEnds(long a, long b) {
        return new Range(Math.min(a, b), Math.max(a, b));
    }

    // --- loops -------------------------------------------------------------------------------------------------

    private void note(Value value, Loop loop) {
        Function body = loop.body().function();
        List<Range> given = new ArrayList<>();
        given.add(Range.ofIndices(loop.trips().length().orElse(Dim.of(Long.MAX_VALUE))));
        for (int i = 1; i < body.parameters().size(); i++) {
            given.add(operand(value, loop.operandOf(i)));
        }
        int first = 1 + loop.sequences();
        IntegerRanges inside = of(body, given);
        for (int visit = 1; grow(given, first, loop.carries(), body, inside, visit); visit++) {
            inside = of(body, given);
        }
        parameters.put(value, List.copyOf(given));
        List<Range> after = new ArrayList<>(given.subList(first, first + loop.carries()));
        for (Value stacked : body.results().subList(loop.carries(), loop.carries() + loop.stacked())) {
            after.add(inside.of(stacked).or(new Range(0, 0)));
        }
        results.put(value, after);
    }

    /** Widens the ranges of carries by what the body makes of them, at last to all integers; whether any has grown. */
    private static boolean grow(List<Range> given, int first, int carries, Function body, IntegerRanges inside,
            int visit) {
        boolean grown = false;
        for (int i = 0; i < carries; i++) {
            Range next = inside.of(body.results().get(i));
            if (!next.isInside(given.get(first + i))) {
                given.set(first + i, visit < MOST_VISITS ? given.get(first + i).or(next)
                        : any(body.parameters().get(first + i)));
                grown = true;
            }
        }
        return grown;
    }
}
