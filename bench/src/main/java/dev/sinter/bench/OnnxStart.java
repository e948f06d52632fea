package dev.sinter.bench;

import dev.sinter.formats.npy.Npy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A process from its start to its end that reads a model, compiles it, runs it once and writes what it gives. */
final class OnnxStart implements Contender {
    private final String name;
    private final Path launcher;
    private final OnnxNet net;
    private final int threads;
    private int nodes;
    private Optional<Path> folder = Optional.empty();
    private Optional<ProcessStart> process = Optional.empty();

    OnnxStart(String name, Path launcher, OnnxNet net, int threads) {
        this.name = name;
        this.launcher = launcher;
        this.net = net;
        this.threads = threads;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    @Override
    public void prepare() {
        try {
            Path made = Files.createTempDirectory("sinter-onnx");
            folder = Optional.of(made);
            nodes = net.write(made.resolve("net.onnx"), true);
            Npy.write(made.resolve("image.npy"), Values.normal(0, 1, OnnxNet.CHANNELS, OnnxNet.SIDE, OnnxNet.SIDE));
            ProcessStart start = new ProcessStart(name, List.of(launcher.toString(), "onnx", "run",
                    made.resolve("net.onnx").toString(), "--input", OnnxNet.INPUT + "=" + made.resolve("image.npy"),
                    "--out", made.resolve("out").toString(), "--threads", Integer.toString(threads)),
                    Map.of("JDK_JAVA_OPTIONS", "-Dsinter.code.cache=off"), true);
            start.prepare();
            process = Optional.of(start);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        return process.orElseThrow().round(iterations);
    }

    @Override
    public List<Remark> remarks() {
        return List.of(new Remark("nodes", nodes));
    }

    @Override
    public void close() {
        folder.ifPresent(made -> {
            try (Stream<Path> files = Files.walk(made)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException problem) {
                throw new UncheckedIOException(problem);
            }
        });
    }
}
