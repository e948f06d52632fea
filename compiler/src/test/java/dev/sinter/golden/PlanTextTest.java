package dev.sinter.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanParser;
import dev.sinter.plan.PlanPrinter;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.plan.Planner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Functions and their plans as text. With the system property {@code sinter.golden.write} naming the folder of
 * the texts, the plans are written anew.
 */
class PlanTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"two-layer-step", "softmax", "adam", "pieces", "views"})
    void planIsAsWritten(String name) throws IOException {
        Function function = Parser.parse(resource(name + ".tensor"));
        Plan plan = Planner.plan(function, Map.of(), LayoutAssignment.ROW_MAJOR);
        PlanVerifier.verify(plan);
        String text = PlanPrinter.print(plan);
        String folder = System.getProperty("sinter.golden.write", "");
        if (!folder.isEmpty()) {
            Files.writeString(Path.of(folder, name + ".plan"), text);
        }
        assertThat(text).isEqualTo(resource(name + ".plan"));
        assertThat(PlanPrinter.print(PlanParser.parse(text))).isEqualTo(text);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = PlanTextTest.class.getResourceAsStream("/golden/" + name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
