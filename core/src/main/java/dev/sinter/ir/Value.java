package dev.sinter.ir;

import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.Op;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/**
 * A node of the tensor IR: an op applied to operands. Values are immutable and interned by the
 * {@link Builder} that makes them, so that two equal values are one object and equality is identity. An
 * operand's {@link #id} is always smaller than its user's: order of ids is a topological order.
 */
public final class Value {
    private final int id;
    private final Op op;
    private final List<Value> operands;
    private final Type type;
    private final List<Value> sizes;

    Value(int id, Op op, List<Value> operands, Type type, List<Value> sizes) {
        this.id = id;
        this.op = op;
        this.operands = operands;
        this.type = type;
        this.sizes = sizes;
    }

    /** The number of this value within its builder. */
    public int id() {
        return id;
    }

    public Op op() {
        return op;
    }

    public List<Value> operands() {
        return operands;
    }

    public Value operand(int index) {
        return operands.get(index);
    }

    public Type type() {
        return type;
    }

    /**
     * The values that define symbols in this value's type or attributes, which come before it though they are no
     * operands.
     */
    public List<Value> sizes() {
        return sizes;
    }

    /** What comes before this value: its operands and its {@link #sizes}. */
    public List<Value> needs() {
        return sizes.isEmpty() ? operands : Stream.concat(operands.stream(), sizes.stream()).toList();
    }

    public boolean isTensor() {
        return type instanceof Type.TensorType;
    }

    /** The type of a value that is a tensor. */
    public Type.TensorType tensorType() {
        if (type instanceof Type.TensorType tensor) {
            return tensor;
        }
        throw new CompilerBug("%" + id + " is a " + type + ", not a tensor");
    }

    public DType dtype() {
        return tensorType().dtype();
    }

    public Shape shape() {
        return tensorType().shape();
    }

    public int rank() {
        return shape().rank();
    }

    /** Whether this is a constant scalar 0 or its broadcast. */
    public boolean isZero() {
        Value source = this;
        while (source.op instanceof Broadcast) {
            source = source.operand(0);
        }
        return source.op instanceof Constant constant && constant.array().elementCount() == 1
                && constant.array().getDouble(0) == 0;
    }

    /** A short form for messages: {@code %7: f32[2] = reduce{sum, axes=[1]}}. */
    @Override
    public String toString() {
        return "%" + id + ": " + type + " = " + Printer.print(op);
    }
}
