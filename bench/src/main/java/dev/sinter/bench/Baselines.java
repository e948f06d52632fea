package dev.sinter.bench;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The baselines' processes: builds what they need on first use and ends them all at the end. */
final class Baselines implements AutoCloseable {
    private static final String TENSORFLOW = "tensorflow";
    private static final String ONEDNN = "onednn";
    private static final String ONNX_RUNTIME = "onnxruntime";

    private record Key(String module, int threads) { }

    private final Optional<Path> root;
    private final PrintStream err;
    private final boolean wanted;
    private final Map<String, Boolean> built = new HashMap<>();
    private final Map<Key, Optional<BaselineProcess>> processes = new HashMap<>();

    /**
     * The baselines.
     *
     * @param err gets a line for each that cannot be had
     * @param wanted whether there are any at all
     */
    Baselines(PrintStream err, boolean wanted) {
        this.err = err;
        this.wanted = wanted;
        root = Checkout.root();
    }

    /** TensorFlow-Java with that many threads, or nothing where it cannot be had. */
    Optional<BaselineProcess> tensorFlow(int threads) {
        return process(new Key(TENSORFLOW, threads));
    }

    /** oneDNN with that many threads, or nothing where it cannot be had. */
    Optional<BaselineProcess> oneDnn(int threads) {
        return process(new Key(ONEDNN, threads));
    }

    /** ONNX Runtime with that many threads, or nothing where it cannot be had. */
    Optional<BaselineProcess> onnxRuntime(int threads) {
        return process(new Key(ONNX_RUNTIME, threads));
    }

    /** What starts TensorFlow-Java, for those who time the start itself. */
    Optional<ProcessBuilder> tensorFlowStart(int threads) {
        return isBuilt(TENSORFLOW) ? Optional.of(builder(new Key(TENSORFLOW, threads))) : Optional.empty();
    }

    private Optional<BaselineProcess> process(Key key) {
        return processes.computeIfAbsent(key, wanted -> {
            if (!isBuilt(wanted.module)) {
                return Optional.empty();
            }
            try {
                return Optional.of(new BaselineProcess(builder(wanted)));
            } catch (BaselineFailure | UncheckedIOException problem) {
                say("no baseline " + wanted.module + ": " + problem.getMessage());
                return Optional.empty();
            }
        });
    }

    private ProcessBuilder builder(Key key) {
        Path module = project().resolve(key.module);
        String classPath = module.resolve("target/classes") + File.pathSeparator + read(classPathOf(module));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-cp", classPath));
        switch (key.module) {
            case TENSORFLOW -> command.addAll(List.of(
                    "dev.sinter.baselines.tensorflow.TensorFlow", Integer.toString(key.threads)));
            case ONNX_RUNTIME -> command.addAll(List.of(
                    "dev.sinter.baselines.onnxruntime.OnnxRuntime", Integer.toString(key.threads)));
            case ONEDNN -> command.addAll(List.of(
                    "dev.sinter.baselines.onednn.OneDnnGemm", library(module).toString()));
            default -> throw new IllegalArgumentException(key.module);
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(key.threads));
        builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
        return builder;
    }

    /** Builds the module when its sources are newer than what is there; once a run. */
    private boolean isBuilt(String module) {
        return wanted && built.computeIfAbsent(module, name -> {
            if (root.isEmpty()) {
                say("no baseline " + name + ": the checkout with bench/baselines is not found");
                return false;
            }
            if (isFresh(name)) {
                return true;
            }
            say("building the baseline " + name + "; the first time downloads its library, which is large");
            Path log = project().resolve("target").resolve(name + ".log");
            boolean done = maven(log, "-pl", name, "-am", "package") && touch(marker(name));
            if (!done) {
                say("no baseline " + name + ": it cannot be downloaded or built, see " + log);
            }
            return done;
        });
    }

    private boolean maven(Path log, String... arguments) {
        try {
            Files.createDirectories(log.getParent());
            Path wrapper = root.orElseThrow().resolve(windows() ? "mvnw.cmd" : "mvnw");
            return run(wrapper.toString(), log, arguments)
                    || run(windows() ? "mvn.cmd" : "mvn", log, arguments);
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean run(String maven, Path log, String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(maven, "--batch-mode", "-f",
                project().resolve("pom.xml").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(root.orElseThrow().toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            return builder.start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }

    private boolean isFresh(String name) {
        Path classPath = classPathOf(project().resolve(name));
        if (!Files.exists(classPath) || !Files.exists(marker(name))) {
            return false;
        }
        long time = modified(marker(name));
        boolean complete = Stream.of(read(classPath).split(File.pathSeparator)).allMatch(
                entry -> Files.exists(Path.of(entry)));
        return complete && !changedSince(time, project().resolve("pom.xml"))
                && !changedSince(time, project().resolve("protocol/src"))
                && !changedSince(time, project().resolve(name).resolve("pom.xml"))
                && !changedSince(time, project().resolve(name).resolve("src"));
    }

    /** A file that is as old as the last build that went well. */
    private Path marker(String name) {
        return project().resolve("target").resolve(name + ".built");
    }

    private static boolean touch(Path file) {
        try {
            Files.write(file, new byte[0]);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean changedSince(long time, Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.anyMatch(file -> modified(file) > time);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static Path library(Path module) {
        try (Stream<Path> files = Files.list(module.resolve("target/native"))) {
            return files.filter(file -> file.getFileName().toString().matches("(lib)?dnnl\\..*"))
                    .findFirst()
                    .orElseThrow(() -> new BaselineFailure("its jar carries no library for this platform"));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private Path project() {
        return root.orElseThrow().resolve("bench/baselines");
    }

    private static Path classPathOf(Path module) {
        return module.resolve("target/classpath");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static boolean windows() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    }

    private void say(String message) {
        err.println("sinter: " + message);
    }

    @Override
    public void close() {
        processes.values().forEach(process -> process.ifPresent(BaselineProcess::close));
    }
}
