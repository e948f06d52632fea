package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import org.junit.jupiter.api.Test;

/** Bounds that floats lie within are left out of kernels. */
final class RangesTest {
    private final KernelBuilder k = new KernelBuilder("ranges");
    private final Reg x = k.load(k.buffer("x", DType.FLOAT32, Kernel.Access.READ, Dim.of(1)), k.index(0), 1);

    @Test
    void aBoundBeyondAnotherChangesNothing() {
        Reg positive = k.max(k.f32(0.5f), x);
        assertThat(k.max(k.f32(-1), positive)).isEqualTo(positive);
        assertThat(k.max(k.f32(0.5f), positive)).isEqualTo(positive);
        assertThat(k.max(k.f32(0.75f), positive)).isNotEqualTo(positive);
        Reg both = k.min(k.f32(3), positive);
        assertThat(k.min(k.f32(3), both)).isEqualTo(both);
        assertThat(k.max(k.f32(0.25f), both)).isEqualTo(both);
        assertThat(k.min(k.f32(2), both)).isNotEqualTo(both);
    }

    @Test
    void boundsGoThroughArithmetic() {
        Reg unit = k.min(k.f32(1), k.max(k.f32(-1), x));
        Reg scaled = k.add(k.mul(unit, k.f32(-4)), k.f32(10));
        assertThat(k.max(k.f32(5), scaled)).isEqualTo(scaled);
        assertThat(k.min(k.f32(15), scaled)).isEqualTo(scaled);
        assertThat(k.max(k.f32(6), scaled)).as("rounding is allowed for").isNotEqualTo(scaled);
        Reg square = k.arith(ArithOp.ABS, k.neg(unit));
        assertThat(k.max(k.f32(0), square)).isEqualTo(square);
        assertThat(k.min(k.f32(1), square)).isEqualTo(square);
    }

    /** Where the first operand is NaN, the result is the second: the first one's bounds say nothing. */
    @Test
    void nanTakesTheSecondOperand() {
        Reg limited = k.min(k.f32(1), k.max(k.f32(0), x));
        Reg either = k.max(limited, k.f32(-5));
        assertThat(k.max(k.f32(-2), either)).isNotEqualTo(either);
        assertThat(k.min(k.f32(1), either)).isEqualTo(either);
    }
}
