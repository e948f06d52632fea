package dev.sinter.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house style that can be read off the files. */
class SourcesTest {
    private static final int LONGEST_FILE = 600;
    private static final int LONGEST_LINE = 120;

    /** Paths of one machine; written in pieces, so that this file does not match itself. */
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w.])/(" + "work|root|home/\\w+|Users/\\w+|mnt" + ")/\\w");

    private static final Pattern UNFINISHED =
            Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");

    /** A line that a merge with conflicts leaves. */
    private static final Pattern CONFLICT = Pattern.compile("(<{7}|>{7}|\\|{7})( .*)?|={7}");

    private static final Pattern LOOSE_MAP = Pattern.compile("Map<String,\\s*" + "Object>");

    /** A property for the version of a library. */
    private static final Pattern VERSION = Pattern.compile("<([\\w.]+\\.version)>(.+)</\\1>");

    private static final Set<String> TEST_KINDS = Set.of(
            "unit", "golden", "rule", "op", "grad", "fuzz", "error", "alloc", "arch");

    private final Project project = Project.here();

    @Test
    void filesAreShort() {
        List<String> found = new ArrayList<>();
        allFiles().forEach(file -> {
            int lines = Project.lines(file).size();
            if (lines > LONGEST_FILE && !project.name(file).equals(OpsPage.PAGE)) {
                found.add(project.name(file) + " has " + lines);
            }
        });
        assertThat(found).as("files above " + LONGEST_FILE + " lines").isEmpty();
    }

    @Test
    void linesAreShort() {
        assertThat(linesOf(project.javaFiles().stream(), line -> line.length() > LONGEST_LINE))
                .as("lines above " + LONGEST_LINE + " columns")
                .isEmpty();
    }

    @Test
    void nothingNamesOneMachine() {
        assertThat(linesOf(allFiles(), line -> MACHINE_PATH.matcher(line).find())).isEmpty();
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertThat(linesOf(allFiles(), line -> UNFINISHED.matcher(line).find())).isEmpty();
    }

    @Test
    void mergesAreDone() {
        assertThat(linesOf(project.textFiles().stream(), line -> CONFLICT.matcher(line).matches())).isEmpty();
    }

    @Test
    void dataHasTypes() {
        assertThat(linesOf(project.javaFiles().stream(), line -> LOOSE_MAP.matcher(line).find())).isEmpty();
    }

    /** The benchmark's baselines are no modules of the build and have a property of their own for the same library. */
    @Test
    void aLibraryHasOneVersion() {
        Map<String, Set<String>> versions = new TreeMap<>();
        project.otherFiles().stream().filter(file -> file.endsWith("pom.xml")).flatMap(file ->
                Project.lines(file).stream()).map(VERSION::matcher).filter(Matcher::find).forEach(version ->
                versions.computeIfAbsent(version.group(1), _ -> new TreeSet<>()).add(version.group(2)));
        assertThat(versions).containsKey("onnxruntime.version")
                .allSatisfy((name, found) -> assertThat(found).as(name).hasSize(1));
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Set<String> found = new TreeSet<>();
        for (Path module : project.modules()) {
            Path sources = module.resolve("src/main/java");
            for (Path file : Project.files(sources, path -> path.toString().endsWith(".java"))) {
                Path folder = file.getParent();
                if (!folder.equals(sources) && !Files.exists(folder.resolve("package-info.java"))) {
                    found.add(project.name(folder));
                }
            }
        }
        assertThat(found).as("packages without package-info.java").isEmpty();
    }

    @Test
    void testsLieInTheFolderOfTheirKind() {
        List<String> found = new ArrayList<>();
        for (Path module : project.modules()) {
            Path tests = module.resolve("src/test/java/dev/sinter");
            for (Path file : Project.files(tests, path -> path.toString().endsWith("Test.java"))) {
                if (!TEST_KINDS.contains(tests.relativize(file).getName(0).toString())) {
                    found.add(project.name(file));
                }
            }
        }
        assertThat(found).as("tests outside the folders " + new TreeSet<>(TEST_KINDS)).isEmpty();
    }

    private Stream<Path> allFiles() {
        return Stream.concat(project.javaFiles().stream(), project.otherFiles().stream());
    }

    private List<String> linesOf(Stream<Path> files, Predicate<String> wrong) {
        List<String> found = new ArrayList<>();
        files.forEach(file -> {
            int number = 0;
            for (String line : Project.lines(file)) {
                number++;
                if (wrong.test(line)) {
                    found.add(project.name(file) + ":" + number + ": " + line.strip());
                }
            }
        });
        return found;
    }
}
