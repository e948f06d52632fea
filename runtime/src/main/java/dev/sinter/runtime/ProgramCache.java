package dev.sinter.runtime;

import dev.sinter.runtime.SessionProgram.Signature;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;

/**
 * The compiled programs of a session. Beyond a number of them the one that was used the longest time ago is
 * dropped, and closed as soon as nobody holds it.
 */
final class ProgramCache implements AutoCloseable {
    private static final int MOST = 256;

    private final Object compiling = new Object();
    private final SequencedMap<Signature, SessionProgram> programs =
            new LinkedHashMap<>(16, 0.75f, true);
    private final Set<SessionProgram> dropped = new HashSet<>();

    /** The program of a signature, compiled where there is none; the caller releases it. */
    SessionProgram hold(Signature signature, Function<Signature, SessionProgram> compiler) {
        SessionProgram known = known(signature);
        if (known != null) {
            return known;
        }
        synchronized (compiling) {
            SessionProgram since = known(signature);
            return since != null ? since : added(signature, compiler.apply(signature));
        }
    }

    private SessionProgram known(Signature signature) {
        synchronized (programs) {
            SessionProgram program = programs.get(signature);
            if (program != null) {
                program.hold();
            }
            return program;
        }
    }

    private SessionProgram added(Signature signature, SessionProgram program) {
        synchronized (programs) {
            program.hold();
            programs.put(signature, program);
            if (programs.size() > MOST) {
                SessionProgram eldest = programs.pollFirstEntry().getValue();
                dropped.removeIf(SessionProgram::isClosed);
                dropped.add(eldest);
                eldest.drop();
            }
            return program;
        }
    }

    /** Closes all programs, held or not. */
    @Override
    public void close() {
        synchronized (programs) {
            programs.values().forEach(SessionProgram::close);
            dropped.forEach(SessionProgram::close);
            programs.clear();
            dropped.clear();
        }
    }
}
