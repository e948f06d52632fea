package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an import made, by the names that the model has for it, in the order of its file.
 *
 * @param inputs    the placeholders
 * @param outputs   the results
 * @param variables the parameters that can be trained
 * @param values    all named values that the outputs need, such as the features before the last layer
 */
public record ImportedModel(Map<String, Tensor> inputs, Map<String, Tensor> outputs, Map<String, Variable> variables,
        Map<String, Tensor> values) {
    public ImportedModel {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The placeholder of an input. */
    public Tensor input(String name) {
        return named("input", name, inputs);
    }

    /** The tensor of an output. */
    public Tensor output(String name) {
        return named("output", name, outputs);
    }

    /** The variable of a parameter. */
    public Variable variable(String name) {
        return named("variable", name, variables);
    }

    /** The tensor of any value outside of bodies and functions. */
    public Tensor value(String name) {
        return named("value", name, values);
    }

    private static <T> T named(String kind, String name, Map<String, T> all) {
        return Optional.ofNullable(all.get(name)).orElseThrow(() -> new FormatException("the model has no " + kind
                + " '" + name + "'; it has " + String.join(", ", all.keySet())));
    }
}
