package dev.sinter.formats.onnx;

import dev.sinter.formats.onnx.op.Operator;
import dev.sinter.formats.onnx.op.Operators;
import dev.sinter.formats.onnx.schema.FunctionProto;
import dev.sinter.formats.onnx.schema.ModelProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the nodes of a model mean: its own functions first, then the operators that Sinter has; where the functions
 * stand for primitives of Sinter, the other way round.
 */
final class Library {
    /** What a node means. */
    sealed interface Meaning {}

    /** An operator at a version of its domain. */
    record Known(Operator operator, long version) implements Meaning {}

    /** A function of the model. */
    record Own(FunctionProto function) implements Meaning {}

    private record Key(String domain, String name, String overload) {}

    private final Map<Key, FunctionProto> functions = new HashMap<>();

    private Library() {}

    static Library of(ModelProto model) {
        Library library = new Library();
        model.functions().forEach(function -> library.functions.put(
                new Key(function.domain(), function.name(), function.overload()), function));
        return library;
    }

    /** What a node means where the operators have some versions. */
    Optional<Meaning> find(NodeProto node, Map<String, Long> opsets) {
        long version = opsets.getOrDefault(node.domain(), 1L);
        Optional<Meaning> known = Operators.standard().find(node, version)
                .map(operator -> new Known(operator, version));
        FunctionProto own = functions.get(new Key(node.domain(), node.opType(), node.overload()));
        boolean isOwn = own != null && (known.isEmpty() || !node.domain().equals(Operators.SINTER));
        return isOwn ? Optional.of(new Own(own)) : known;
    }
}
