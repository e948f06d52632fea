package dev.sinter.cli;

import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.formats.onnx.OperatorCount;
import dev.sinter.formats.onnx.TensorTotal;
import dev.sinter.formats.onnx.ValueType;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.MemoryNeed;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says what a model is made of and what it needs: text that stays short for thousands of nodes. */
final class OnnxInspection {
    private static final int NAME_COLUMNS = 60;
    private static final int COLUMNS = 100;
    private static final int INDENT = 17;
    private static final Pattern SYMBOL = Pattern.compile("[A-Za-z_][A-Za-z0-9_./]*");

    private final OnnxModel model;
    private final OnnxImport settings;
    private final SessionOptions options;
    private final PrintStream out;
    private final Set<String> structural;

    private OnnxInspection(OnnxModel model, OnnxImport settings, SessionOptions options, PrintStream out) {
        this.model = model;
        this.settings = settings;
        this.options = options;
        this.out = out;
        this.structural = settings.structuralInputs();
    }

    /**
     * Prints what there is to know about a model.
     *
     * @param settings how it is imported to find out what it needs
     */
    static void print(OnnxModel model, OnnxImport settings, SessionOptions options, PrintStream out) {
        OnnxInspection inspection = new OnnxInspection(model, settings, options, out);
        inspection.head();
        inspection.values();
        inspection.tensors();
        inspection.operators();
        inspection.memory();
    }

    private void head() {
        String producer = model.producer().isEmpty() ? "" : ", written by " + Names.shown(model.producer());
        out.println(model.name() + ": ONNX of IR version " + model.irVersion() + producer);
        out.println("operators of " + new TreeMap<>(model.opsets()).entrySet().stream().map(entry ->
                (entry.getKey().isEmpty() ? "version " : Names.shown(entry.getKey()) + " ") + entry.getValue())
                .collect(Collectors.joining(", ")));
    }

    private void values() {
        Map<String, ValueType> inputs = model.inputTypes();
        Map<String, ValueType> outputs = model.outputTypes();
        int width = width(inputs.keySet(), width(outputs.keySet(), 0));
        out.println();
        out.println("inputs");
        inputs.forEach((name, type) -> row(width, name, Names.shown(type.toString()) + (structural.contains(name)
                ? "  sizes or axes follow from its value: give it with --input" : "")));
        out.println("outputs");
        outputs.forEach((name, type) -> row(width, name, Names.shown(type.toString())));
    }

    private void tensors() {
        out.println();
        out.println("parameters  " + text(model.parameters()));
        out.println("constants   " + text(model.constants()));
    }

    private static String text(TensorTotal total) {
        return total.tensors() == 0 ? "none" : grouped(total.elements()) + " in "
                + counted(total.tensors(), "tensor") + ", " + size(total.bytes());
    }

    private void operators() {
        List<OperatorCount> operators = model.operators();
        long nodes = operators.stream().mapToLong(OperatorCount::count).sum();
        out.println();
        out.println(counted(nodes, "node") + " of " + counted(operators.size(), "operator"));
        int width = width(operators.stream().map(OperatorCount::operator).toList(), 0);
        for (OperatorCount count : operators) {
            row(width, count.operator(), "%6d".formatted(count.count()) + (count.supported() ? "" : "  not supported: "
                    + count.nodes().stream().map(Names::shown).collect(Collectors.joining(", "))
                    + (count.count() > count.nodes().size() ? ", ..." : "")));
        }
        List<OperatorCount> missing = operators.stream().filter(count -> !count.supported()).toList();
        if (!missing.isEmpty()) {
            out.println("not supported: " + counted(missing.size(), "operator") + ", "
                    + counted(missing.stream().mapToLong(OperatorCount::count).sum(), "node"));
        }
    }

    private void memory() {
        out.println();
        if (model.operators().stream().anyMatch(count -> !count.supported())) {
            out.println("memory of a run: not planned, operators are not supported");
            return;
        }
        Graph graph = new Graph();
        ImportedModel imported;
        try {
            imported = settings.into(graph);
        } catch (UnsupportedException problem) {
            out.println("memory of a run: not planned\n  " + problem.getMessage());
            return;
        }
        memory(graph, imported);
    }

    private void memory(Graph graph, ImportedModel imported) {
        Map<String, String> formulas = new LinkedHashMap<>();
        formulas.put("inputs", bytes(imported.inputs().values()));
        formulas.put("outputs", bytes(imported.outputs().values()));
        formulas.put("variables", bytes(graph.variables().stream().map(Variable::value).toList()));
        try (Session session = new Session(graph, options)) {
            Optional<MemoryNeed> need = session.memory(Fetch.fetch(List.copyOf(imported.outputs().values())),
                    imported.inputs().values().toArray(Tensor[]::new));
            formulas.put("intermediates", need.map(known -> known.intermediates() + " at most")
                    .orElse("unknown: the interpreter plans nothing"));
            need.filter(known -> known.kept() > 0).ifPresent(known -> formulas.put("kept",
                    Long.toString(known.kept())));
        }
        Map<String, String> names = symbolNames(imported);
        out.println("memory of a run, in bytes");
        formulas.forEach((what, formula) -> formula(what, formula, names));
        imported.inputs().forEach((name, placeholder) -> legend(name, placeholder, names, formulas.values()));
        if (formulas.values().stream().anyMatch(formula -> formula.contains("found/"))) {
            out.println("  where found/1 and the like are sizes that a run finds");
        }
    }

    /** Says what the sizes are that have no names in the file. */
    private void legend(String name, Tensor placeholder, Map<String, String> names, Collection<String> formulas) {
        for (int axis = 0; axis < placeholder.rank(); axis++) {
            Optional<String> symbol = placeholder.dim(axis).asSymbol().map(Symbol::name)
                    .filter(own -> !names.containsKey(own));
            if (symbol.isPresent() && formulas.stream().anyMatch(formula -> SYMBOL.matcher(formula).results()
                    .anyMatch(match -> match.group().equals(symbol.get())))) {
                out.println("  where " + symbol.get() + " is the size of axis " + axis + " of " + Names.shown(name));
            }
        }
    }

    private static String bytes(Collection<Tensor> tensors) {
        Dim sum = Dim.ZERO;
        for (Tensor tensor : tensors) {
            Dim product = Dim.of(tensor.dtype().bytes());
            for (Dim dim : tensor.shape().dims()) {
                product = product.times(dim);
            }
            sum = sum.plus(product);
        }
        return sum.toString();
    }

    /** What the model calls the sizes that a graph names by the placeholder and its axis. */
    private Map<String, String> symbolNames(ImportedModel imported) {
        Map<String, String> names = new HashMap<>();
        imported.inputs().forEach((name, placeholder) -> {
            List<String> sizes = model.inputTypes().get(name).sizes().orElse(List.of());
            for (int axis = 0; axis < Math.min(sizes.size(), placeholder.rank()); axis++) {
                String size = sizes.get(axis);
                placeholder.dim(axis).asSymbol().filter(_ -> !size.equals("?")).ifPresent(symbol ->
                        names.putIfAbsent(symbol.name(), Names.shown(size)));
            }
        });
        return names;
    }

    /** A formula with the model's names, in as many lines as it takes. */
    private void formula(String what, String formula, Map<String, String> names) {
        String text = SYMBOL.matcher(formula).replaceAll(match -> Matcher.quoteReplacement(
                names.getOrDefault(match.group(), match.group())));
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split("(?<=, )|(?<=\\+)")) {
            if (!line.isEmpty() && line.length() + word.length() > COLUMNS - INDENT) {
                lines.add(line.toString().strip());
                line.setLength(0);
            }
            line.append(word);
        }
        lines.add(line.toString());
        String plain = text.replace(" at most", "");
        out.println("  %-13s  ".formatted(what) + (plain.matches("[0-9]{1,18}")
                ? size(Long.parseLong(plain)) + text.substring(plain.length())
                : String.join("\n" + " ".repeat(INDENT), lines)));
    }

    private void row(int width, String name, String text) {
        String shown = Names.shown(name);
        out.println("  " + shown + " ".repeat(Math.max(0, width - shown.length())) + "  " + text);
    }

    private static int width(Collection<String> names, int least) {
        return Math.max(least, names.stream().mapToInt(name -> Names.shown(name).length()).filter(length ->
                length <= NAME_COLUMNS).max().orElse(0));
    }

    private static String counted(long count, String what) {
        return grouped(count) + " " + what + (count == 1 ? "" : "s");
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A number of bytes, and where it is large in larger units too. */
    private static String size(long bytes) {
        String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
        double scaled = bytes;
        int unit = -1;
        while (scaled >= 1000) {
            scaled /= 1000;
            unit++;
        }
        return grouped(bytes) + (unit < 0 ? " bytes" : String.format(Locale.ROOT, " bytes (%.1f %s)", scaled,
                units[unit]));
    }
}
