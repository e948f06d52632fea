package dev.sinter.runtime;

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
        for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
            if (provider.backend() == options.backend()) {
                Optional<String> unavailable = provider.unavailable();
                if (unavailable.isEmpty()) {
                    return provider.open(options);
                }
                throw new GraphException("session: the back end " + options.backend() + " is not available: "
                        + unavailable.get() + "; choose eval");
            }
        }
        throw new GraphException("session: the back end " + options.backend() + " is not on the module path; add"
                + " its module, or choose eval");
    }
}
