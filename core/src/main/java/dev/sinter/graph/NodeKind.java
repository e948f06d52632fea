package dev.sinter.graph;

import dev.sinter.op.Op;

/** What a node does. */
sealed interface NodeKind {
    /** An op of the tensor IR on the operands. */
    record Primitive(Op op) implements NodeKind {}

    /** What a caller feeds; where there is an operand, it is the value in a run that feeds nothing. */
    record Placeholder() implements NodeKind {}

    /** The value of a variable after the assigns that the control inputs imply. */
    record Read(Variable variable) implements NodeKind {}

    /** The write of a variable; the operand is the new value, which is also the node's value. */
    record Assign(Variable variable) implements NodeKind {}

    /** The operand under another name. */
    record Identity() implements NodeKind {}

    /** Nothing but its control inputs. */
    record Group() implements NodeKind {}

    /** What a body is given: an index, an element, a carry, an argument. */
    record BodyInput(String what) implements NodeKind {}

    /**
     * The number that tells the random ops of one iteration or call from those of another; see
     * {@link Streams}.
     *
     * @param ahead of which iteration of the body, counted from the current one
     * @param salt  which of the streams that are derived from it; 0 means itself
     */
    record Stream(int ahead, long salt) implements NodeKind {}
}
