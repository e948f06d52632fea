package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.op.Operators;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.ModelProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Parameter;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A function of the tensor IR as a model. */
public final class FunctionWriter {
    /** The version of the standard's operators that models are made of. */
    public static final long OPSET = 20;
    /** The first version that has an operator for the bits of floats, for models that need it. */
    static final long OPSET_OF_BITS = 26;
    /** The domain of functions that stand for a primitive of Sinter. */
    public static final String DOMAIN = Operators.SINTER;
    private static final long IR_VERSION = 9;
    private static final long IR_VERSION_OF_BITS = 12;

    private FunctionWriter() {}

    /**
     * The model of a function.
     *
     * @param inputs    the types of the model's inputs by their names, in order
     * @param given     for each parameter that is a tensor the input that it is
     * @param outputs   for each of the first results the output's name
     * @param variables the value of a variable by its name
     * @param metadata  what the model says about itself
     * @throws dev.sinter.formats.UnsupportedException where something cannot be expressed; it names all of that
     */
    public static ModelProto model(Function function, Map<String, TensorType> inputs, List<String> given,
            List<String> outputs, java.util.function.Function<String, NDArray> variables,
            Map<String, String> metadata) {
        Target target = new Target(variables);
        inputs.keySet().forEach(target.names()::reserve);
        outputs.forEach(target.names()::reserve);
        Block block = Block.outermost(target.names());
        Emitter emitter = new Emitter(target, block, new Sizes(block, java.util.Optional.empty()));
        int next = 0;
        for (Value parameter : function.parameters()) {
            if (parameter.op() instanceof Parameter) {
                emitter.bind(parameter, Term.of(given.get(next++), parameter.tensorType()));
            }
        }
        List<Term> results = emitter.emit(function).subList(0, outputs.size());
        List<ValueInfoProto> named = new ArrayList<>();
        List<NodeProto> nodes = block.nodes();
        Map<String, String> renamed = new LinkedHashMap<>();
        for (int i = 0; i < outputs.size(); i++) {
            String name = emitter.whole(results.get(i));
            named.add(Bodies.named(outputs.get(i), results.get(i).type()));
            if (block.maker(name).isPresent() && !renamed.containsKey(name)) {
                renamed.put(name, outputs.get(i));
            } else {
                nodes.add(new NodeProto(outputs.get(i), "Identity", "", "", List.of(name), List.of(outputs.get(i)),
                        List.of()));
            }
        }
        target.check();
        List<NodeProto> all = Renaming.of(renamed).all(nodes);
        List<NodeProto> kept = Bodies.needed(all, outputs);
        List<ValueInfoProto> declared = inputs.entrySet().stream()
                .map(input -> Bodies.named(input.getKey(), input.getValue())).toList();
        return model(target, kept, declared, named, metadata);
    }

    private static ModelProto model(Target target, List<NodeProto> nodes, List<ValueInfoProto> inputs,
            List<ValueInfoProto> outputs, Map<String, String> metadata) {
        Set<String> used = new HashSet<>();
        nodes.forEach(node -> Bodies.use(node, used));
        List<TensorProto> initializers = new ArrayList<>();
        target.initializers().forEach((name, value) -> {
            if (used.contains(name)) {
                initializers.add(Attributes.proto(name, value));
            }
        });
        Map<String, Long> opsets = new LinkedHashMap<>(Map.of("", target.opset()));
        if (!target.functions().isEmpty()) {
            opsets.put(DOMAIN, 1L);
        }
        long format = target.opset() == OPSET ? IR_VERSION : IR_VERSION_OF_BITS;
        return new ModelProto(format, "sinter", "", opsets, new GraphProto("graph", nodes, initializers, inputs,
                outputs), target.functions(), metadata);
    }
}
