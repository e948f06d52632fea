package dev.sinter.plan;

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
import dev.sinter.tensor.CompilerBug;

/** How the planner treats an op. */
enum Category {
    /** Its elements lie in a buffer that no step of the plan computes. */
    SOURCE,
    /** A scalar function of its operands at the same element. */
    ELEMENTWISE,
    /** Its element is computed from the index alone, or the same everywhere. */
    GENERATOR,
    /** Its element is an operand's element elsewhere. */
    ACCESS,
    /** The same memory under another shape. */
    VIEW,
    REDUCE,
    CONTRACT,
    /** Written piece by piece. */
    ASSEMBLE,
    /** A step on its own. */
    HOST,
    /** Not a tensor once states and tokens are resolved. */
    NONE;

    static Category of(Value value) {
        return switch (value.op()) {
            case Parameter parameter -> SOURCE;
            case RunNumber run -> SOURCE;
            case Read read -> SOURCE;
            case Project project -> SOURCE;
            case Constant constant -> Constants.splat(constant.array()).isPresent() ? GENERATOR : SOURCE;
            case Map map -> ELEMENTWISE;
            case Convert convert -> ELEMENTWISE;
            case Bitcast bitcast -> ELEMENTWISE;
            case CheckIndex check -> ELEMENTWISE;
            case Iota iota -> GENERATOR;
            case DimSize size -> GENERATOR;
            case RandomBits bits -> GENERATOR;
            case Broadcast broadcast -> ACCESS;
            case Transpose transpose -> ACCESS;
            case Reverse reverse -> ACCESS;
            case Slice slice -> ACCESS;
            case Windows windows -> ACCESS;
            case DynamicSlice slice -> ACCESS;
            case Gather gather -> ACCESS;
            case Reshape reshape -> Accesses.isAffine(value) ? ACCESS : VIEW;
            case Reduce reduce -> REDUCE;
            case Contract contract -> CONTRACT;
            case Concat concat -> ASSEMBLE;
            case Pad pad -> ASSEMBLE;
            case DynamicUpdateSlice update -> ASSEMBLE;
            case Scatter scatter -> ASSEMBLE;
            case Recurrence recurrence -> ASSEMBLE;
            case HostCall call -> HOST;
            case Loop loop -> HOST;
            case DefineSize size -> HOST;
            case Branch branch -> HOST;
            case Call call -> throw new CompilerBug(value + " is not inlined");
            case InitialState state -> NONE;
            case Assign assign -> NONE;
            case After after -> NONE;
            case Join join -> NONE;
            case StopGradient stop -> NONE;
            case CustomGradient custom -> NONE;
            case Tuple tuple -> NONE;
        };
    }

    /** Whether an element can be computed wherever it is needed. */
    boolean canInline() {
        return this == ELEMENTWISE || this == GENERATOR || this == ACCESS;
    }
}
