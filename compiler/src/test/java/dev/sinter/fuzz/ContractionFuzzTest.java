package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.fail;

import dev.sinter.op.NestRun;
import dev.sinter.program.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContractionFuzzTest {
    private static final int CASES = Integer.getInteger("sinter.fuzz.contractions", 300);

    @Test
    void scheduledKernelsComputeTheSumsAndTheirEpilogues() {
        for (long seed = 0; seed < CASES; seed++) {
            NestRun run = RandomContraction.of(seed);
            List<long[]> expected = run.expected();
            for (Target target : List.of(NestRun.WIDE, NestRun.NARROW, NestRun.SMALL)) {
                List<long[]> actual;
                try {
                    actual = run.scheduled(target);
                } catch (RuntimeException | AssertionError broken) {
                    throw new AssertionError("seed " + seed + ", " + target.name() + ": " + broken.getMessage(),
                            broken);
                }
                for (int buffer = 0; buffer < expected.size(); buffer++) {
                    for (int i = 0; i < expected.get(buffer).length; i++) {
                        if (actual.get(buffer)[i] != expected.get(buffer)[i]) {
                            fail("seed %d, %s: buffer %d element %d is %x, not %x\n%s", seed, target.name(), buffer, i,
                                    actual.get(buffer)[i], expected.get(buffer)[i], run.text(target));
                        }
                    }
                }
            }
        }
    }
}
