package dev.sinter.bench;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A model in ONNX Runtime's process, which exchanges arrays by the files of a folder. */
final class OnnxRuntimeContender implements Contender {
    private final OnnxJob job;
    private final Cost cost;
    private final BaselineProcess process;
    private final Supplier<List<NDArray>> expected;
    private final Path folder;

    /**
     * A contender.
     *
     * @param process the process that runs it
     * @param expected what Sinter has computed, or nothing where it failed
     */
    OnnxRuntimeContender(OnnxJob job, Cost cost, BaselineProcess process, Supplier<List<NDArray>> expected) {
        this.job = job;
        this.cost = cost;
        this.process = process;
        this.expected = expected;
        try {
            folder = Files.createTempDirectory("sinter-onnx");
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Override
    public String name() {
        return job.name() + "-onnxruntime";
    }

    @Override
    public Optional<String> label() {
        return Optional.of("onnxruntime");
    }

    @Override
    public Cost cost() {
        return cost;
    }

    private String workload() {
        return URLEncoder.encode(folder.toString(), StandardCharsets.UTF_8);
    }

    @Override
    public void prepare() {
        try {
            Files.writeString(folder.resolve("model"), job.file().toAbsolutePath().toString());
            List<String> lines = new ArrayList<>();
            for (Map.Entry<String, NDArray> input : job.inputs().entrySet()) {
                NDArray value = input.getValue();
                Files.write(folder.resolve("input-" + lines.size()),
                        value.segment().toArray(ValueLayout.JAVA_BYTE));
                lines.add(URLEncoder.encode(input.getKey(), StandardCharsets.UTF_8) + " " + value.dtype() + " "
                        + Arrays.stream(value.sizes()).mapToObj(Long::toString).collect(Collectors.joining(",")));
            }
            Files.write(folder.resolve("inputs"), lines);
            process.prepare(workload());
            List<NDArray> own = expected.get();
            if (!own.isEmpty()) {
                OnnxTask.requireSame("Sinter's", own, outputs());
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private List<NDArray> outputs() throws IOException {
        List<NDArray> outputs = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("outputs"))) {
            String[] words = line.split(" ");
            DType dtype = Stream.of(DType.values()).filter(one -> one.toString().equals(words[0])).findFirst()
                    .orElseThrow(() -> new BaselineFailure("an output is of " + words[0]));
            long[] sizes = words.length < 2 ? new long[0]
                    : Stream.of(words[1].split(",")).mapToLong(Long::parseLong).toArray();
            byte[] bytes = Files.readAllBytes(folder.resolve("output-" + outputs.size()));
            outputs.add(NDArray.from(dtype, MemorySegment.ofArray(bytes), sizes));
        }
        return outputs;
    }

    @Override
    public double round(int iterations) {
        return process.round(workload(), iterations);
    }

    @Override
    public double[] turn(Turn turn) {
        return process.turn(workload(), turn);
    }

    /** Leaves the process alone: its owner ends it. */
    @Override
    public void close() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
