package dev.sinter.error;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Signal;
import dev.sinter.graph.StftOptions;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowFunction;
import dev.sinter.tensor.GraphException;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Mistakes with complex numbers and signals: what each message says. */
class SignalErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(3, 8));
    private final Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, UNKNOWN));
    private final Tensor integers = graph.placeholder("i", INT32, shape(3, 8));
    private final Tensor scalar = graph.placeholder("s", FLOAT32, shape());
    private final Complex z = Complex.of(x);

    private static void fails(ThrowingCallable code, String... parts) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).hasMessageContainingAll(parts)
                .hasMessageContaining("SignalErrorsTest.java");
    }

    @Test
    void planesMustFit() {
        fails(() -> new Complex(x, graph.placeholder("a", FLOAT64, shape(3, 8))), "complex: the planes must be of one",
                "float64", "Complex.of(...) broadcasts");
        fails(() -> new Complex(x, graph.placeholder("b", FLOAT32, shape(3, 1))), "one shape");
        fails(() -> new Complex(integers, integers), "float32 or both float64");
        fails(() -> Complex.of(integers, integers), "complex: float32 or float64 is needed, not real int32[3,8]",
                "cast(...) it");
        fails(() -> Complex.of(x, graph.placeholder("c", FLOAT32, shape(3, 7))), "shapes do not broadcast",
                "imag float32[3,7] axis 1 is 7");
        fails(() -> Complex.ofInterleaved(x), "the last axis must have size 2", "x float32[3,8]");
        fails(() -> z.cast(INT32), "cast: complex numbers have planes of float32 or float64, not int32");
    }

    @Test
    void operandsMustFit() {
        Complex other = Complex.of(graph.placeholder("d", FLOAT32, shape(3, 5)));
        fails(() -> z.times(other), "complex_mul: shapes do not broadcast", "x.real float32[3,8] axis 1 is 8",
                "y.real float32[3,5] axis 1 is 5");
        fails(() -> z.plus(Complex.of(graph.placeholder("e", FLOAT64, shape(3, 8)))), "dtypes differ", "float64[3,8]");
        fails(() -> Complex.of(y).reduceProd(0), "complex_prod: the size of axis 0 must be known", "real float32[?,?]");
        fails(() -> z.matmul(z), "contracted sizes differ");
    }

    @Test
    void transforms() {
        fails(() -> Signal.fft(Complex.of(scalar)), "fft: at least 1 axis is needed: real float32[]");
        fails(() -> Signal.fft2d(z.reshape(shape(24))), "fft2d: at least 2 axes are needed: real float32[24]");
        fails(() -> Signal.rfft(integers), "rfft: float32 or float64 is needed, not x int32[3,8]");
        fails(() -> Signal.rfft(x, 0), "rfft: fftLength 0 must be at least 1");
        fails(() -> Signal.rfft(x, 4, 4), "rfft: 2 lengths are given for 1 axis");
        fails(() -> Signal.rfft(x, 8388617), "rfft: a transform of 8388617 elements is too long",
                "a prime factor above 512; at most 8388608 are possible");
        fails(() -> Signal.irfft(z, 2 * 8388617), "irfft: a transform of 16777234 elements is too long");
        fails(() -> Signal.irfft2d(z, 4), "irfft2d: 1 lengths are given for 2 axes");
        fails(() -> Signal.fftnd(z, 0, -2), "fftnd: axes [0, 0] of real float32[3,8]", "each of them another");
        fails(() -> Signal.fftnd(z, 2), "fftnd: axis 2 is outside of real float32[3,8]");
        fails(() -> Signal.irfft(z.slice(new long[] {0, 0}, new long[] {3, 1})),
                "irfft: there is no signal of 0 elements", "fftLength(...) says how long it is");
        fails(() -> Signal.rfft(graph.placeholder("f", FLOAT32, shape(2, 0))), "rfft: a spectrum of no elements");
        fails(() -> Signal.fftshift(x, 3), "fftshift: axis 3 is outside of x float32[3,8]");
    }

    @Test
    void cosineTransforms() {
        fails(() -> Signal.dct(x, 5, false), "dct: there are types 1 to 4, not 5");
        fails(() -> Signal.dct(x, 1, true), "dct: type 1 has no orthonormal form");
        fails(() -> Signal.dct(graph.placeholder("g", FLOAT32, shape(2, 1)), 1, false), "needs two elements");
        fails(() -> Signal.dct(integers), "dct: float32 or float64 is needed");
        fails(() -> Signal.dct(x, 2, false, 0), "dct: the length 0 must be at least 1");
        fails(() -> Signal.idct(graph.placeholder("h", FLOAT32, shape(0))), "idct: a transform of no elements");
    }

    @Test
    void frames() {
        fails(() -> Signal.frame(scalar, 4, 2), "frame: a signal along an axis is needed: x float32[]");
        fails(() -> Signal.frame(x, 0, 2), "frame: frameLength 0 must be at least 1");
        fails(() -> Signal.frame(x, 4, 0), "frame: frameStep 0 must be at least 1");
        fails(() -> Signal.overlapAndAdd(graph.placeholder("k", FLOAT32, shape(4)), 2),
                "overlap_and_add: at least 2 axes are needed");
        fails(() -> Signal.overlapAndAdd(x, -1), "overlap_and_add: frameStep -1 must be at least 1");
        fails(() -> Signal.stft(integers, 4, 2), "stft: float32 or float64 is needed");
        fails(() -> Signal.stft(x, 4, 2, StftOptions.DEFAULT.withWindow(_ -> new double[3])),
                "stft: the window gives 3 weights for a frame of 4");
        fails(() -> Signal.stft(x, (1L << 24) + 1, 2), "stft: a window of 16777217 samples is too long; at most"
                + " 16777216 are possible");
        StftOptions plain = StftOptions.DEFAULT.withoutWindow();
        fails(() -> Signal.stft(x, (1L << 30) + 1, 2, plain), "stft: a frame of 1073741825 samples is too long",
                "at most 1073741824 are possible without withFftLength(...)");
        fails(() -> Signal.inverseStft(z, Long.MAX_VALUE, 2, plain), "inverse_stft: a frame of 9223372036854775807",
                "at most 1073741824");
        fails(() -> Signal.mdct(x, 6), "mdct: frameLength 6 must be a multiple of 4");
        fails(() -> Signal.inverseMdct(y), "inverse_mdct: the size of the last axis must be known");
        fails(() -> Signal.inverseMdct(graph.placeholder("l", FLOAT32, shape(2, 3)), Optional.empty(), false),
                "inverse_mdct: the last axis 3 must be a multiple of 2");
    }

    @Test
    void windows() {
        assertThatThrownBy(() -> WindowFunction.kaiserBesselDerived(4).weights(7))
                .isInstanceOf(GraphException.class).hasMessageContaining("must be even");
        assertThatThrownBy(() -> WindowFunction.hann().inverse(0)).isInstanceOf(GraphException.class)
                .hasMessageContaining("frameStep 0");
        assertThatThrownBy(() -> Signal.hannWindow(0, true, FLOAT32)).isInstanceOf(GraphException.class)
                .hasMessageContaining("window length 0 must be at least 1");
        assertThatThrownBy(() -> Signal.linearToMelWeightMatrix(20, 129, 8000, 125, 4001, FLOAT32))
                .isInstanceOf(GraphException.class).hasMessageContaining("edges 125.0 and 4001.0, sample rate 8000.0");
    }
}
