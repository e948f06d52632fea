package dev.sinter.llvm;

import dev.sinter.program.Backend;
import dev.sinter.program.BackendProvider;
import dev.sinter.tensor.GraphException;
import java.util.Optional;

/** Opens {@link LlvmBackend}s where libLLVM can be loaded. */
public final class LlvmBackendProvider implements BackendProvider {
    /** For the service loader. */
    public LlvmBackendProvider() {
        super();
    }

    @Override
    public String name() {
        return "llvm";
    }

    @Override
    public void prepare() {
        Llvm.preload();
    }

    @Override
    public Optional<String> unavailable() {
        return switch (Llvm.load()) {
            case Llvm.Availability.Available available -> Optional.empty();
            case Llvm.Availability.Unavailable missing -> Optional.of(missing.reason());
        };
    }

    @Override
    public Backend open(int threads) {
        return switch (Llvm.load()) {
            case Llvm.Availability.Available available -> LlvmBackend.of(available.llvm(), threads);
            case Llvm.Availability.Unavailable missing -> throw new GraphException(missing.reason());
        };
    }
}
