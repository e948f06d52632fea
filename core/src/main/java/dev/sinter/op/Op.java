package dev.sinter.op;

import dev.sinter.ir.Region;
import dev.sinter.ir.Type;
import java.util.List;

/**
 * A primitive: the attributes of a value of the tensor IR. Everything that users see is one of these or a
 * composition of them. An op is a small immutable record whose equality is that of its attributes; its
 * operands belong to the value.
 */
public sealed interface Op permits Parameter, InitialState, RunNumber, Constant, Iota, DimSize, DefineSize, RandomBits,
        Map, Convert, Bitcast, Broadcast, Reshape, Transpose, Reverse, Slice, Windows, DynamicSlice,
        DynamicUpdateSlice, Gather, Scatter, CheckIndex, Recurrence, Pad, Concat, Reduce, Contract, Read, Assign, After,
        Join, StopGradient, CustomGradient, HostCall, Loop, Branch, Call, Tuple, Project {

    /** The word that texts use: {@code broadcast}. */
    String mnemonic();

    /**
     * The type of the result.
     *
     * @throws dev.sinter.tensor.GraphException where the operands do not fit, naming axis and sizes
     */
    Type infer(List<Type> operands);

    /** The functions that the op carries out as a part of its own. */
    default List<Region> regions() {
        return List.of();
    }

    /** The op with other functions in place of its {@link #regions}. */
    default Op withRegions(List<Region> regions) {
        return this;
    }

    /** How a gradient flows from the result to the operands. */
    Derivative derivative();
}
