package dev.sinter.llvm;

import dev.sinter.llvm.ffi.ModuleRequest;
import dev.sinter.tensor.CompilerBug;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Compiles LLVM IR text. Every module is verified before anything else touches it, gets the target's
 * attributes on each function, may define what it likes, but calls no intrinsic that is not known to be
 * compiled for the target and refers to nothing outside itself. Opens LLVM when there is something to do.
 * Safe for use by several threads.
 */
public final class LlvmCompiler {

    /**
     * The passes: what generated loops need and no more. Vectors and unrolling are explicit in the text that
     * comes in; LLVM's own vectorizers and unroller undo that care.
     */
    static final String PASSES = "always-inline,globaldce,function(sroa,early-cse<memssa>,"
            + "instcombine<no-verify-fixpoint>,"
            + "simplifycfg,loop-mssa(licm),early-cse<memssa>,simplifycfg)";

    /** The optimisation level of instruction selection. */
    static final int LEVEL = 2;

    private final LazyLibrary library;

    LlvmCompiler(LazyLibrary library) {
        this.library = library;
    }

    /**
     * Compiles a module.
     *
     * @param ir the module as text, without triple, data layout or target attributes
     * @throws CompilerBug if LLVM refuses it, it calls an intrinsic that is not on the list, or the code would
     *     need a symbol from outside
     */
    public ObjectCode compile(String ir, Target target) {
        return LazyLibrary.join(start(ir, target));
    }

    /** Compiles several modules, as many at a time as the machine has processors; results in order. */
    public List<ObjectCode> compileAll(List<String> modules, Target target) {
        List<CompletableFuture<ObjectCode>> started = modules.stream().map(ir -> start(ir, target)).toList();
        return started.stream().map(LazyLibrary::join).toList();
    }

    /** The assembly text of a module. */
    public String assembly(String ir, Target target) {
        return text(ir, target, ModuleRequest.Output.ASSEMBLY);
    }

    /** A module's text after the passes. */
    public String optimised(String ir, Target target) {
        return text(ir, target, ModuleRequest.Output.OPTIMISED_IR);
    }

    private String text(String ir, Target target, ModuleRequest.Output output) {
        return new String(LazyLibrary.join(start(ir, target, output)), StandardCharsets.UTF_8);
    }

    /** Starts to compile a module, and LLVM before it where that is not open; fails as {@link #compile} does. */
    CompletableFuture<ObjectCode> start(String ir, Target target) {
        return start(ir, target, ModuleRequest.Output.OBJECT).thenApply(ObjectCode::of);
    }

    private CompletableFuture<byte[]> start(String ir, Target target, ModuleRequest.Output output) {
        Intrinsics.check(ir, target);
        ModuleRequest request = new ModuleRequest(ir, target.triple(), target.cpu(), target.features(),
                target.vectorBits(), PASSES, LEVEL, output);
        return library.begin().thenCompose(opened -> opened.compile(request));
    }
}
