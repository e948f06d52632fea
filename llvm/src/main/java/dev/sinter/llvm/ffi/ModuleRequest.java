package dev.sinter.llvm.ffi;

import java.util.List;

/**
 * A module to compile.
 *
 * @param ir the module as text, without data layout and triple
 * @param triple LLVM's name of the target system
 * @param cpu LLVM's name of the processor
 * @param features comma-separated features, each with a sign; empty for the processor's own
 * @param vectorBits the widest vector that instructions may use
 * @param passes the pass pipeline in LLVM's notation; empty for none
 * @param level the optimisation level of instruction selection, 0 to 3
 * @param output what to make of it
 */
public record ModuleRequest(String ir, String triple, String cpu, String features, int vectorBits,
        String passes, int level, Output output) {

    /** What the compiler makes of a module. */
    public enum Output {
        /** A relocatable object. */
        OBJECT,
        /** Assembly text. */
        ASSEMBLY,
        /** The module as text after the passes. */
        OPTIMISED_IR
    }

    /** The string attributes that every function of the module gets: names and values in turn. */
    List<String> attributes() {
        String bits = String.valueOf(vectorBits);
        return List.of("target-cpu", cpu, "target-features", features, "prefer-vector-width", bits,
                "min-legal-vector-width", bits, "no-builtins", "");
    }
}
