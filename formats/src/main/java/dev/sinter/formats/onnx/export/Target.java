package dev.sinter.formats.onnx.export;

import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.schema.FunctionProto;
import dev.sinter.ir.Location;
import dev.sinter.ir.Locations;
import dev.sinter.ir.Value;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What all graphs and bodies of a model share. */
final class Target {
    private final UniqueNames names = new UniqueNames();
    private final Function<String, NDArray> variables;
    private final Map<String, NDArray> initializers = new LinkedHashMap<>();
    private final Map<String, String> states = new LinkedHashMap<>();
    private final Map<String, FunctionProto> functions = new LinkedHashMap<>();
    private final Set<String> problems = new LinkedHashSet<>();
    private long opset = FunctionWriter.OPSET;

    /**
     * A model without content.
     *
     * @param variables the value of a variable by its name
     */
    Target(Function<String, NDArray> variables) {
        this.variables = variables;
    }

    /** Makes the model one of at least a version of the standard's operators. */
    void need(long version) {
        opset = Math.max(opset, version);
    }

    /** The version of the standard's operators. */
    long opset() {
        return opset;
    }

    UniqueNames names() {
        return names;
    }

    /** The name of the initializer with a variable's value. */
    String variable(String variable) {
        return states.computeIfAbsent(variable, _ -> initializer(variable, variables.apply(variable)));
    }

    /** An initializer with a name like the one that is wanted, which is returned. */
    String initializer(String wanted, NDArray value) {
        String name = names.of(wanted);
        initializers.put(name, value);
        return name;
    }

    Map<String, NDArray> initializers() {
        return initializers;
    }

    /** A function of the model, made where it is not there yet. */
    FunctionProto function(String name, Function<String, FunctionProto> make) {
        FunctionProto function = functions.get(name);
        if (function == null) {
            function = make.apply(name);
            functions.put(name, function);
        }
        return function;
    }

    /** The functions, of the version that the model has. */
    List<FunctionProto> functions() {
        return functions.values().stream().map(function -> new FunctionProto(function.name(), function.domain(),
                function.overload(), function.inputs(), function.outputs(), function.attributes(),
                function.defaults(), function.nodes(), Map.of("", opset))).toList();
    }

    /** Notes what cannot be expressed, with the lines of the user's code that ask for it. */
    void problem(Value value, Locations locations, String why) {
        List<String> places = new ArrayList<>(locations.of(value).stream().map(Location::toString).limit(3).toList());
        problems.add((places.isEmpty() ? value.op().mnemonic() : String.join(", ", places)) + ": " + why);
    }

    /** Fails where something cannot be expressed. */
    void check() {
        if (!problems.isEmpty()) {
            throw new UnsupportedException("the graph cannot be written as an ONNX model:\n  "
                    + String.join("\n  ", problems));
        }
    }
}
