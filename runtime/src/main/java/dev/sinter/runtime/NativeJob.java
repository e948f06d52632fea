package dev.sinter.runtime;

import dev.sinter.ir.Function;
import dev.sinter.pass.Optimized;

/**
 * What is compiled.
 *
 * @param source    what was asked for; its places are those that messages name
 * @param optimized after the passes; it may have further states as its last parameters
 * @param timed     whether runs note how long their steps take
 */
record NativeJob(Function source, Optimized optimized, boolean timed) {
    /** What invocations are given and give. */
    Function function() {
        return optimized.function();
    }

    /** Whether nothing that was asked for is done elsewhere. */
    boolean isWhole() {
        return source.parameters().size() == function().parameters().size();
    }
}
