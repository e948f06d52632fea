package dev.sinter.error;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.plan.SizeChecks;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes that a program cannot run with are refused before it runs, in the interpreter's words. */
class SizeChecksTest {
    private static void refused(String function, long n, String message) {
        Function parsed = Parser.parse(function);
        SizeChecks checks = SizeChecks.of(parsed);
        assertThatThrownBy(() -> checks.check(symbol -> n)).isInstanceOf(GraphException.class).hasMessage(message);
        NDArray x = NDArray.zeros(DType.FLOAT32, n);
        NDArray i = NDArray.zeros(DType.INT64);
        assertThatThrownBy(() -> Interpreter.run(parsed, List.of(x, i))).isInstanceOf(GraphException.class);
        assertThatCode(() -> checks.check(symbol -> 5)).doesNotThrowAnyException();
    }

    @Test
    void aSliceThatIsTooLong() {
        refused("""
                sinter-tensor 1
                func @f(%x: f32[n], %i: i64[]) {
                  %2 = slice{from=[1], to=[4], step=[1]}(%x) : f32[3]
                  return %2
                }
                """, 3, "slice: 1:4:1 does not lie in axis 0 of size 3");
    }

    @Test
    void aBoxThatIsTooLarge() {
        refused("""
                sinter-tensor 1
                func @f(%x: f32[n], %i: i64[]) {
                  %2 = constant{1.0, 2.0, 3.0}() : f32[3]
                  %3 = dynamic_update_slice(%x, %2, %i) : f32[n]
                  return %3
                }
                """, 2, "a box of size 3 is larger than axis 0 of size 2");
    }

    @Test
    void aReshapeThatDoesNotFit() {
        refused("""
                sinter-tensor 1
                func @f(%x: f32[n], %i: i64[]) {
                  %2 = reshape(%x) : f32[floordiv(n,5),5]
                  return %2
                }
                """, 8, "reshape: float32[8] has 8 elements, [floordiv(n,5),5] = [1,5] has 5");
    }

    @Test
    void anAxisThatDoesNotStretch() {
        refused("""
                sinter-tensor 1
                func @f(%x: f32[n], %i: i64[]) {
                  %2 = broadcast{axes=[1]}(%x) : f32[2,5]
                  return %2
                }
                """, 3, "broadcast: axis 0 of float32[3] is 3, which is neither 1 nor 5");
    }

    @Test
    void sizesOfTypesThatDoNotBroadcast() {
        SizeChecks checks = SizeChecks.of(Parser.parse("""
                sinter-tensor 1
                func @f(%x: f32[n]) {
                  %1 = dim_size{broadcast(2*n,n+5)}() : i64[]
                  return %1
                }
                """));
        assertThatCode(() -> checks.check(symbol -> 5)).doesNotThrowAnyException();
        assertThatThrownBy(() -> checks.check(symbol -> 3)).isInstanceOf(GraphException.class)
                .hasMessage("sizes do not broadcast: 2*n = 6, n+5 = 8; each must be 1 or the same");
    }
}
