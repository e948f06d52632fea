package dev.sinter.runtime;

import dev.sinter.program.BackendProvider;
import dev.sinter.tensor.GraphException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Chooses the engine of a session. */
final class Engines {
    private static final String NATIVE = "llvm";

    private Engines() {}

    static Engine open(SessionOptions options) {
        return switch (options.backend()) {
            case EVAL -> new EvalEngine(options.optimize());
            case LLVM -> {
                Optional<String> missing = missing();
                if (missing.isPresent()) {
                    throw new GraphException("session: the back end llvm is not available: " + missing.get()
                            + "; choose eval");
                }
                yield compiling(options);
            }
            case AUTO -> {
                Optional<String> missing = missing();
                missing.ifPresent(why -> System.getLogger("dev.sinter.runtime").log(Level.WARNING,
                        "native code is not available, the interpreter is used, which is slow: " + why));
                yield missing.isPresent() ? new EvalEngine(options.optimize()) : compiling(options);
            }
        };
    }

    private static Engine compiling(SessionOptions options) {
        return new NativeEngine(provider().orElseThrow().open(options.threads()), options);
    }

    /** Begins what {@link #open} takes time for. */
    static void prepare(Backend backend) {
        if (backend != Backend.EVAL) {
            try {
                provider().ifPresent(BackendProvider::prepare);
            } catch (RuntimeException | ServiceConfigurationError reportedWhenASessionOpens) {
                return;
            }
        }
    }

    /** Why there is no native code; empty where there is. */
    private static Optional<String> missing() {
        try {
            return provider().map(BackendProvider::unavailable)
                    .orElse(Optional.of("the module dev.sinter.llvm is not there; add it"));
        } catch (ServiceConfigurationError broken) {
            return Optional.of(broken.getMessage());
        }
    }

    private static Optional<BackendProvider> provider() {
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            if (provider.name().equals(NATIVE)) {
                return Optional.of(provider);
            }
        }
        return Optional.empty();
    }
}
