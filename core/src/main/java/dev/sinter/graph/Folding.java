package dev.sinter.graph;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
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
import dev.sinter.op.Map;
import dev.sinter.op.Op;
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
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.op.Windows;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The interpreter's results of single ops on arrays, as long as there are not too many elements to compute. */
final class Folding {
    /** What an op within a region counts as at least: each takes a while, however small it is. */
    private static final long LEAST_WITHIN = 256;

    private final long work;
    private long left;

    /** @param work the most elements that are computed, or visited by sums, by all ops together */
    Folding(long work) {
        this.work = work;
        this.left = work;
    }

    /** Whether an op was not computed because the limit would have been exceeded. */
    boolean isSpent() {
        return left < 0;
    }

    /** How many elements were computed or visited. */
    long spent() {
        return work - Math.max(0, left);
    }

    /** Whether the same operands always give the same result, and nothing else happens. */
    static boolean isPure(Op op) {
        return switch (op) {
            case Constant _, Iota _, DimSize _, Map _, Convert _, Bitcast _, Broadcast _, Reshape _, Transpose _,
                    Reverse _, Slice _, Windows _, DynamicSlice _, DynamicUpdateSlice _, Gather _, Scatter _,
                    CheckIndex _, Recurrence _, Pad _, Concat _, Reduce _, Contract _, After _, StopGradient _,
                    CustomGradient _, Project _ -> true;
            case Loop _, Branch _, Call _ -> op.regions().stream().allMatch(Folding::isPure);
            case Parameter _, InitialState _, RunNumber _, RandomBits _, Read _, Assign _, Join _, DefineSize _,
                    HostCall _, Tuple _ -> false;
        };
    }

    private static boolean isPure(Region region) {
        return region.function().values().stream().allMatch(value -> value.op() instanceof Parameter
                || isPure(value.op()));
    }

    /**
     * How many elements an op computes, or visits where it sums; of an op with regions the most that a value within
     * does. It is the greatest number where a size is not known.
     */
    static long work(Op op, Type type, List<Type> operands) {
        long inside = op.regions().stream().flatMap(region -> region.function().values().stream())
                .mapToLong(value -> work(value.op(), value.type(), value.operands().stream().map(Value::type).toList()))
                .max().orElse(0);
        return Math.max(inside, switch (op) {
            case Constant _, Parameter _, StopGradient _, CustomGradient _, After _, Project _ -> 0;
            case Reduce _ -> count(operands.getFirst());
            case Contract contract -> count(visited(contract, operands));
            default -> count(type);
        });
    }

    private static TensorType visited(Contract contract, List<Type> operands) {
        TensorType x = (TensorType) operands.get(0);
        TensorType y = (TensorType) operands.get(1);
        Stream<Dim> others = IntStream.range(0, y.rank()).filter(axis -> contract.lhs().indexOf(contract.rhs()
                .charAt(axis)) < 0).mapToObj(y.shape()::dim);
        return x.withShape(new Shape(Stream.concat(x.shape().dims().stream(), others).toList()));
    }

    private static long count(Type type) {
        return switch (type) {
            case TensorType tensor -> count(tensor.shape());
            case TupleType tuple -> tuple.elements().stream().mapToLong(Folding::count).max().orElse(0);
            case Type.StateType _, Type.TokenType _, Type.TapeType _ -> Long.MAX_VALUE;
        };
    }

    private static long count(Shape shape) {
        try {
            return shape.elementCount().asConstant().orElse(Long.MAX_VALUE);
        } catch (GraphException overflow) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * The result of an op, or the elements of a tuple; nothing where a run would fail, or where it takes too long.
     *
     * @param op an op whose sizes are all known
     */
    Optional<List<NDArray>> results(Op op, Type type, List<NDArray> arrays) {
        Builder builder = new Builder();
        List<Value> parameters = new ArrayList<>();
        for (NDArray array : arrays) {
            parameters.add(builder.add(new Parameter("p" + parameters.size(),
                    new TensorType(array.dtype(), Shape.shape(array.sizes())))));
        }
        try {
            Value result = builder.add(op, parameters);
            List<Value> results = type instanceof TupleType tuple ? IntStream.range(0, tuple.elements().size())
                    .mapToObj(index -> builder.project(result, index)).toList() : List.of(result);
            long work = work(op, type, parameters.stream().map(Value::type).toList());
            long within = op.regions().isEmpty() ? 0 : Math.max(LEAST_WITHIN, work);
            spend(Math.max(1, work));
            Function function = new Function("static", parameters, results, builder.locations());
            return Optional.of(Interpreter.run(function, arrays, () -> spend(within)));
        } catch (GraphException fails) {
            return Optional.empty();
        }
    }

    private void spend(long work) {
        left = work > left ? -1 : left - work;
        if (isSpent()) {
            throw new GraphException("too much to compute before a run");
        }
    }
}
