package dev.sinter.unit;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** Java code that hands on what it is given, of which nothing else is known. It has no gradient and equals no other. */
public final class PassingFunction implements HostFunction {
    private final String name;
    private final boolean hasEffect;

    /** A function without an effect. */
    public PassingFunction(String name) {
        this(name, false);
    }

    public PassingFunction(String name, boolean hasEffect) {
        this.name = name;
        this.hasEffect = hasEffect;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean hasEffect() {
        return hasEffect;
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        return operands;
    }

    @Override
    public List<NDArray> call(List<NDArray> operands) {
        return operands;
    }
}
