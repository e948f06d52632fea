package dev.sinter.runtime;

import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import java.util.Optional;

/** What compiles and runs functions of the tensor IR. Used by several threads at once. */
public interface Engine extends AutoCloseable {
    /** The name that users choose it by: {@code eval}. */
    String name();

    /** Memory for one variable, without a value. */
    Storage storage(TensorType type);

    /**
     * Compiles a function. It takes its parameters in their order: a {@code Parameter} from an input, an
     * {@code InitialState} from a storage, a {@code RunNumber} from the run. A result that is a state is the
     * new value of the variable of its type; one that is a token is an effect that must happen.
     *
     * @param timed whether invocations note how long their parts take, which slows them down
     */
    Executable compile(Function function, boolean timed);

    /** What runs of a function take; no code is made. Nothing where the engine plans no memory. */
    Optional<MemoryNeed> memory(Function function);

    /** How many times a function was compiled. */
    int compilations();

    /** Frees what the engine holds; nothing made by it is used afterwards. */
    @Override
    void close();
}
