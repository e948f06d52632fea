package dev.sinter.error;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that cannot run native code say why in one line, and run all the same. */
class WithoutNativeCodeTest {
    private static final String PREFIX =
            "WARNING: native code is not available, the interpreter is used, which is slow: ";

    @TempDir
    Path folder;

    /** Adds one to 1, and says how. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            Graph graph = new Graph();
            Tensor x = graph.placeholder("x", FLOAT32, shape(1));
            Tensor y = x.plus(1);
            Backend backend = Backend.valueOf(arguments[0]);
            try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
                boolean compiled = !session.text("llvm", Fetch.fetch(y), x).isEmpty();
                System.out.println((compiled ? "native " : "interpreted ")
                        + session.run(Feeds.feed(x, NDArray.full(FLOAT32, 1, 1)), y));
            } catch (GraphException refused) {
                System.out.println("refused " + refused.getMessage());
            }
        }
    }

    /** What a process with a cache of its own writes, without the lines in which the logger says when and where. */
    private List<String> output(Backend backend, String cache, String withoutJars, String... options)
            throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("surefire.test.class.path",
                        System.getProperty("java.class.path")).split(File.pathSeparator))
                .filter(entry -> withoutJars.isEmpty() || !entry.contains(withoutJars))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-Dsinter.code.cache=off", "-Dsinter.replay=off"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, Program.class.getName(), backend.name()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("XDG_CACHE_HOME", cache);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text.lines().filter(line -> !line.contains("dev.sinter.runtime.Engines")).toList();
    }

    private static final String ALLOWED = "--enable-native-access=ALL-UNNAMED";

    @Test
    void anUnknownProcessor() throws IOException, InterruptedException {
        assertThat(output(Backend.AUTO, folder.toString(), "", ALLOWED, "-Dos.arch=riscv64"))
                .containsExactly(PREFIX + "no native library for Linux/riscv64", "interpreted [2.]");
        assertThat(output(Backend.LLVM, folder.toString(), "", ALLOWED, "-Dos.arch=riscv64")).containsExactly(
                "refused session: the back end llvm is not available: no native library for Linux/riscv64;"
                        + " choose eval");
    }

    @Test
    void aJvmThatDeniesNativeAccess() throws IOException, InterruptedException {
        assertThat(output(Backend.AUTO, folder.toString(), "", "--illegal-native-access=deny")).containsExactly(
                PREFIX + "the JVM denies native access; start Java with --enable-native-access=ALL-UNNAMED",
                "interpreted [2.]");
    }

    @Test
    void noLibraryOnTheClassPath() throws IOException, InterruptedException {
        List<String> lines = output(Backend.AUTO, folder.toString(), "bytedeco", ALLOWED);
        assertThat(lines).hasSize(2).last().isEqualTo("interpreted [2.]");
        assertThat(lines.getFirst()).startsWith(PREFIX
                + "no LLVM library on the class path: add org.bytedeco:llvm:20.1.7-1.5.12:linux-");
    }

    @Test
    void noBackEnd() throws IOException, InterruptedException, URISyntaxException {
        String module = Path.of(LlvmBackend.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
        assertThat(output(Backend.AUTO, folder.toString(), module, ALLOWED)).containsExactly(
                PREFIX + "the module dev.sinter.llvm is not there; add it", "interpreted [2.]");
    }

    /** Not even the superuser makes a folder in {@code /proc}. */
    @Test
    void aCacheFolderThatCannotBeMade() throws IOException, InterruptedException {
        assertThat(output(Backend.AUTO, "/proc/sinter", "", ALLOWED)).containsExactly(
                PREFIX + "LLVM cannot be unpacked: /proc/sinter: there is no such folder; XDG_CACHE_HOME may name a"
                        + " folder that can be written", "interpreted [2.]");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(output(Backend.AUTO, file.toString(), "", ALLOWED)).containsExactly(
                PREFIX + "LLVM cannot be unpacked: " + file + ": it is in the way of a folder; XDG_CACHE_HOME may"
                        + " name a folder that can be written", "interpreted [2.]");
    }

    /** The JVM itself may say what it thinks of the file. */
    @Test
    void aDamagedLibraryIsUnpackedAgain() throws IOException, InterruptedException {
        assertThat(output(Backend.AUTO, folder.toString(), "", ALLOWED)).containsExactly("native [2.]");
        Path library;
        try (Stream<Path> files = Files.walk(folder)) {
            library = files.filter(file -> file.getFileName().toString().startsWith("libLLVM")).findFirst()
                    .orElseThrow();
        }
        FileTime time = Files.getLastModifiedTime(library);
        byte[] bytes = new byte[Math.toIntExact(Files.size(library))];
        Files.write(library, bytes);
        Files.setLastModifiedTime(library, time);
        assertThat(output(Backend.AUTO, folder.toString(), "", ALLOWED)).last().isEqualTo("native [2.]");
        Files.write(library, bytes);
        Files.setLastModifiedTime(library, time);
        List<String> lines = output(Backend.AUTO, folder.toString(), "bytedeco", ALLOWED);
        assertThat(lines).last().isEqualTo("interpreted [2.]");
        assertThat(lines).filteredOn(line -> line.startsWith(PREFIX)).singleElement().asString()
                .contains("no LLVM library on the class path");
    }

    /** Of somebody whom the system does not know Java says that the home is {@code ?}. */
    @Test
    void aUserWithoutAHome() throws IOException, InterruptedException {
        assertThat(output(Backend.AUTO, "", "", ALLOWED, "-Duser.home=?", "-Djava.io.tmpdir=" + folder))
                .containsExactly("native [2.]");
        assertThat(Path.of("?")).doesNotExist();
        assertThat(folder).isNotEmptyDirectory();
    }
}
