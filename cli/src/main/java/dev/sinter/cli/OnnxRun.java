package dev.sinter.cli;

import dev.sinter.formats.npy.Npy;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Runs a model once and writes its outputs. */
final class OnnxRun {
    private static final int NAME = 100;

    private OnnxRun() {}

    /**
     * Runs a model and writes each output to an npy file of its name, or prints the outputs.
     *
     * @param settings how it is imported
     * @param words the inputs, each {@code NAME=FILE.npy}
     * @param folder where the files go; it is made where it is missing
     */
    static void run(OnnxModel model, OnnxImport settings, List<String> words, Path folder, SessionOptions options,
            PrintStream out) throws IOException {
        settings.requireSupported();
        OnnxInputs inputs = OnnxInputs.read(model, words);
        inputs.requireAll();
        Graph graph = new Graph();
        ImportedModel imported = inputs.bound(settings.frozen()).into(graph);
        Map<String, NDArray> results = new LinkedHashMap<>();
        try (Session session = new Session(graph, options)) {
            List<String> names = List.copyOf(imported.outputs().keySet());
            List<Tensor> outputs = List.copyOf(imported.outputs().values());
            Fetches fetches = session.run(inputs.feeds(imported), Fetch.fetch(outputs));
            IntStream.range(0, names.size()).forEach(i -> results.put(names.get(i), fetches.get(i)));
        } catch (OutOfMemoryError full) {
            throw new CommandFailure(model.name() + ": the run does not find the memory that it needs: "
                    + full.getMessage());
        }
        write(results, folder, out);
    }

    private static void write(Map<String, NDArray> results, Path folder, PrintStream out) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new CommandFailure("--out must be a folder, and " + folder + " is a file");
        }
        Files.createDirectories(folder);
        Set<String> taken = new HashSet<>();
        results.forEach((name, value) -> {
            Path file = folder.resolve(fileName(name, taken));
            boolean bits = value.dtype() == DType.BFLOAT16;
            Npy.write(file, bits ? value.view(DType.UINT16) : value);
            out.println(Names.shown(name) + "  " + value.dtype() + Arrays.toString(value.sizes()) + "  " + file
                    + (bits ? "  as bits in uint16" : ""));
        });
    }

    /**
     * The name of an output's file: letters, digits, {@code _}, {@code -} and dots that do not come first, so that it
     * stays in its folder; one that is taken, on systems that know no case too, gets a number.
     */
    private static String fileName(String output, Set<String> taken) {
        String plain = output.replaceAll("[^A-Za-z0-9_.\\-]", "_").replaceFirst("^[.\\-]+", "_");
        String start = plain.isEmpty() ? "output" : plain.substring(0, Math.min(NAME, plain.length()));
        String name = start;
        for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
            name = start + "_" + i;
        }
        return name + ".npy";
    }
}
