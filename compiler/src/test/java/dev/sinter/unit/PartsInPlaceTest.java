package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Decision;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanInterpreter;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.plan.Planner;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which values are written as parts of larger ones from the start, and that the results are right. */
class PartsInPlaceTest {
    /** Two values, made of two each, with one row more; the sign stands for a size. */
    private static final String ROWS = """
              %2 = exp(%x) : f32[@,8]
              %3 = tanh(%y) : f32[@,8]
              %4 = concat{axis=1}(%2, %3) : f32[@,16]
              %5 = concat{axis=1}(%3, %2) : f32[@,16]
              %6 = reshape(%4) : f32[1,@,16]
              %7 = reshape(%5) : f32[1,@,16]
            """;

    private static Function function(String body, String rows) {
        return Parser.parse(("sinter-tensor 1\nfunc @f(%x: f32[@,8], %y: f32[@,8]) {\n" + body + "}\n")
                .replace("[@", "[" + rows).replace(",@", "," + rows));
    }

    private static Plan plan(Function function) {
        Plan plan = Planner.plan(function, Map.of(), LayoutAssignment.ROW_MAJOR);
        PlanVerifier.verify(plan);
        return plan;
    }

    /** The plan of a body for an unknown number of rows; for three it gives what the interpreter gives. */
    private static Plan checked(String body) {
        List<NDArray> arguments = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            float[] numbers = new float[24];
            for (int j = 0; j < numbers.length; j++) {
                numbers[j] = 0.1f * j - i;
            }
            arguments.add(NDArray.of(numbers, 3, 8));
        }
        for (String rows : List.of("3", "n")) {
            Function function = function(body, rows);
            List<NDArray> expected = Interpreter.run(function, arguments);
            List<NDArray> actual = PlanInterpreter.run(plan(function), function, arguments);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i).sameBits(expected.get(i))).isTrue();
            }
        }
        return plan(function(body, "n"));
    }

    private static List<String> moved(Plan plan) {
        return plan.decisions().stream().map(Decision::question).filter(question -> question.contains(" as a part of "))
                .toList();
    }

    private static long temporaries(Plan plan) {
        return plan.buffers().stream().filter(buffer -> buffer.role() instanceof Buffer.Role.Temporary).count();
    }

    @Test
    void whatIsStackedIsWrittenOnce() {
        Plan plan = checked(ROWS + """
                  %8 = concat{axis=0}(%6, %7) : f32[2,@,16]
                  return %8
                """);
        assertThat(moved(plan)).containsExactlyInAnyOrder("write concat_4 as a part of result_0",
                "write concat_5 as a part of result_0");
        assertThat(plan.steps()).hasSize(2);
        assertThat(temporaries(plan)).isZero();
    }

    @Test
    void othersReadThePart() {
        Plan plan = checked(ROWS + """
                  %8 = concat{axis=0}(%6, %7) : f32[2,@,16]
                  %9 = reduce{max, axes=[0]}(%4) : f32[16]
                  return %8, %9
                """);
        assertThat(moved(plan)).hasSize(2);
        assertThat(temporaries(plan)).isZero();
    }

    @Test
    void partsOfPartsAreWrittenInPlaceToo() {
        Plan plan = checked(ROWS + """
                  %8 = concat{axis=0}(%6, %7) : f32[2,@,16]
                  %9 = concat{axis=0}(%7, %6) : f32[2,@,16]
                  %10 = reshape(%8) : f32[1,2,@,16]
                  %11 = neg(%9) : f32[2,@,16]
                  %12 = reshape(%11) : f32[1,2,@,16]
                  %13 = concat{axis=0}(%10, %12) : f32[2,2,@,16]
                  return %13
                """);
        assertThat(moved(plan)).contains("write concat_8 as a part of result_0");
    }

    @Test
    void whatIsStackedTwiceLiesInOnePlaceAndIsCopiedToTheOther() {
        Plan plan = checked(ROWS + """
                  %8 = concat{axis=0}(%6, %6) : f32[2,@,16]
                  return %8, %5
                """);
        assertThat(moved(plan)).as("one part would be read while the other is written").isEmpty();
    }

    @Test
    void partsBehindEachOtherInARowStayCopies() {
        Plan plan = checked(ROWS + """
                  %8 = concat{axis=1}(%4, %5) : f32[@,32]
                  return %8
                """);
        assertThat(moved(plan)).isEmpty();
    }
}
