package dev.sinter.formats.onnx.export;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The names of values and nodes of a model, bodies included: each is used once. */
final class UniqueNames {
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /** Keeps a name for somebody. */
    boolean reserve(String name) {
        return taken.add(name);
    }

    /** The wanted name, or that with a number. */
    String of(String wanted) {
        String name = wanted;
        while (!taken.add(name)) {
            name = wanted + "_" + counts.merge(wanted, 1, Integer::sum);
        }
        return name;
    }
}
