package dev.sinter.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Printer;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pass;
import dev.sinter.pass.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each file below {@code src/test/resources/golden} is a case: comments that say what it shows, the passes
 * (names, or {@code all}; {@code reassociate} allows rounding to change), the function before, {@code =>},
 * the function after. With {@code -Dsinter.golden.update=true} the second half is written anew.
 */
final class GoldenTest {
    private static final Path CASES = Path.of("src/test/resources/golden");
    private static final String ARROW = "\n=>\n";

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(CASES)) {
            files = found.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
        }
        assertThat(files).isNotEmpty();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }

    private static void check(Path file) throws IOException {
        String text = Files.readString(file);
        int arrow = text.indexOf(ARROW);
        String head = arrow < 0 ? text.stripTrailing() : text.substring(0, arrow);
        String passes = head.lines().filter(line -> line.startsWith("passes:")).findFirst().orElseThrow()
                .substring("passes:".length());
        List<String> words = List.of(passes.strip().split("\\s+"));
        Function before = Parser.parse(head.substring(head.indexOf(Printer.HEADER)));
        OptimizationOptions exact = OptimizationOptions.defaults().withVerification();
        OptimizationOptions options = words.contains("reassociate") ? exact.withReassociation() : exact;
        List<Pass> chosen = Pipeline.passes().stream()
                .filter(pass -> words.contains("all") || words.contains(pass.name())).toList();
        assertThat(chosen).as("passes of " + file).isNotEmpty();
        Function after = Pipeline.optimize(before, options, chosen).function();
        String expected = head + ARROW + Printer.print(after);
        if (Boolean.getBoolean("sinter.golden.update")) {
            Files.writeString(file, expected);
        }
        assertThat(Files.readString(file)).isEqualTo(expected);
        assertThat(Pipeline.optimize(after, options, chosen).function().sameGraph(after))
                .as("a second run changes nothing").isTrue();
    }
}
