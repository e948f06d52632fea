package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import dev.sinter.tensor.SymbolBinder;
import dev.sinter.tensor.SymbolBindings;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SymbolBinderTest {
    private static final Dim N = Dim.symbol("n");
    private final SymbolBinder binder = new SymbolBinder(List.of(
            new SymbolBinder.Input("placeholder \"z\"", DType.FLOAT32, Shape.of(N.times(2).plus(1))),
            new SymbolBinder.Input("placeholder \"x\"", DType.FLOAT32, Shape.of(N, Dim.of(10))),
            new SymbolBinder.Input("placeholder \"y\"", DType.INT64, Shape.of(N))));

    private static NDArray floats(long... sizes) {
        return NDArray.zeros(DType.FLOAT32, sizes);
    }

    private static NDArray longs(long... sizes) {
        return NDArray.zeros(DType.INT64, sizes);
    }

    @Test
    void bindsPlainSymbolsAndChecksTheRest() {
        SymbolBindings bindings = binder.bind(List.of(floats(9), floats(4, 10), longs(4)));
        assertThat(bindings.value(new Symbol("n"))).isEqualTo(4);
        assertThat(bindings.evaluate(Shape.of(N.times(N), Dim.of(3)))).containsExactly(16, 3);
        assertThat(bindings).hasToString("n = 4");
        assertThatThrownBy(() -> bindings.value(new Symbol("k"))).isInstanceOf(GraphException.class)
                .hasMessage("the size k is not known from any input of the run");
    }

    private void refused(String message, NDArray... arrays) {
        assertThatThrownBy(() -> binder.bind(List.of(arrays))).isInstanceOf(GraphException.class)
                .hasMessage(message);
    }

    @Test
    void messagesNameBothSizes() {
        refused("placeholder \"y\": axis 0 of the array int64(5,) is 5, but axis 0 of placeholder \"x\" is 4; "
                + "both must be equal", floats(9), floats(4, 10), longs(5));
        refused("placeholder \"x\": axis 1 of the array float32(4, 9) is 9, not 10 as in (?, 10)",
                floats(9), floats(4, 9), longs(4));
        refused("placeholder \"x\": the array float32(4,) has rank 1, the shape (?, 10) has rank 2",
                floats(9), floats(4), longs(4));
        refused("placeholder \"y\": the array is float32, not int64; cast(INT64) converts it",
                floats(9), floats(4, 10), floats(4));
        refused("placeholder \"z\": axis 0 of the array float32(8,) is 8, not 2*n+1 = 9",
                floats(8), floats(4, 10), longs(4));
        refused("3 arrays are needed, not 1", floats(9));
    }

    @Test
    void anExpressionAloneBindsNothing() {
        assertThatThrownBy(() -> new SymbolBinder(List.of(
                new SymbolBinder.Input("placeholder \"x\"", DType.FLOAT32, Shape.of(N.times(2))))))
                .isInstanceOf(GraphException.class)
                .hasMessage("placeholder \"x\": the size 2*n needs n, which is no size of an input on its own");
    }
}
