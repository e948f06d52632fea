package dev.sinter.cli;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs models with the inputs of their test data and compares the outputs. */
final class OnnxTest {
    private static final String MODEL = "model.onnx";
    private static final String DATA = "test_data_set_";

    /** How a case ended: with a line about it unless it passed. */
    private enum Verdict { PASSED, FAILED, UNSUPPORTED }

    private final SessionOptions options;
    private final Arguments arguments;
    private final PrintStream out;

    private OnnxTest(Arguments arguments, PrintStream out) {
        this.options = OnnxCommand.session(arguments);
        this.arguments = arguments;
        this.out = out;
    }

    /** Runs the cases below some folders and prints a line for each that does not pass, then the counts. */
    static void run(List<Path> folders, Arguments arguments, PrintStream out) throws IOException {
        if (folders.isEmpty()) {
            throw new WrongArguments("onnx test needs a folder");
        }
        OnnxTest test = new OnnxTest(arguments, out);
        List<Path> cases = new ArrayList<>();
        for (Path folder : folders) {
            cases.addAll(cases(folder));
        }
        Optional<Path> list = arguments.get(OnnxCommand.LIST);
        List<String> missing = new ArrayList<>();
        if (list.isPresent()) {
            Set<String> names = Files.readAllLines(list.get()).stream().map(String::strip)
                    .filter(name -> !name.isEmpty()).collect(Collectors.toSet());
            Set<String> there = cases.stream().map(OnnxTest::name).collect(Collectors.toSet());
            names.stream().filter(name -> !there.contains(name)).sorted().forEach(missing::add);
            cases.removeIf(one -> !names.contains(name(one)));
        }
        missing.forEach(name -> out.println("FAILED " + name + ": no such case below the folders"));
        if (cases.isEmpty() && missing.isEmpty()) {
            throw new CommandFailure("there is no folder with " + MODEL + " below "
                    + folders.stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        Map<Verdict, Long> counts = cases.stream().collect(Collectors.groupingBy(test::verdict,
                Collectors.counting()));
        long failed = counts.getOrDefault(Verdict.FAILED, 0L) + missing.size();
        long unsupported = counts.getOrDefault(Verdict.UNSUPPORTED, 0L);
        out.println(counts.getOrDefault(Verdict.PASSED, 0L) + " passed, " + failed + " failed, " + unsupported
                + " unsupported");
        if (failed + unsupported > 0) {
            throw new CommandFailure(failed + unsupported == 1 ? "1 case did not pass"
                    : failed + unsupported + " cases did not pass");
        }
    }

    private static List<Path> cases(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure("there is no folder " + folder);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().equals(MODEL)).map(Path::getParent).sorted()
                    .toList();
        }
    }

    private static String name(Path folder) {
        return folder.toAbsolutePath().normalize().getFileName().toString();
    }

    private Verdict verdict(Path folder) {
        Optional<String> problem;
        try {
            problem = problem(folder);
        } catch (UnsupportedException unsupported) {
            out.println("UNSUPPORTED " + name(folder) + ": " + unsupported.getMessage());
            return Verdict.UNSUPPORTED;
        } catch (FormatException | GraphException | IOException wrong) {
            problem = Optional.of(wrong.getMessage());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError wrong) {
            problem = Optional.of(wrong.toString());
        }
        problem.ifPresent(text -> out.println("FAILED " + name(folder) + ": " + text));
        return problem.isPresent() ? Verdict.FAILED : Verdict.PASSED;
    }

    private Optional<String> problem(Path folder) throws IOException {
        OnnxModel model = OnnxModel.read(folder.resolve(MODEL));
        OnnxImport settings = OnnxCommand.settings(model, arguments);
        settings.requireSupported();
        Optional<String> problem = problem(folder, model, settings);
        if (problem.isPresent() && problem(folder, model, settings.withReferenceRounding()).isEmpty()) {
            out.println("ROUNDED " + name(folder) + ": passes with the rounding of the standard's reference; without, "
                    + problem.get());
            return Optional.empty();
        }
        return problem;
    }

    private Optional<String> problem(Path folder, OnnxModel model, OnnxImport settings) throws IOException {
        Set<String> structural = settings.structuralInputs();
        List<Path> sets;
        try (Stream<Path> files = Files.list(folder)) {
            sets = files.filter(file -> file.getFileName().toString().startsWith(DATA)).sorted().toList();
        }
        if (sets.isEmpty()) {
            return Optional.of("no " + DATA + "* lies beside the model");
        }
        Tolerance tolerance = tolerance(folder);
        if (!structural.isEmpty()) {
            for (Path set : sets) {
                Optional<String> problem = problem(model, settings, List.of(set), tolerance, structural);
                if (problem.isPresent()) {
                    return problem;
                }
            }
            return Optional.empty();
        }
        return problem(model, settings, sets, tolerance, structural);
    }

    private Optional<String> problem(OnnxModel model, OnnxImport settings, List<Path> sets, Tolerance tolerance,
            Set<String> structural) throws IOException {
        OnnxImport bound = settings;
        for (int i = 0; i < model.inputs().size(); i++) {
            Path file = sets.getFirst().resolve("input_" + i + ".pb");
            if (structural.contains(model.inputs().get(i)) && Files.exists(file)) {
                bound = bound.bind(model.inputs().get(i), OnnxModel.readTensor(file));
            }
        }
        Graph graph = new Graph();
        ImportedModel imported = bound.into(graph);
        try (Session session = new Session(graph, options)) {
            if (!graph.variables().isEmpty()) {
                session.run(graph.initializer());
            }
            for (Path set : sets) {
                Optional<String> problem = problem(session, graph, model, imported, set, tolerance);
                if (problem.isPresent()) {
                    return sets.size() == 1 ? problem : problem.map(text -> set.getFileName() + ": " + text);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> problem(Session session, Graph graph, OnnxModel model, ImportedModel imported, Path set,
            Tolerance tolerance) throws IOException {
        List<NDArray> inputs = tensors(set, "input_");
        List<NDArray> expected = tensors(set, "output_");
        Feeds feeds = Feeds.NONE;
        Map<String, NDArray> values = new HashMap<>();
        for (int i = 0; i < model.inputs().size(); i++) {
            Tensor placeholder = imported.inputs().get(model.inputs().get(i));
            if (placeholder != null) {
                if (i >= inputs.size()) {
                    return Optional.of("there is no input_" + i + ".pb for '" + model.inputs().get(i) + "'");
                }
                feeds = feeds.and(placeholder, inputs.get(i));
                values.put(model.inputs().get(i), inputs.get(i));
            }
        }
        List<Tensor> outputs = List.copyOf(imported.outputs().values());
        if (expected.size() != outputs.size()) {
            return Optional.of("there are " + expected.size() + " expected outputs for " + outputs.size());
        }
        Fetches results = session.run(feeds, Fetch.fetch(outputs));
        for (int i = 0; i < outputs.size(); i++) {
            Optional<String> problem = tolerance.problem(expected.get(i), results.get(i));
            if (problem.isPresent()) {
                String name = model.outputs().get(i);
                return problem.map(text -> "output '" + name + "': " + text);
            }
        }
        return arguments.get(OnnxCommand.ROUND_TRIP) ? new OnnxRoundTrip(options, arguments).problem(session, graph,
                imported, values, results) : Optional.empty();
    }

    /** The arrays of the files {@code input_0.pb}, {@code input_1.pb} and so on. */
    private static List<NDArray> tensors(Path set, String start) throws IOException {
        try (Stream<Path> files = Files.list(set)) {
            return files.filter(file -> file.getFileName().toString().matches(start + "[0-9]+\\.pb"))
                    .sorted(Comparator.comparingInt(OnnxTest::number)).map(OnnxModel::readTensor).toList();
        }
    }

    private static int number(Path file) {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring(name.indexOf('_') + 1, name.indexOf('.')));
    }

    /** The tolerance that is asked for, or that of the case, or the usual one. */
    private Tolerance tolerance(Path folder) throws IOException {
        double relative = 1e-3;
        double absolute = 1e-7;
        Path file = folder.resolve("tolerance.txt");
        if (Files.exists(file)) {
            String[] words = Files.readString(file).strip().split("\\s+");
            try {
                relative = Double.parseDouble(words[0]);
                absolute = Double.parseDouble(words[1]);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException problem) {
                throw new CommandFailure(file + " must hold a relative and an absolute tolerance");
            }
        }
        return new Tolerance(arguments.get(OnnxCommand.RTOL).orElse(relative),
                arguments.get(OnnxCommand.ATOL).orElse(absolute));
    }
}
