package dev.sinter.op;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Gradients;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Signal;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Fourier transforms: of powers of two, of products of small primes, of primes, of unknown lengths; their gradients.
 */
final class FourierFacadeTest extends FacadeTest {
    private static final long[] LENGTH_1 = {1};
    private static final long[] LENGTH_7 = {7};
    private static final long[] LENGTH_8 = {8};

    FourierFacadeTest() {
        super("fourier", List.of(
                complex("fft", Signal::fft),
                complex("ifft", Signal::ifft),
                complex("fft2d", Signal::fft2d),
                complex("ifft2d", Signal::ifft2d),
                complex("fft3d", Signal::fft3d),
                complex("ifft3d", Signal::ifft3d),
                complex("fftnd", x -> Signal.fftnd(x, 2, 0)),
                complex("fftnd_length", x -> Signal.fftnd(x, new long[] {2, 5}, 0, 1)),
                complex("ifftnd", x -> Signal.ifftnd(x, 0, -2)),
                complex("fft_of_repeated", FourierFacadeTest::ofRepeated),
                ofReal("rfft", Signal::rfft),
                ofReal("rfft_8", x -> Signal.rfft(x, LENGTH_8)),
                ofReal("rfft2d", Signal::rfft2d),
                ofReal("rfft3d", Signal::rfft3d),
                ofReal("rfftnd", x -> Signal.rfftnd(x, new long[] {4, 6}, 2, 0)),
                Row.of("irfft", in -> Signal.irfft(number(in))),
                Row.of("irfft_7", in -> Signal.irfft(number(in), LENGTH_7)),
                Row.of("irfft_1", in -> Signal.irfft(number(in), LENGTH_1)),
                Row.of("irfft2d", in -> Signal.irfft2d(number(in))),
                Row.of("irfft3d", in -> Signal.irfft3d(number(in), 2, 3, 4)),
                Row.of("irfftnd", in -> Signal.irfftnd(number(in), new long[] {5, 4}, 0, 2)),
                Row.of("fftshift", in -> Signal.fftshift(in.get(0))),
                Row.of("fftshift_last", in -> Signal.fftshift(in.get(0), -1)),
                Row.of("ifftshift", in -> Signal.ifftshift(in.get(0))),
                complex("fftshift_planes", x -> Signal.ifftshift(Signal.fftshift(Signal.fftshift(x)))),
                complex("fft_gradient", x -> gradient(x, ofPlanes(Signal.fft(x)))),
                complex("ifft_gradient", x -> gradient(x, ofPlanes(Signal.ifft(x)))),
                complex("irfft_gradient", x -> gradient(x, Ops.reduceSum(Ops.sin(Signal.irfft(x))))),
                complex("irfft_7_gradient", x -> gradient(x, Ops.reduceSum(Ops.sin(Signal.irfft(x, LENGTH_7))))),
                complex("rfft_gradient", x -> gradient(x, ofPlanes(Signal.rfft(x.real().times(x.imag()))))),
                complex("rfft_odd_gradient", x -> gradient(x, ofPlanes(Signal.rfft(x.abs()))))));
    }

    private static Complex number(List<Tensor> planes) {
        return new Complex(planes.get(0), planes.get(1));
    }

    /** The frequencies that numbers have when they are repeated, less what the others have, which is nothing. */
    private static Complex ofRepeated(Complex x) {
        Complex spectrum = Signal.fft(x.eachPlane(plane -> Ops.tile(plane, 2048))).reshape(Shape.shape(5, 2048));
        Complex own = spectrum.slice(new long[] {0, 0}, new long[] {5, 1}).reshape(Shape.shape(5));
        Complex others = spectrum.slice(new long[] {0, 1}, new long[] {5, 2047});
        return own.minus(Ops.reduceSum(others.squaredAbs())).div(2048);
    }

    private static Row complex(String name, UnaryOperator<Complex> function) {
        return new Row(name, in -> planes(function.apply(number(in))));
    }

    private static Row ofReal(String name, Function<Tensor, Complex> function) {
        return new Row(name, in -> planes(function.apply(in.get(0))));
    }

    private static List<Tensor> planes(Complex x) {
        return List.of(x.real(), x.imag());
    }

    /** A number made of all parts. */
    private static Tensor ofPlanes(Complex y) {
        return Ops.reduceSum(Ops.sin(y.real())).plus(Ops.reduceSum(y.real().times(Ops.square(y.imag()))));
    }

    private static Complex gradient(Complex x, Tensor loss) {
        Gradients gradients = Ops.gradients(loss, x.real(), x.imag());
        return gradients.of(x);
    }
}
