package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Symbol;
import org.junit.jupiter.api.Test;

final class DimTest {
    private static final Dim N = Dim.symbol("n");
    private static final Dim M = Dim.symbol("batch/m.0");

    @Test
    void normalForm() {
        assertThat(N.plus(N)).isEqualTo(N.times(2)).hasToString("2*n");
        assertThat(N.plus(1).times(N.minus(1))).isEqualTo(N.times(N).minus(1)).hasToString("n*n-1");
        assertThat(N.minus(N)).isEqualTo(Dim.ZERO).hasToString("0");
        assertThat(N.times(M)).isEqualTo(M.times(N));
        assertThat(N.times(4).plus(M.times(2)).floorDiv(2)).isEqualTo(N.times(2).plus(M));
        assertThat(N.times(6).mod(Dim.of(3))).isEqualTo(Dim.ZERO);
        assertThat(N.times(M).floorDiv(M)).isEqualTo(N);
        assertThat(N.floorDiv(2)).hasToString("floordiv(n,2)");
        assertThat(N.max(N.plus(1))).isEqualTo(N.plus(1));
        assertThat(N.max(N.plus(M))).isEqualTo(N.plus(M));
        assertThat(N.plus(N.min(Dim.ONE)).min(N)).isEqualTo(N);
        assertThat(N.min(M)).isEqualTo(M.min(N)).hasToString("min(batch/m.0,n)");
        assertThat(Dim.of(-7).floorDiv(2)).isEqualTo(Dim.of(-4));
        assertThat(Dim.of(-7).mod(Dim.of(4))).isEqualTo(Dim.ONE);
    }

    @Test
    void isNeverNegative() {
        Dim named = Dim.symbol("a-b");
        for (Dim dim : new Dim[] {Dim.ZERO, Dim.of(3), N, named, N.times(named).plus(2), N.floorDiv(2), N.min(M),
                N.mod(Dim.of(3)), N.minus(5).max(Dim.ZERO), N.broadcast(M), N.repeats(M)}) {
            assertThat(dim.isNeverNegative()).as(dim.toString()).isTrue();
        }
        for (Dim dim : new Dim[] {Dim.of(-1), N.minus(1), N.minus(M), N.times(-2), N.minus(1).floorDiv(2),
                N.minus(2).min(M), N.minus(2).max(M.minus(1))}) {
            assertThat(dim.isNeverNegative()).as(dim.toString()).isFalse();
        }
    }

    @Test
    void constants() {
        assertThat(Dim.of(3).constant()).isEqualTo(3);
        assertThat(N.asConstant()).isEmpty();
        assertThat(N.asSymbol()).contains(new Symbol("n"));
        assertThat(N.plus(1).asSymbol()).isEmpty();
        assertThat(N.plus(M.max(Dim.of(4))).symbols()).containsExactlyInAnyOrder(new Symbol("n"),
                new Symbol("batch/m.0"));
    }

    @Test
    void substitution() {
        Dim dim = N.times(N).plus(M.floorDiv(2)).plus(1);
        assertThat(dim.substitute(symbol -> symbol.name().equals("n") ? M : Dim.of(7)))
                .isEqualTo(M.times(M).plus(4));
    }

    @Test
    void aSizeThatGrowsWithoutEndIsRefused() {
        assertThatThrownBy(() -> {
            Dim size = N;
            for (int i = 0; i < 100; i++) {
                size = size.minus(i).min(M).plus(size.floorDiv(3));
            }
        }).isInstanceOf(GraphException.class).hasMessageContaining("too many terms");
        assertThatThrownBy(() -> {
            Dim sum = N.plus(M);
            for (int i = 0; i < 50; i++) {
                sum = sum.times(sum.plus(Dim.symbol("s" + i)));
            }
        }).isInstanceOf(GraphException.class).hasMessageContaining("too many terms");
    }

    @Test
    void errors() {
        assertThatThrownBy(() -> Dim.parse("2*")).isInstanceOf(GraphException.class)
                .hasMessageContaining("unexpected input at position 2");
        assertThatThrownBy(() -> Dim.parse("9223372036854775808")).isInstanceOf(GraphException.class)
                .hasMessageContaining("does not fit into 64 bits");
        assertThatThrownBy(() -> Dim.parse("f(n,2)")).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> Dim.of(Long.MAX_VALUE).times(2)).isInstanceOf(GraphException.class)
                .hasMessageContaining("does not fit into 64 bits");
        assertThatThrownBy(() -> N.times(N).evaluate(symbol -> 1L << 40)).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> N.floorDiv(M).evaluate(symbol -> 0)).isInstanceOf(GraphException.class)
                .hasMessageContaining("divides by 0");
    }
}
