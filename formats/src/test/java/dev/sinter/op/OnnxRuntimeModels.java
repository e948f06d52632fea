package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sinter.formats.onnx.OnnxExport;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.Tolerance;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Models beside ONNX Runtime, which runs in processes of its own. */
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
        export.write(Files.createDirectories(folder.resolve(name)).resolve("model.onnx"));
        addWritten(name, values, wanted);
    }

    /** A model of the bytes of a file, the values of its inputs, and what Sinter computes of them for its outputs. */
    void add(String name, byte[] model, Map<String, NDArray> values, List<NDArray> wanted) throws IOException {
        Files.write(Files.createDirectories(folder.resolve(name)).resolve("model.onnx"), model);
        addWritten(name, values, wanted);
    }

    private void addWritten(String name, Map<String, NDArray> values, List<NDArray> wanted) throws IOException {
        Path place = folder.resolve(name);
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, NDArray> input : values.entrySet()) {
            NDArray value = input.getValue();
            Files.write(place.resolve("input-" + lines.size()), value.segment().toArray(ValueLayout.JAVA_BYTE));
            lines.add(input.getKey() + " " + TYPES.get(value.dtype()) + " " + LongStream.of(value.sizes())
                    .mapToObj(Long::toString).collect(Collectors.joining(",")));
        }
        Files.write(place.resolve("inputs"), lines);
        assertThat(expected.put(name, wanted)).as("another model of the name %s", name).isNull();
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
                difference(place, each.getValue()).ifPresent(text -> problems.put(each.getKey(), text));
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
        assertThat(code).as("an exception of the process: %s", Files.readString(log))
                .isNotEqualTo(OnnxRuntimeRun.THROWN);
        return code;
    }

    private static Optional<String> difference(Path place, List<NDArray> wanted) throws IOException {
        List<String> lines = Files.readAllLines(place.resolve("outputs"));
        if (lines.size() != wanted.size()) {
            return Optional.of("gave " + lines);
        }
        for (int i = 0; i < wanted.size(); i++) {
            String[] words = lines.get(i).split(" ", -1);
            byte[] elements = Files.readAllBytes(place.resolve("output-" + i));
            NDArray found = NDArray.from(dtype(words[1]), MemorySegment.ofArray(elements),
                    OnnxRuntimeRun.sizes(words[2]));
            Optional<String> mismatch = near(found.dtype()).mismatch(wanted.get(i), found);
            if (mismatch.isPresent()) {
                return mismatch.map(text -> words[0] + ": " + text);
            }
        }
        return Optional.empty();
    }

    private static DType dtype(String type) {
        return TYPES.keySet().stream().filter(dtype -> TYPES.get(dtype).equals(type)).findFirst().orElseThrow();
    }

    /** How far elements may lie apart, of the larger of 1 and the element. */
    private static Tolerance near(DType dtype) {
        return switch (dtype) {
            case FLOAT16, BFLOAT16 -> part(dtype, 1e-2);
            case FLOAT32 -> part(dtype, 1e-5);
            // ONNX Runtime's optimizer scales products of matrices by a float32.
            case FLOAT64 -> part(dtype, 1e-7);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> Tolerance.EXACT;
        };
    }

    private static Tolerance part(DType dtype, double part) {
        return Tolerance.ulps(part / dtype.epsilon()).withAbsolute(part);
    }
}
