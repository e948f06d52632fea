package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.Dim;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Divisions of sizes: their normal forms, and that these have the value of the division. */
final class DimDivisionTest {
    private static final Dim N = Dim.symbol("n");
    private static final Dim M = Dim.symbol("m");

    @Test
    void multiplesOfTheDivisorComeOut() {
        assertThat(N.times(2).plus(1).floorDiv(2)).isEqualTo(N);
        assertThat(N.times(2).ceilDiv(2)).isEqualTo(N);
        assertThat(N.plus(3).floorDiv(2)).isEqualTo(N.plus(1).floorDiv(2).plus(1));
        assertThat(N.times(5).minus(1).floorDiv(4)).isEqualTo(N.plus(3).floorDiv(4).plus(N).minus(1));
        assertThat(N.times(2).plus(5).mod(Dim.of(2))).isEqualTo(Dim.ONE);
        assertThat(N.times(7).plus(M.times(3)).mod(Dim.of(3))).isEqualTo(N.mod(Dim.of(3)));
        assertThat(N.floorDiv(2)).hasToString("floordiv(n,2)");
        assertThat(Dim.parse(N.plus(3).floorDiv(2).toString())).isEqualTo(N.plus(3).floorDiv(2));
    }

    @Test
    void theValueStays() {
        List<Dim> dims = List.of(N, N.plus(1), N.times(2).minus(3), N.times(-5).plus(M),
                N.times(M).times(6).plus(4),
                N.floorDiv(2).times(3).plus(1), Dim.of(-7), Dim.ZERO);
        for (Dim dim : dims) {
            for (long divisor : new long[] {1, 2, 3, 4, 6, 7}) {
                for (long n = 0; n < 9; n++) {
                    long size = n;
                    long value = dim.evaluate(symbol -> symbol.name().equals("n") ? size : 11 - size);
                    assertThat(dim.floorDiv(divisor).evaluate(
                            symbol -> symbol.name().equals("n") ? size : 11 - size))
                            .as("%s / %s at %s", dim, divisor, n).isEqualTo(Math.floorDiv(value, divisor));
                    assertThat(dim.mod(Dim.of(divisor)).evaluate(
                            symbol -> symbol.name().equals("n") ? size : 11 - size))
                            .as("%s mod %s at %s", dim, divisor, n).isEqualTo(Math.floorMod(value, divisor));
                }
            }
        }
    }
}
