package dev.sinter.runtime;

import dev.sinter.program.BackendProvider;
import dev.sinter.tensor.GraphException;
import java.util.Optional;
import java.util.ServiceLoader;

/** Chooses the engine of a session. */
final class Engines {
    private Engines() {}

    static Engine open(SessionOptions options) {
        if (options.backend() == Backend.EVAL) {
            return new EvalEngine(options.optimize());
        }
        BackendProvider provider = provider(options.backend());
        Optional<String> unavailable = provider.unavailable();
        if (unavailable.isPresent()) {
            throw new GraphException("session: the back end " + options.backend() + " is not available: "
                    + unavailable.get() + "; choose eval");
        }
        return new NativeEngine(provider.open(options.threads()), options);
    }

    /** Begins what {@link #open} takes time for. */
    static void prepare(Backend backend) {
        if (backend != Backend.EVAL) {
            try {
                provider(backend).prepare();
            } catch (RuntimeException reportedWhenASessionOpens) {
                return;
            }
        }
    }

    private static BackendProvider provider(Backend backend) {
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            if (provider.name().equals(backend.toString())) {
                return provider;
            }
        }
        throw new GraphException("session: the back end " + backend + " is not on the module path; add the module"
                + " dev.sinter." + backend + ", or choose eval");
    }
}
