package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LlvmFailure;
import dev.sinter.llvm.ffi.LlvmLibrary;
import dev.sinter.llvm.ffi.ModuleRequest;
import dev.sinter.tensor.CompilerBug;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Compiles LLVM IR text. Every module is verified before and after anything else touches it, gets the
 * target's attributes on each function, and may define what it likes but refer to nothing outside itself.
 * Safe for use by several threads.
 */
public final class LlvmCompiler {

    /**
     * The passes: what generated loops need and no more. Vectors and unrolling are explicit in the text that
     * comes in; LLVM's own vectorizers and unroller undo that care.
     */
    static final String PASSES = "always-inline,globaldce,function(sroa,early-cse<memssa>,instcombine,"
            + "simplifycfg,loop-mssa(licm),early-cse<memssa>,simplifycfg)";

    private static final int LEVEL = 2;

    private final LlvmLibrary library;

    LlvmCompiler(LlvmLibrary library) {
        this.library = library;
    }

    /**
     * Compiles a module.
     *
     * @param ir the module as text, without triple, data layout or target attributes
     * @throws CompilerBug if LLVM refuses it, or the code would need a symbol from outside
     */
    public ObjectCode compile(String ir, Target target) {
        return ObjectCode.of(run(ir, target, ModuleRequest.Output.OBJECT, PASSES));
    }

    /** Compiles several modules, as many at a time as the machine has processors; results in order. */
    public List<ObjectCode> compileAll(List<String> modules, Target target) {
        List<CompletableFuture<byte[]>> started = new ArrayList<>();
        for (String ir : modules) {
            started.add(start(ir, target, ModuleRequest.Output.OBJECT, PASSES));
        }
        List<ObjectCode> objects = new ArrayList<>();
        for (CompletableFuture<byte[]> future : started) {
            objects.add(ObjectCode.of(join(future)));
        }
        return List.copyOf(objects);
    }

    /** The assembly text of a module. */
    public String assembly(String ir, Target target) {
        return text(run(ir, target, ModuleRequest.Output.ASSEMBLY, PASSES));
    }

    /** A module's text after the passes. */
    public String optimised(String ir, Target target) {
        return text(run(ir, target, ModuleRequest.Output.OPTIMISED_IR, PASSES));
    }

    byte[] run(String ir, Target target, ModuleRequest.Output output, String passes) {
        return join(start(ir, target, output, passes));
    }

    private CompletableFuture<byte[]> start(String ir, Target target, ModuleRequest.Output output,
            String passes) {
        return library.compile(new ModuleRequest(ir, target.triple(), target.cpu(), target.features(),
                target.vectorBits(), passes, LEVEL, output));
    }

    private static byte[] join(CompletableFuture<byte[]> future) {
        try {
            return LlvmLibrary.join(future);
        } catch (LlvmFailure failure) {
            throw new CompilerBug(failure.getMessage(), failure);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
