package dev.sinter.pass;

import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
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
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Optional;

/** What is known before the run. The interpreter computes it: it defines every op. */
final class ConstantRules {
    /** The most elements of a folded constant: larger ones are cheaper to compute than to store and read. */
    private static final long MOST_ELEMENTS = 1024;

    static final List<Rule> ALL = List.of(
            rule("dim_size of a known size -> constant").on(op(DimSize.class))
                    .when(m -> ((DimSize) m.root().op()).dim().isConstant())
                    .to((m, b) -> integer(b, ((DimSize) m.root().op()).dim().constant())),
            rule("op(constants) -> constant").on(op(Op.class))
                    .when(m -> isFolded(m.root().op()) && hasSmallConstants(m.root()) || isReordered(m.root()))
                    .toMaybe(ConstantRules::computed));

    private ConstantRules() {}

    private static Value integer(Builder b, long value) {
        NDArray array = NDArray.zeros(DType.INT64);
        array.setLong(0, value);
        return b.constant(array);
    }

    /**
     * Whether an op computes a tensor from tensors alone. Repetition and counting are cheaper than a
     * constant.
     */
    private static boolean isFolded(Op op) {
        return switch (op) {
            case Map _, Convert _, Bitcast _, Reshape _, Transpose _, Reverse _, Slice _, Windows _, DynamicSlice _,
                    DynamicUpdateSlice _, Gather _, Scatter _, Recurrence _, Pad _, Concat _, Reduce _,
                    Contract _ -> true;
            case CheckIndex check -> check.size().isConstant();
            case Broadcast _, Iota _, Constant _, DimSize _, DefineSize _, RandomBits _, Parameter _, InitialState _,
                    RunNumber _, Read _, Assign _, After _, Join _, StopGradient _, CustomGradient _,
                    HostCall _, Loop _, Branch _, Call _, Tuple _, Project _ -> false;
        };
    }

    private static boolean hasSmallConstants(Value value) {
        return isSmall(value) && value.operands().stream()
                .allMatch(operand -> operand.op() instanceof Constant && isSmall(operand));
    }

    /** Whether a value is a constant in another order of axes, which takes as much memory as the one before. */
    private static boolean isReordered(Value value) {
        return value.op() instanceof Transpose && value.operand(0).op() instanceof Constant;
    }

    private static boolean isSmall(Value value) {
        return value.shape().isStatic() && value.shape().elementCount().constant() <= MOST_ELEMENTS;
    }

    /** The constant; empty where computing it fails, which is left to the run. */
    private static Optional<Value> computed(Match m, Builder b) {
        Builder alone = new Builder();
        List<Value> constants = m.root().operands().stream().map(operand -> alone.add(operand.op())).toList();
        Value result = alone.add(m.root().op(), constants);
        try {
            Function function = new Function("fold", List.of(), List.of(result), alone.locations());
            return Optional.of(b.constant(Interpreter.run(function, List.of()).getFirst()));
        } catch (GraphException fails) {
            return Optional.empty();
        }
    }
}
