package dev.sinter.formats.onnx.op;

import dev.sinter.formats.onnx.schema.NodeProto;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The table of operators: what a node of a version is translated by. */
public final class Operators {
    /** The domain of operators that the standard may yet change. */
    static final String PREVIEW = "ai.onnx.preview";

    /** The domain of operators for training. */
    static final String TRAINING = "ai.onnx.preview.training";

    /** The domain of what is learnt otherwise than by nets: trees, linear models, and what prepares features. */
    static final String LEARNERS = "ai.onnx.ml";

    /** The domain of functions that stand for a primitive. */
    public static final String SINTER = "dev.sinter";

    private static final Operators STANDARD = standardTable();

    private record Name(String domain, String name) {}

    private final Map<Name, TreeMap<Long, Operator>> rows = new HashMap<>();

    Operators() {}

    /** All operators. */
    public static Operators standard() {
        return STANDARD;
    }

    private static Operators standardTable() {
        Operators table = new Operators();
        ActivationOperators.addTo(table);
        AttentionOperators.addTo(table);
        ControlOperators.addTo(table);
        ConvOperators.addTo(table);
        ElementwiseOperators.addTo(table);
        FeatureOperators.addTo(table);
        IndexOperators.addTo(table);
        LayoutOperators.addTo(table);
        LinearOperators.addTo(table);
        LossOperators.addTo(table);
        NormalizationOperators.addTo(table);
        PartOperators.addTo(table);
        PoolOperators.addTo(table);
        ProductOperators.addTo(table);
        QuantizedOperators.addTo(table);
        RandomOperators.addTo(table);
        RecurrentOperators.addTo(table);
        ReductionOperators.addTo(table);
        ResizeOperators.addTo(table);
        SignalOperators.addTo(table);
        SinterOperators.addTo(table);
        SourceOperators.addTo(table);
        StatefulOperators.addTo(table);
        SupportVectorOperators.addTo(table);
        TrainingOperators.addTo(table);
        TreeOperators.addTo(table);
        VisionOperators.addTo(table);
        return table;
    }

    /** The row for a node, where there is one. */
    public Optional<Operator> find(NodeProto node, long version) {
        return Optional.ofNullable(rows.get(new Name(node.domain(), node.opType())))
                .map(versions -> versions.floorEntry(version)).map(Map.Entry::getValue);
    }

    /** All rows. */
    public List<Operator> all() {
        return rows.values().stream().map(TreeMap::values).flatMap(Collection::stream).toList();
    }

    /** A row of the standard's domain with one output, for all versions. */
    void one(String name, Translation.Single translation, int... structure) {
        one(name, 1, translation, structure);
    }

    /** A row of the standard's domain with one output, from a version on. */
    void one(String name, long since, Translation.Single translation, int... structure) {
        several(name, since, call -> List.of(translation.output(call)), structure);
    }

    /** A row of the standard's domain, for all versions. */
    void several(String name, Translation translation, int... structure) {
        several(name, 1, translation, structure);
    }

    /** A row of the standard's domain, from a version on. */
    void several(String name, long since, Translation translation, int... structure) {
        add(new Operator("", name, since, positions(structure), translation));
    }

    /** A row of the domain of learners, for all versions. */
    void learner(String name, Translation translation) {
        add(new Operator(LEARNERS, name, 1, Set.of(), translation));
    }

    /** A row of the domain of learners with one output, for all versions. */
    void learnerOfOne(String name, Translation.Single translation) {
        learner(name, call -> List.of(translation.output(call)));
    }

    void add(Operator operator) {
        rows.computeIfAbsent(new Name(operator.domain(), operator.name()), _ -> new TreeMap<>())
                .put(operator.since(), operator);
    }

    private static Set<Integer> positions(int... structure) {
        return Arrays.stream(structure).boxed().collect(Collectors.toUnmodifiableSet());
    }
}
