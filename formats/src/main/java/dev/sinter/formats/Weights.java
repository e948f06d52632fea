package dev.sinter.formats;

import dev.sinter.formats.file.Quoted;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Variables, and under which names files keep their values. The session is given as its methods, so that this module
 * needs none:
 *
 * <pre>{@code
 * Weights weights = Weights.of(graph.variables());
 * try (SafeTensors file = SafeTensors.open(path)) {
 *     weights.load(file, session::load);
 * }
 * SafeTensors.write(path, weights.values(session::value));
 * }</pre>
 */
public final class Weights {
    private static final int MOST = 10;

    private final List<Variable> variables;
    private final Function<? super Variable, String> names;
    private final boolean converting;

    private Weights(List<Variable> variables, Function<? super Variable, String> names, boolean converting) {
        this.variables = variables;
        this.names = names;
        this.converting = converting;
    }

    /** Variables under their own names. */
    public static Weights of(Collection<Variable> variables) {
        return new Weights(List.copyOf(variables), Variable::name, false);
    }

    /** The same variables under other names: {@code variable -> variable.name().replace('/', '.')}. */
    public Weights named(Function<? super Variable, String> others) {
        return new Weights(variables, others, converting);
    }

    /** The same variables, into which arrays of other dtypes are loaded too, as {@link NDArray#cast} converts them. */
    public Weights converting() {
        return new Weights(variables, names, true);
    }

    /**
     * Loads the value of each variable from a file, one array after the other. Names, dtypes and shapes are compared
     * before the first one is loaded.
     *
     * @param session takes a variable and its value: {@code session::load}
     * @return the names in the file that belong to no variable, in its order
     * @throws GraphException  where the file lacks a variable or has it with another dtype or shape, which the message
     *                         lists for all variables; then nothing has been loaded
     * @throws FormatException where an array cannot be read; then the variables before that one have been loaded
     */
    public Set<String> load(ArrayFile file, BiConsumer<? super Variable, ? super NDArray> session) {
        Set<String> held = file.names();
        Set<String> unused = new LinkedHashSet<>(held);
        List<String> problems = new ArrayList<>();
        for (Variable variable : variables) {
            String name = names.apply(variable);
            if (unused.remove(name) || held.contains(name)) {
                problem(file, name, variable).ifPresent(problems::add);
            } else {
                problems.add(called(variable, name) + " is not in the file");
            }
        }
        if (!problems.isEmpty()) {
            throw new GraphException(file.source() + " does not fit the variables:\n  "
                    + String.join("\n  ", problems.subList(0, Math.min(problems.size(), MOST)))
                    + (problems.size() > MOST ? "\n  and " + (problems.size() - MOST) + " more" : "")
                    + "\n  of no variable: " + Quoted.words(unused));
        }
        for (Variable variable : variables) {
            NDArray value = file.read(names.apply(variable));
            session.accept(variable, converting ? value.cast(variable.dtype()) : value);
        }
        return Collections.unmodifiableSet(unused);
    }

    private Optional<String> problem(ArrayFile file, String name, Variable variable) {
        DType dtype;
        try {
            dtype = file.dtype(name);
        } catch (FormatException lacking) {
            return Optional.of(called(variable, name) + ": " + lacking.getMessage());
        }
        Shape shape = file.shape(name);
        if (shape.equals(variable.shape()) && (converting || dtype == variable.dtype())) {
            return Optional.empty();
        }
        return Optional.of(called(variable, name) + " is " + variable.dtype() + variable.shape().toUserString()
                + ", the file's is " + dtype + shape.toUserString()
                + (shape.equals(variable.shape()) ? "; converting() casts it" : ""));
    }

    private static String called(Variable variable, String name) {
        return Quoted.word(name) + " (" + (name.equals(variable.name()) ? "" : "the variable "
                + Quoted.word(variable.name()) + " ") + "at " + variable.location() + ")";
    }

    /**
     * The values of the variables by name, in the variables' order, to be written to a file.
     *
     * @param session gives the value of a variable: {@code session::value}
     * @throws GraphException where two variables have one name
     */
    public Map<String, NDArray> values(Function<? super Variable, NDArray> session) {
        Map<String, NDArray> values = new LinkedHashMap<>();
        for (Variable variable : variables) {
            String name = names.apply(variable);
            if (values.put(name, session.apply(variable)) != null) {
                throw new GraphException("two variables are called " + Quoted.word(name) + " in the file; the other one"
                        + " is " + called(variable, name));
            }
        }
        return Collections.unmodifiableMap(values);
    }
}
