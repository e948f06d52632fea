package dev.sinter.arch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The checkout that the tests look at: its sources, its documents and its compiled classes. */
final class Project {
    private final Path root;

    private Project(Path root) {
        this.root = root;
    }

    /** The checkout that holds the working directory. */
    static Project here() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
        }
        return new Project(folder);
    }

    /** The folders at the root that are modules with Java sources. */
    List<Path> modules() {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> Files.exists(folder.resolve("src/main/java/module-info.java")))
                    .sorted()
                    .toList();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The Java sources of all modules, tests included. */
    List<Path> javaFiles() {
        return modules().stream()
                .map(module -> files(module.resolve("src"), path -> path.toString().endsWith(".java")))
                .flatMap(List::stream)
                .toList();
    }

    /** What people read and what builds the project, apart from the licence. */
    List<Path> otherFiles() {
        return files(root, path -> {
            String name = root.relativize(path).toString();
            return isOurs(name)
                    && !name.startsWith("mvnw")
                    && (name.endsWith(".md") || name.endsWith(".xml") || name.equals("sinter")
                            || name.startsWith(".ci/") || name.endsWith(".properties"));
        });
    }

    /** Every file with text, whoever wrote it. */
    List<Path> textFiles() {
        return files(root, path -> isOurs(root.relativize(path).toString()) && isText(path));
    }

    /** Whether nothing makes the file that can make it again. */
    private static boolean isOurs(String name) {
        return !name.contains("target/") && !name.equals(".git") && !name.startsWith(".git/")
                && !name.startsWith(".sinter/") && !name.endsWith(".jqwik-database");
    }

    private static boolean isText(Path file) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file)));
            return true;
        } catch (CharacterCodingException binary) {
            return false;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The compiled classes of a module. */
    static List<ClassModel> classes(Path module) {
        return files(module.resolve("target/classes"), path -> path.toString().endsWith(".class")).stream()
                .map(path -> {
                    try {
                        return ClassFile.of().parse(path);
                    } catch (IOException problem) {
                        throw new UncheckedIOException(problem);
                    }
                })
                .toList();
    }

    /** The files under a folder that the predicate accepts. */
    static List<Path> files(Path folder, Predicate<Path> accepted) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).filter(accepted).sorted().toList();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The lines of a text file. */
    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The path as a reader of a failure wants it. */
    String name(Path file) {
        return root.relativize(file).toString();
    }
}
