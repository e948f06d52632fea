package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sinter.formats.onnx.OnnxExport;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Exported models beside ONNX Runtime: all that are added are run by one process. */
final class OnnxRuntimeModels {
    private static final Map<DType, String> TYPES = Map.of(DType.FLOAT32, "FLOAT", DType.FLOAT64, "DOUBLE",
            DType.INT32, "INT32", DType.INT64, "INT64", DType.BOOL, "BOOL", DType.INT8, "INT8", DType.UINT8, "UINT8");

    private final Path folder;
    private final Map<String, NDArray> expected = new LinkedHashMap<>();

    OnnxRuntimeModels(Path folder) {
        this.folder = folder;
    }

    /** The model of one input and output, and what Sinter computes of a value. */
    void add(String name, Graph graph, Session session, Tensor x, NDArray value, Tensor y,
            Function<OnnxExport, OnnxExport> options) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        Function<Variable, NDArray> values = session::value;
        options.apply(OnnxExport.of(graph, values).withInput("x", x).withOutput("y", y))
                .write(place.resolve("model.onnx"));
        Files.writeString(place.resolve("inputs"), "x " + TYPES.get(value.dtype()) + " " + LongStream.of(value.sizes())
                .mapToObj(Long::toString).collect(Collectors.joining(",")));
        Files.write(place.resolve("input-0"), value.segment().toArray(ValueLayout.JAVA_BYTE));
        expected.put(name, session.run(Feeds.feed(x, value), y));
    }

    /** Why a model did not run, or gave something else, by the models' names. */
    Map<String, String> problems() throws IOException, InterruptedException {
        List<String> left = new ArrayList<>(expected.keySet());
        while (!left.isEmpty()) {
            int code = run(left);
            left.removeIf(this::isDone);
            if (code == 0) {
                assertThat(left).as("without an answer").isEmpty();
            } else {
                assertThat(left).as("left where the process ends with %d", code).isNotEmpty();
                Files.writeString(folder.resolve(left.removeFirst()).resolve("problem"), "ends the process: " + code);
            }
        }
        Map<String, String> problems = new LinkedHashMap<>();
        for (Map.Entry<String, NDArray> each : expected.entrySet()) {
            Path place = folder.resolve(each.getKey());
            if (Files.exists(place.resolve("problem"))) {
                problems.put(each.getKey(), Files.readString(place.resolve("problem")));
            } else {
                String difference = difference(place, each.getValue());
                if (!difference.isEmpty()) {
                    problems.put(each.getKey(), difference);
                }
            }
        }
        return problems;
    }

    private boolean isDone(String name) {
        return Stream.of("outputs", "problem").anyMatch(file -> Files.exists(folder.resolve(name).resolve(file)));
    }

    /** The exit code of a process that runs some of the models. */
    private int run(List<String> names) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("crash"), "-cp", System.getProperty("java.class.path"),
                OnnxRuntimeRun.class.getName()));
        names.forEach(name -> command.add(folder.resolve(name).toString()));
        Path log = folder.resolve("log");
        int code = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start()
                .waitFor();
        assumeThat(code).as("ONNX Runtime has no native code for this platform: %s", Files.readString(log))
                .isNotEqualTo(OnnxRuntimeRun.NO_LIBRARY);
        return code;
    }

    /** What differs by more than 1e-4 of the larger of 1 and the element. */
    private static String difference(Path place, NDArray wanted) throws IOException {
        String[] words = Files.readString(place.resolve("outputs")).strip().split(" ", -1);
        long[] sizes = OnnxRuntimeRun.sizes(words.length > 2 ? words[2] : "");
        if (!words[1].equals(TYPES.get(wanted.dtype())) || !Arrays.equals(sizes, wanted.sizes())) {
            return "gave " + words[1] + Arrays.toString(sizes) + " for " + wanted.dtype() + wanted.shape();
        }
        NDArray found = NDArray.from(wanted.dtype(), MemorySegment.ofArray(Files.readAllBytes(
                place.resolve("output-0"))), sizes);
        for (long i = 0; i < wanted.elementCount(); i++) {
            double x = wanted.dtype().isFloat() ? wanted.getDouble(i) : wanted.getLong(i);
            double y = wanted.dtype().isFloat() ? found.getDouble(i) : found.getLong(i);
            if (x != y && !(Math.abs(x - y) <= 1e-4 * Math.max(1, Math.abs(x)))) {
                return "element " + i + " is " + y + ", not " + x;
            }
        }
        return "";
    }
}
