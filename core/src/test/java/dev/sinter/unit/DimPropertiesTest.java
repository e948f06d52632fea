package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.Dim;
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

final class DimPropertiesTest {
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
                case 6 -> new Made(dim.repeats(other.dim),
                        v -> value.applyAsLong(v) == 1 ? other.value.applyAsLong(v) : 1);
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
        return leaves.list().ofMinSize(1).ofMaxSize(5).flatMap(parts -> Arbitraries.integers().between(0, 7)
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
