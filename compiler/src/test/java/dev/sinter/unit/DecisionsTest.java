package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.plan.Decision;
import dev.sinter.plan.Decisions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    @Test
    void manyThatDifferInNumbersAloneAreOneLine() {
        List<Decision> decisions = new ArrayList<>();
        decisions.add(new Decision.No("fuse %1 exp with %2 reduce", "it is large"));
        for (int i = 3; i < 10; i++) {
            decisions.add(new Decision.Yes("keep %" + i + " mul", "it spares " + 8 * i + " bytes"));
        }
        assertThat(Decisions.lines(decisions)).containsExactly("no: fuse %1 exp with %2 reduce, because it is large",
                "yes: keep %3 mul, because it spares 24 bytes, and 6 like it");
    }

    @Test
    void fewAreListed() {
        List<Decision> decisions = List.of(new Decision.Yes("keep %1 mul", "why not"),
                new Decision.Yes("keep %2 mul", "why not"));
        assertThat(Decisions.lines(decisions)).hasSize(2);
    }
}
