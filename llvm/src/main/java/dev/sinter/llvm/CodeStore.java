package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LlvmFailure;
import dev.sinter.tensor.CompilerBug;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The objects of modules: from the {@link CodeCache} where it has them, else from the {@link LlvmCompiler},
 * whose results are then kept. As long as nothing is missing, LLVM is not opened. Safe for use by several
 * threads.
 */
public final class CodeStore {

    /** Raised whenever the compiler makes something else of the same module and target. */
    private static final int FORMAT = 1;

    private final LlvmCompiler compiler;
    private final CodeCache cache;
    private final String identity;

    /**
     * Makes a store.
     *
     * @param identity what tells the LLVM library from others
     */
    CodeStore(LlvmCompiler compiler, CodeCache cache, String identity) {
        this.compiler = compiler;
        this.cache = cache;
        this.identity = identity;
    }

    /** The cache behind the store. */
    public CodeCache cache() {
        return cache;
    }

    /**
     * The object of a module.
     *
     * @param ir the module as text, without triple, data layout or target attributes
     * @throws CompilerBug if LLVM refuses it, or the code would need a symbol from outside
     */
    public ObjectCode object(String ir, Target target) {
        return LazyLibrary.join(start(ir, target, () -> { }));
    }

    /**
     * Starts to get the object of a module; the result fails with an {@link LlvmFailure} or a bug.
     *
     * @param beforeCompiling called before the compiler is, where it is needed
     */
    CompletableFuture<ObjectCode> start(String ir, Target target, Runnable beforeCompiling) {
        byte[] request = request(ir, target);
        Optional<ObjectCode> known = cache.find(request).flatMap(CodeStore::read);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        beforeCompiling.run();
        return compiler.start(ir, target).thenApply(object -> {
            cache.keep(request, object.bytes());
            return object;
        });
    }

    private static Optional<ObjectCode> read(byte[] bytes) {
        try {
            return Optional.of(ObjectCode.of(bytes));
        } catch (CompilerBug damaged) {
            return Optional.empty();
        }
    }

    private byte[] request(String ir, Target target) {
        return String.join("\n", "code " + FORMAT + " " + version(), identity, target.triple(), target.cpu(),
                target.features(), String.valueOf(target.vectorBits()), LlvmCompiler.PASSES,
                String.valueOf(LlvmCompiler.LEVEL), ir).getBytes(StandardCharsets.UTF_8);
    }

    /** The version of Sinter, where it comes from a jar that says so. */
    private static String version() {
        String version = CodeStore.class.getPackage().getImplementationVersion();
        return version == null ? "" : version;
    }
}
