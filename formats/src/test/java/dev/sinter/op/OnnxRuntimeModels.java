package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sinter.formats.onnx.OnnxExport;
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
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Exported models beside ONNX Runtime, which runs in processes of its own. */
final class OnnxRuntimeModels {
    private static final Map<DType, String> TYPES = Map.of(DType.FLOAT32, "FLOAT", DType.FLOAT64, "DOUBLE",
            DType.FLOAT16, "FLOAT16", DType.BFLOAT16, "BFLOAT16", DType.INT8, "INT8", DType.INT16, "INT16", DType.INT32,
            "INT32", DType.INT64, "INT64", DType.BOOL, "BOOL", DType.UINT8, "UINT8");
    /** How many models one process runs. */
    private static final int AT_ONCE = 100;

    private final Path folder;
    private final Map<String, List<NDArray>> expected = new LinkedHashMap<>();

    OnnxRuntimeModels(Path folder) {
        this.folder = folder;
    }

    /** A model, the values of its inputs, and what Sinter computes of them for its outputs. */
    void add(String name, OnnxExport export, Map<String, NDArray> values, List<NDArray> wanted) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        export.write(place.resolve("model.onnx"));
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, NDArray> input : values.entrySet()) {
            NDArray value = input.getValue();
            Files.write(place.resolve("input-" + lines.size()), value.segment().toArray(ValueLayout.JAVA_BYTE));
            lines.add(input.getKey() + " " + TYPES.get(value.dtype()) + " " + LongStream.of(value.sizes())
                    .mapToObj(Long::toString).collect(Collectors.joining(",")));
        }
        Files.write(place.resolve("inputs"), lines);
        expected.put(name, wanted);
    }

    /** Whether ONNX Runtime's interface for Java has values of a dtype. */
    static boolean hasType(DType dtype) {
        return TYPES.containsKey(dtype);
    }

    /** Why a model did not run, or gave something else, by the models' names. */
    Map<String, String> problems() throws IOException, InterruptedException {
        List<String> left = new ArrayList<>(expected.keySet());
        while (!left.isEmpty()) {
            int code = run(left.subList(0, Math.min(left.size(), AT_ONCE)));
            int before = left.size();
            left.removeIf(this::isDone);
            assertThat(left.size() < before || code != 0).as("an answer of %s", left).isTrue();
            if (code != 0) {
                assertThat(left).as("left where the process ends with %d", code).isNotEmpty();
                Files.writeString(folder.resolve(left.removeFirst()).resolve("problem"), "ends the process: " + code);
            }
        }
        Map<String, String> problems = new LinkedHashMap<>();
        for (Map.Entry<String, List<NDArray>> each : expected.entrySet()) {
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
        // The library ends a process whose command line is longer than some thousand bytes.
        Path list = Files.write(folder.resolve("run.list"), names.stream().map(name -> folder.resolve(name).toString())
                .toList());
        Path log = folder.resolve("run.log");
        ProcessBuilder process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("crash.log"), OnnxRuntimeRun.class.getName(), list.toString());
        process.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        int code = process.redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        assumeThat(code).as("ONNX Runtime has no native code for this platform: %s", Files.readString(log))
                .isNotEqualTo(OnnxRuntimeRun.NO_LIBRARY);
        return code;
    }

    private static String difference(Path place, List<NDArray> wanted) throws IOException {
        List<String> lines = Files.readAllLines(place.resolve("outputs"));
        for (int i = 0; i < wanted.size(); i++) {
            String difference = difference(lines.get(i).split(" ", -1), place.resolve("output-" + i), wanted.get(i));
            if (!difference.isEmpty()) {
                return difference;
            }
        }
        return "";
    }

    /** What differs by more than 1e-4 of the larger of 1 and the element; 2e-2 of half floats. */
    private static String difference(String[] words, Path elements, NDArray wanted) throws IOException {
        long[] sizes = OnnxRuntimeRun.sizes(words[2]);
        if (!words[1].equals(TYPES.get(wanted.dtype())) || !Arrays.equals(sizes, wanted.sizes())) {
            return "gave " + words[1] + Arrays.toString(sizes) + " for " + wanted.dtype() + wanted.shape();
        }
        NDArray found = NDArray.from(wanted.dtype(), MemorySegment.ofArray(Files.readAllBytes(elements)), sizes);
        double tolerance = wanted.dtype().isHalf() ? 2e-2 : 1e-4;
        for (long i = 0; i < wanted.elementCount(); i++) {
            double x = wanted.dtype().isFloat() ? wanted.getDouble(i) : wanted.getLong(i);
            double y = wanted.dtype().isFloat() ? found.getDouble(i) : found.getLong(i);
            if (Double.compare(x, y) != 0 && !(Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(x)))) {
                return words[0] + ": element " + i + " is " + y + ", not " + x;
            }
        }
        return "";
    }
}
