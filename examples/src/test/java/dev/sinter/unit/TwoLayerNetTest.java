package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.examples.TwoLayerNet;
import dev.sinter.runtime.Backend;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoLayerNetTest {
    private static List<String> train(int steps, long seed, int batch) {
        List<String> losses = new ArrayList<>();
        TwoLayerNet.train(steps, seed, batch, 1, Backend.EVAL, losses::add);
        return losses;
    }

    @Test
    void lossesFallAndAreWrittenWithoutExponents() {
        List<String> losses = train(25, 0, 64);
        assertThat(losses).hasSize(25).allMatch(loss -> loss.matches("\\d+\\.\\d+"));
        assertThat(Double.parseDouble(losses.getFirst())).isGreaterThan(1e7);
        assertThat(Double.parseDouble(losses.getLast())).isLessThan(1e6);
    }

    @Test
    void theSeedDecides() {
        assertThat(train(2, 3, 8)).isEqualTo(train(2, 3, 8)).isNotEqualTo(train(2, 4, 8));
    }

    @Test
    void anEmptyBatchHasNoLoss() {
        assertThat(train(2, 0, 0)).containsExactly("0.0", "0.0");
    }
}
