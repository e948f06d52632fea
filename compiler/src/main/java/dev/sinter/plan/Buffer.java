package dev.sinter.plan;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Layout;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;

/**
 * A piece of memory that a run uses.
 *
 * @param id     its number, the position in the plan's list
 * @param name   for texts
 * @param type   what it holds
 * @param layout how it lies in memory
 * @param role   where the memory comes from
 */
public record Buffer(int id, String name, TensorType type, Layout layout, Role role) {
    /** Where a buffer's memory comes from. */
    public sealed interface Role {
        /** Fed by the caller: a parameter of the function. */
        record Input(int parameter) implements Role {}

        /** The value of a variable when the run starts. */
        record State(String variable) implements Role {}

        /** The next value of a variable: memory of its own that becomes the variable's at the commit, or the
         * memory of {@code State} itself where it is updated in place. */
        record NextState(String variable, boolean inPlace) implements Role {}

        /** A result for the caller: an entry of the function's results. */
        record Output(int result) implements Role {}

        /** Memory of the arena for the duration of some steps. */
        record Temporary() implements Role {}

        /** A constant, written once when the program is compiled, in the buffer's layout. */
        record Constant(NDArray value) implements Role {}

        /** The same memory as another buffer's under another shape; both are row-major. */
        record View(int of) implements Role {}

        /**
         * Elements of the buffer's type, as many as a loop without a known length makes: memory in pieces that
         * the run asks for as it goes.
         */
        record Tape() implements Role {}

        /** The element of another buffer, or tape, that the loop around is at. */
        record Row(int of) implements Role {}

        /** What an iteration of the loop around gets from the one before, or gives to the next. */
        record Carried() implements Role {}

        /** The index of the loop around, an {@code int64} scalar in memory of the thread. */
        record Counter() implements Role {}

        /** The number of committed runs, an {@code int64} scalar given by the session. */
        record RunNumber() implements Role {}
    }

    /** The length in elements, padding included. */
    public Dim storage() {
        return layout.storage(type.shape());
    }

    /** The length in bytes. */
    public Dim bytes() {
        return storage().times(type.dtype().bytes());
    }
}
