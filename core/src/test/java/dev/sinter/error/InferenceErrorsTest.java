package dev.sinter.error;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Combination;
import dev.sinter.op.Assign;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Contract;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.Windows;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operands that do not fit are refused with the op, the axis and the sizes. */
final class InferenceErrorsTest {
    private static final Dim N = Dim.symbol("n");
    private final Builder b = new Builder();
    private final Value x = parameter("x", DType.FLOAT32, Shape.of(N, Dim.of(3)));
    private final Value y = parameter("y", DType.FLOAT32, Shape.shape(3, 4));
    private final Value ints = parameter("i", DType.INT32, Shape.of(N, Dim.of(3)));
    private final Value index = parameter("k", DType.INT64, Shape.SCALAR);

    private Value parameter(String name, DType dtype, Shape shape) {
        return b.add(new Parameter(name, new TensorType(dtype, shape)));
    }

    private void refused(String message, Op op, Value... operands) {
        assertThatThrownBy(() -> b.add(op, operands)).isInstanceOf(GraphException.class).hasMessage(message);
    }

    @Test
    void scalarFunctions() {
        refused("add: shapes differ: operand 0 is f32[n,3], operand 1 is f32[3,4]", new Map(ScalarFn.ADD), x, y);
        refused("add: does not take float32 and int32; cast one to the other", new Map(ScalarFn.ADD), x, ints);
        refused("exp: does not take int32; cast(...) to one of float16, bfloat16, float32,"
                + " float64", new Map(ScalarFn.EXP), ints);
        refused("add: takes 2 operands, not 1", new Map(ScalarFn.ADD), x);
        refused("select: does not take int32 and float32 and float32; the first is bool",
                new Map(ScalarFn.SELECT), ints, x, x);
    }

    @Test
    void movements() {
        refused("broadcast: f32[n,3] axis 1 is 3, which cannot stretch to 4 in [n,4]",
                new Broadcast(Shape.of(N, Dim.of(4)), List.of(0, 1)), x);
        refused("broadcast: the axes [1, 0] do not increase; transpose first",
                new Broadcast(Shape.shape(4, 3), List.of(1, 0)), y);
        refused("reshape: f32[3,4] has 12 elements, [5] has 5", new Reshape(Shape.shape(5)), y);
        refused("transpose: axis 2 is outside of rank 2", new Transpose(List.of(0, 2)), x);
        refused("reverse: axis 1 stands twice in [1, 1]", new Reverse(List.of(1, 1)), x);
        refused("slice: 1:5:1 does not lie in axis 1 of f32[3,4]", new Slice(List.of(Dim.ZERO, Dim.ONE),
                List.of(Dim.of(3), Dim.of(5)), List.of(1L, 1L)), y);
        refused("windows: size 3, stride 0 and dilation 1 of axis 1 must be at least 1",
                new Windows(List.of(new Windows.Window(1, 3, 0, 1))), y);
        refused("windows: axis 0 stands twice in [0, 0]", new Windows(List.of(new Windows.Window(0, 1, 1, 1),
                new Windows.Window(0, 2, 1, 1))), y);
        refused("dynamic_slice: the box [4,1] is larger than f32[3,4] along axis 0",
                new DynamicSlice(Shape.shape(4, 1)), y, index, index);
        refused("dynamic_slice: a start is an int64 scalar, not f32[3,4]",
                new DynamicSlice(Shape.shape(1, 1)), y, index, y);
        refused("gather: the axes [1, 0] must rise from 0, the number of axes of the batch, and there must be one",
                new Gather(List.of(1, 0), 0), y, index, index);
        Value three = parameter("three", DType.INT64, Shape.shape(3));
        refused("gather: the axes [0] must rise from 1, the number of axes of the batch, and there must be one",
                new Gather(List.of(0), 1), y, index);
        refused("gather: indices are int64, not f32[n,3]", new Gather(List.of(0), 0), y, x);
        refused("gather: the indices [3] and [] have different shapes", new Gather(List.of(0, 1), 0), y, three, index);
        refused("gather: the indices [] and the tensor f32[3,4] do not share the first 1 axes",
                new Gather(List.of(1), 1), y, index);
        refused("gather: takes 2 operands, not 3", new Gather(List.of(1), 0), y, three, three);
        refused("scatter: numbers f32[3,4] are written to f32[3,4] at indices [3], not f32[n,3]",
                new Scatter(Combination.ADD, List.of(0), 0), y, x, three);
        refused("recurrence: numbers, of size 1 along axis 1 for the first and otherwise of one type, are needed, not "
                + "[f32[3,4], f32[3,4]]", new Recurrence(Recurrence.Form.MAX, 1), y, y);
        refused("pad: negative padding along axis 1; slice instead", new Pad(List.of(Dim.ZERO, Dim.of(-1)),
                List.of(Dim.ZERO, Dim.ZERO), List.of(0L, 0L)), x, b.scalar(DType.FLOAT32, 0));
        refused("concat: operand 1 is f32[3,4], which does not fit f32[n,3] beside axis 0", new Concat(0), x, y);
        refused("iota: axis 1 is outside of rank 1", new Iota(new TensorType(DType.INT32, Shape.shape(3)), 1));
    }

    @Test
    void sums() {
        refused("reduce: all does not take float32", new Reduce(ReduceFn.ALL, List.of(0)), x);
        refused("reduce: axis 5 is outside of rank 2", new Reduce(ReduceFn.SUM, List.of(5)), x);
        refused("contract: sizes differ: f32[n,3] axis 1 is 3, f32[3,4] axis 1 is 4",
                new Contract("mk", "nk", "mn"), x, y);
        refused("contract: mk,kn->m: the letter n stands in one operand alone; reduce it first",
                new Contract("mk", "kn", "m"), x, y);
        refused("contract: operands of one numeric dtype are needed, not f32[n,3] and i32[n,3]",
                new Contract("mk", "mk", "m"), x, ints);
        refused("contract: mk,kn->mm: the result's letters must be different ones of the operands",
                new Contract("mk", "kn", "mm"), x, y);
    }

    @Test
    void statesAndTuples() {
        Value state = b.add(new InitialState("w", new TensorType(DType.FLOAT32, Shape.shape(2))));
        refused("assign: the variable w holds f32[2], the value is f32[3,4]", new Assign(), state, y);
        refused("read: the operand must be a state, not f32[3,4]", new Read(), y);
        refused("project: f32[3,4] has no element 0", new Project(0), y);
        refused("add: operand 0 must be a tensor, not a " + new StateType("w",
                new TensorType(DType.FLOAT32, Shape.shape(2))), new Map(ScalarFn.ADD), state, state);
        refused("random_bits: word 4 is not one of 0 to 3", new RandomBits(0, 0, 4, Shape.shape(2)), index);
    }
}
