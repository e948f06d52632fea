package dev.sinter.pass;

import dev.sinter.ir.Function;

/** A whole-graph transformation. It has no state; whether it changed anything is found out by comparison. */
public interface Pass {
    /** A verb: {@code simplify}. */
    String name();

    /** Why the pipeline runs it at this point, in a sentence. */
    String reason();

    /** A function that computes the same results from the same parameters. */
    Function run(Function function, PassContext context);
}
