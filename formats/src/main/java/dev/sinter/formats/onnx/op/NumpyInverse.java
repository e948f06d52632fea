package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Index;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The inverse discrete Fourier transform of complex numbers with the rounding errors of NumPy's: the factors, the order
 * of additions and the places of multiplications are those of M. Reinecke's pocketfft.
 */
final class NumpyInverse {
    private static final double ROOT_OF_HALF = Math.sqrt(0.5);

    private final int size;
    private final DType dtype;

    private NumpyInverse(int size, DType dtype) {
        this.size = size;
        this.dtype = dtype;
    }

    /** Whether transforms of a size are known: it has no prime factor above 11. */
    static boolean covers(Dim size) {
        return size.isConstant() && size.constant() > 0 && size.constant() <= 1 << 20
                && factors((int) size.constant()).stream().allMatch(factor -> factor <= 11);
    }

    /** The inverse transform of each row, with its factor of {@code 1 / size}. */
    static Complex ofRows(Complex x) {
        Dim last = x.shape().dim(x.rank() - 1);
        return new NumpyInverse((int) last.constant(), x.dtype()).rows(x);
    }

    /** In the order of the passes. */
    private static List<Integer> factors(int size) {
        List<Integer> factors = new ArrayList<>();
        int rest = size;
        for (int factor : List.of(8, 4)) {
            for (; rest % factor == 0; rest /= factor) {
                factors.add(factor);
            }
        }
        if (rest % 2 == 0) {
            rest /= 2;
            factors.add(2);
            factors.set(factors.size() - 1, factors.getFirst());
            factors.set(0, 2);
        }
        for (int factor = 3; factor * factor <= rest; factor += 2) {
            for (; rest % factor == 0; rest /= factor) {
                factors.add(factor);
            }
        }
        if (rest > 1) {
            factors.add(rest);
        }
        return factors;
    }

    private Complex rows(Complex x) {
        Dim rows = x.shape().dims().subList(0, x.rank() - 1).stream().reduce(Dim.ONE, Dim::times);
        Complex values = x;
        int done = 1;
        for (int factor : factors(size)) {
            int rest = size / done / factor;
            Shape apart = Shape.of(rows, Dim.of(done), Dim.of(factor), Dim.of(rest));
            Complex before = values.eachPlane(plane -> Ops.reshape(plane, apart));
            List<Complex> parts = butterfly(IntStream.range(0, factor).mapToObj(part -> before.eachPlane(
                    plane -> Ops.slice(plane, Index.ALL, Index.ALL, Index.at(part)))).toList());
            int stride = done;
            values = Complex.join(IntStream.range(0, factor).mapToObj(part -> turned(parts.get(part), part * stride,
                    rest)).toList(), planes -> Ops.stack(1, planes.toArray(Tensor[]::new)));
            done *= factor;
        }
        return values.eachPlane(plane -> Ops.reshape(plane, x.shape())).times(1.0 / size);
    }

    /** Elements i multiplied by the roots of unity to the power of {@code step * i}. */
    private Complex turned(Complex x, int step, int count) {
        if (step == 0 || count == 1) {
            return x;
        }
        double[] real = new double[count];
        double[] imag = new double[count];
        for (int i = 0; i < count; i++) {
            double angle = 2 * Math.PI * ((long) step * i % size) / size;
            real[i] = Math.cos(angle);
            imag[i] = Math.sin(angle);
        }
        return x.times(Complex.of(constant(x, real), constant(x, imag)));
    }

    private Tensor constant(Complex x, double[] values) {
        return x.graph().constant(NDArray.of(values).cast(dtype));
    }

    private static List<Complex> butterfly(List<Complex> x) {
        return switch (x.size()) {
            case 1 -> x;
            case 2 -> pair(x.get(0), x.get(1));
            case 4 -> four(x);
            case 8 -> eight(x);
            default -> odd(x);
        };
    }

    private static List<Complex> pair(Complex x, Complex y) {
        return List.of(x.plus(y), x.minus(y));
    }

    private static List<Complex> four(List<Complex> x) {
        List<Complex> even = pair(x.get(0), x.get(2));
        List<Complex> odd = pair(x.get(1), x.get(3));
        List<Complex> first = pair(even.get(0), odd.get(0));
        List<Complex> second = pair(even.get(1), quarter(odd.get(1)));
        return List.of(first.get(0), second.get(0), first.get(1), second.get(1));
    }

    private static List<Complex> eight(List<Complex> x) {
        List<List<Complex>> pairs = IntStream.range(0, 4).mapToObj(i -> pair(x.get(i), x.get(i + 4))).toList();
        List<Complex> even = pair(pairs.get(0).get(0), pairs.get(2).get(0));
        List<Complex> odd = pair(pairs.get(1).get(0), pairs.get(3).get(0));
        List<Complex> late = pair(pairs.get(0).get(1), quarter(pairs.get(2).get(1)));
        List<Complex> turned = pair(pairs.get(1).get(1), quarter(pairs.get(3).get(1)));
        List<List<Complex>> results = List.of(pair(even.get(0), odd.get(0)),
                pair(late.get(0), eighth(turned.get(0))), pair(even.get(1), quarter(odd.get(1))),
                pair(late.get(1), threeEighths(turned.get(1))));
        return Stream.concat(results.stream().map(List::getFirst), results.stream().map(List::getLast)).toList();
    }

    /** Values of an odd number: cosines multiply the sums, sines the differences of those at the same distance. */
    private static List<Complex> odd(List<Complex> x) {
        int count = x.size();
        List<List<Complex>> pairs = IntStream.rangeClosed(1, count / 2)
                .mapToObj(i -> pair(x.get(i), x.get(count - i))).toList();
        Complex[] results = new Complex[count];
        results[0] = pairs.stream().map(List::getFirst).reduce(x.getFirst(), Complex::plus);
        for (int part = 1; part <= count / 2; part++) {
            Complex even = x.getFirst();
            Complex odd = null;
            for (int i = 1; i <= count / 2; i++) {
                double angle = 2 * Math.PI * (part * i % count) / count;
                even = even.plus(pairs.get(i - 1).getFirst().times(Math.cos(angle)));
                Complex turned = pairs.get(i - 1).getLast().times(Math.sin(angle));
                odd = odd == null ? turned : odd.plus(turned);
            }
            List<Complex> both = pair(even, quarter(odd));
            results[part] = both.getFirst();
            results[count - part] = both.getLast();
        }
        return List.of(results);
    }

    /** Turned by a quarter of a circle. */
    private static Complex quarter(Complex x) {
        return new Complex(Ops.negative(x.imag()), x.real());
    }

    private static Complex eighth(Complex x) {
        return new Complex(x.real().minus(x.imag()), x.imag().plus(x.real())).times(ROOT_OF_HALF);
    }

    private static Complex threeEighths(Complex x) {
        return new Complex(Ops.negative(x.real()).minus(x.imag()), x.real().minus(x.imag())).times(ROOT_OF_HALF);
    }
}
