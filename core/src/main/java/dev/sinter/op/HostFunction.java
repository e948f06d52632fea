package dev.sinter.op;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.NDArray;
import java.util.List;

/**
 * Java code that a graph calls while it runs: the one open kind of op. It is called on the thread that runs
 * the session and must not call that session.
 */
public interface HostFunction {
    /** The name that messages and texts show. */
    String name();

    /** The types of the results for operands of these types. Wrong operands are a {@code GraphException}. */
    List<TensorType> infer(List<TensorType> operands);

    /** The results. The operands are valid until this method returns and must not be changed. */
    List<NDArray> call(List<NDArray> operands) throws Exception;

    /** Whether a call is kept even where no result of it is used. Effects run once a run, in token order. */
    default boolean hasEffect() {
        return false;
    }

    /** How gradients flow; {@code self} is the tuple of the results, {@code gradient} the tuple of theirs. */
    default Derivative derivative() {
        return new Derivative.NotDifferentiable("the host function " + name() + " gives no gradient");
    }
}
