package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.WindowFunction;
import org.junit.jupiter.api.Test;

/** Windows at the ends of what they can be. */
final class WindowFunctionTest {
    /** The series for large numbers goes on where the sum ends. */
    @Test
    void kaiserWindowsOfLargeBetaAreOfOneCurve() {
        double[] below = WindowFunction.kaiser(Math.nextDown(1000.0)).weights(101);
        double[] above = WindowFunction.kaiser(Math.nextUp(1000.0)).weights(101);
        for (int i = 0; i < below.length; i++) {
            assertThat(above[i]).isCloseTo(below[i], within(1e-12 * below[i]));
        }
        assertThat(WindowFunction.kaiser(1e300).weights(5)).containsExactly(0, 0, 1, 0, 0);
    }

    @Test
    void framesThatLieFarApartAreDividedByTheirOwnSquares() {
        assertThat(WindowFunction.hamming().inverse(Integer.MAX_VALUE).weights(1)).containsExactly(1);
    }
}
