package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Parser;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.plan.Planner;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The order of a plan's steps: the better of the one by memory and the one that the user wrote. */
class ScheduleTest {
    private static Plan plan(String parameters, String body) {
        Plan plan = Planner.plan(Parser.parse("sinter-tensor 1\nfunc @f(" + parameters + ") {\n" + body + "}\n"),
                Map.of(), LayoutAssignment.ROW_MAJOR);
        PlanVerifier.verify(plan);
        return plan;
    }

    /** The most KiB of temporaries that are alive during a step. */
    private static long peak(Plan plan) {
        List<List<Integer>> used = plan.steps().stream()
                .map(step -> Stream.concat(step.reads().stream(), step.writes().stream())
                        .map(id -> plan.owner(id).id()).toList()).toList();
        return IntStream.range(0, used.size()).mapToLong(now -> plan.buffers().stream()
                .filter(buffer -> buffer.role() instanceof Buffer.Role.Temporary)
                .filter(buffer -> used.subList(0, now + 1).stream().anyMatch(ids -> ids.contains(buffer.id()))
                        && used.subList(now, used.size()).stream().anyMatch(ids -> ids.contains(buffer.id())))
                .mapToLong(buffer -> buffer.bytes().constant()).sum()).max().orElse(0) >> 10;
    }

    /** Two wide layers side by side: as written both would be there at once, 528 KiB with what they read. */
    @Test
    void aWideLayerIsReadBeforeTheNextIsComputed() {
        Plan plan = plan("%x: f32[64,64], %w: f32[64,1024], %v: f32[64,1024], %u: f32[1024,64]", """
                  %4 = contract{mk,kn->mn}(%x, %x) : f32[64,64]
                  %5 = contract{mk,kn->mn}(%4, %w) : f32[64,1024]
                  %6 = tanh(%5) : f32[64,1024]
                  %7 = contract{mk,kn->mn}(%4, %v) : f32[64,1024]
                  %8 = tanh(%7) : f32[64,1024]
                  %9 = contract{mk,kn->mn}(%6, %u) : f32[64,64]
                  %10 = contract{mk,kn->mn}(%8, %u) : f32[64,64]
                  %11 = add(%9, %10) : f32[64,64]
                  return %11
                """);
        assertThat(peak(plan)).isEqualTo(16 + 256 + 16);
    }

    /**
     * A wide layer and four narrow ones that all wait for the last step. Who takes what needs least memory next
     * computes the narrow ones first, and has 56 KiB where the wide one is read.
     */
    @Test
    void aWideLayerThatIsWrittenFirstIsComputedBeforeNarrowOnesThatStay() {
        Plan plan = plan("%x: f32[32,32], %w: f32[32,256], %u: f32[256,32], %a: f32[32,32], %b: f32[32,32], "
                + "%c: f32[32,32], %d: f32[32,32], %e: f32[32,32]", """
                  %8 = contract{mk,kn->mn}(%x, %x) : f32[32,32]
                  %9 = contract{mk,kn->mn}(%8, %w) : f32[32,256]
                  %10 = tanh(%9) : f32[32,256]
                  %11 = contract{mk,kn->mn}(%10, %u) : f32[32,32]
                  %12 = contract{mk,kn->mn}(%8, %a) : f32[32,32]
                  %13 = contract{mk,kn->mn}(%8, %b) : f32[32,32]
                  %14 = contract{mk,kn->mn}(%8, %c) : f32[32,32]
                  %15 = contract{mk,kn->mn}(%8, %d) : f32[32,32]
                  %16 = contract{mk,kn->mn}(%8, %e) : f32[32,32]
                  %17 = add(%11, %12) : f32[32,32]
                  %18 = add(%17, %13) : f32[32,32]
                  %19 = add(%18, %14) : f32[32,32]
                  %20 = add(%19, %15) : f32[32,32]
                  %21 = add(%20, %16) : f32[32,32]
                  return %21
                """);
        assertThat(peak(plan)).isEqualTo(4 + 32 + 4);
    }
}
