package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.fail;

import dev.sinter.kernel.Layout;
import dev.sinter.op.NestRun;
import dev.sinter.program.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContractionFuzzTest {
    private static final int CASES = Integer.getInteger("sinter.fuzz.contractions", 300);

    @Test
    void scheduledKernelsComputeTheSumsAndTheirEpilogues() {
        for (long seed = 0; seed < CASES; seed++) {
            check("seed " + seed, RandomContraction.of(seed));
        }
    }

    @Test
    void rowsOfAThreadAreComputedForAllColumnsAndPartsOfTheSums() {
        for (long rows : new long[] {24, 26, 31, 50}) {
            for (long columns : new long[] {64, 150, 200}) {
                for (Layout left : List.of(Layout.ROW_MAJOR, new Layout.Panels(16), new Layout.Panels(48))) {
                    check(rows + " rows, " + columns + " columns, " + left,
                            RandomContraction.inLoop(rows, 70, columns, left));
                }
            }
        }
    }

    private static void check(String what, NestRun run) {
        List<long[]> expected = run.expected();
        for (Target target : List.of(NestRun.WIDE, NestRun.NARROW, NestRun.SMALL)) {
            List<long[]> actual;
            try {
                actual = run.scheduled(target);
            } catch (RuntimeException | AssertionError broken) {
                throw new AssertionError(what + ", " + target.name() + ": " + broken.getMessage(), broken);
            }
            for (int buffer = 0; buffer < expected.size(); buffer++) {
                for (int i = 0; i < expected.get(buffer).length; i++) {
                    if (actual.get(buffer)[i] != expected.get(buffer)[i]) {
                        fail("%s, %s: buffer %d element %d is %x, not %x\n%s", what, target.name(), buffer, i,
                                actual.get(buffer)[i], expected.get(buffer)[i], run.text(target));
                    }
                }
            }
        }
    }
}
