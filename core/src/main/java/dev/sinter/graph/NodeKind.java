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
}
