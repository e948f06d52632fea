package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Symbol;
import java.util.List;
import java.util.function.ToLongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
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
        assertThat(N.min(M)).isEqualTo(M.min(N)).hasToString("min(batch/m.0,n)");
        assertThat(Dim.of(-7).floorDiv(2)).isEqualTo(Dim.of(-4));
        assertThat(Dim.of(-7).mod(Dim.of(4))).isEqualTo(Dim.ONE);
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

    /** A dim made by random operations, with what they compute on numbers. */
    private record Made(Dim dim, ToLongFunction<ToLongFunction<Symbol>> value) {
        Made with(int operation, Made other) {
            return switch (operation) {
                case 0 -> new Made(dim.plus(other.dim), v -> value.applyAsLong(v) + other.value.applyAsLong(v));
                case 1 -> new Made(dim.minus(other.dim), v -> value.applyAsLong(v) - other.value.applyAsLong(v));
                case 2 -> new Made(dim.times(other.dim), v -> value.applyAsLong(v) * other.value.applyAsLong(v));
                case 3 -> new Made(dim.min(other.dim),
                        v -> Math.min(value.applyAsLong(v), other.value.applyAsLong(v)));
                case 4 -> new Made(dim.max(other.dim),
                        v -> Math.max(value.applyAsLong(v), other.value.applyAsLong(v)));
                case 5 -> new Made(dim.floorDiv(3), v -> Math.floorDiv(value.applyAsLong(v), 3L));
                default -> new Made(dim.mod(Dim.of(4)), v -> Math.floorMod(value.applyAsLong(v), 4L));
            };
        }

        @Override
        public String toString() {
            return dim.toString();
        }
    }

    @Provide
    Arbitrary<Made> dims() {
        Arbitrary<Made> leaves = Arbitraries.oneOf(
                Arbitraries.longs().between(-5, 9).map(c -> new Made(Dim.of(c), v -> c)),
                Arbitraries.of("n", "m", "k").map(name -> new Made(Dim.symbol(name),
                        v -> v.applyAsLong(new Symbol(name)))));
        return leaves.list().ofMinSize(1).ofMaxSize(5).flatMap(parts -> Arbitraries.integers().between(0, 6)
                .list().ofSize(parts.size()).map(operations -> combine(parts, operations)));
    }

    private static Made combine(List<Made> parts, List<Integer> operations) {
        Made made = parts.getFirst();
        for (int i = 1; i < parts.size(); i++) {
            made = made.with(operations.get(i), parts.get(i));
        }
        return made;
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void theNormalFormKeepsTheValue(@ForAll("dims") Made made, @ForAll @IntRange(min = 0, max = 50) int n,
            @ForAll @IntRange(min = 0, max = 50) int m) {
        ToLongFunction<Symbol> values = symbol -> switch (symbol.name()) {
            case "n" -> n;
            case "m" -> m;
            default -> 5;
        };
        assertThat(made.dim().evaluate(values)).isEqualTo(made.value().applyAsLong(values));
        Dim parsed = Dim.parse(made.dim().toString());
        assertThat(parsed).isEqualTo(made.dim());
        assertThat(parsed.evaluate(values)).isEqualTo(made.value().applyAsLong(values));
        assertThat(made.dim().substitute(symbol -> Dim.of(values.applyAsLong(symbol))).constant())
                .isEqualTo(made.value().applyAsLong(values));
    }
}
