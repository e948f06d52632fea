package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.llvm.Sharing;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How many threads compute a run where the machine is idle or busy, on a clock of the test's own. */
class SharingTest {
    private static final long ALONE = 250_000;
    private static final long TOGETHER = 130_000;
    private static final long WAITING = 16_000_000;

    private final Sharing sharing = new Sharing();
    private final SplittableRandom random = new SplittableRandom(1);
    private long now = 1_000_000_000;
    private int together;

    /** Runs for a while; says how long a run took on the average. */
    private double run(long nanos, long withAll) {
        long begin = now;
        int runs = 0;
        together = 0;
        while (now - begin < nanos) {
            boolean all = sharing.withAll(now);
            long took = (all ? withAll : ALONE) * random.nextInt(90, 111) / 100;
            now += took;
            if (all) {
                sharing.ranWithAll(took, now);
                together++;
            } else {
                sharing.ranAlone(took, now);
            }
            runs++;
        }
        return (double) (now - begin) / runs;
    }

    @Test
    void allThreadsComputeOnAnIdleMachine() {
        assertThat(run(1_000_000_000, TOGETHER)).isLessThan(1.05 * TOGETHER);
    }

    @Test
    void theCallerComputesAloneOnABusyMachine() {
        run(1_000_000_000, TOGETHER);
        run(500_000_000, WAITING);
        assertThat(run(5_000_000_000L, WAITING)).isLessThan(1.2 * ALONE);
    }

    @Test
    void theMachineMayBeBusyFromTheStart() {
        run(500_000_000, WAITING);
        assertThat(run(5_000_000_000L, WAITING)).isLessThan(1.2 * ALONE);
    }

    @Test
    void allThreadsComputeAgainWhenTheMachineIsIdle() {
        run(1_000_000_000, TOGETHER);
        run(3_000_000_000L, WAITING);
        run(2_500_000_000L, TOGETHER);
        assertThat(run(1_000_000_000, TOGETHER)).isLessThan(1.05 * TOGETHER);
    }

    @Test
    void whatIsFasterAloneIsComputedAlone() {
        run(200_000_000, 2 * ALONE);
        run(1_000_000_000, 2 * ALONE);
        assertThat(together).isLessThan(200);
    }

    @Test
    void aProgramOfOtherSizesStartsWithAllThreads() {
        run(1_000_000_000, WAITING);
        assertThat(sharing.withAll(now)).isFalse();
        sharing.reset();
        assertThat(sharing.withAll(now)).isTrue();
    }
}
