package dev.sinter.op;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.FacadeCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Operands of a facade's method in another dtype and of other sizes than those of a case, with the case's elements, as
 * often as they are needed. Methods refuse some of them.
 *
 * @param name      what dtype and sizes they have
 * @param operands  the operands
 * @param unchanged whether they are those of the case, which its method takes
 */
record FacadeVariant(String name, List<NDArray> operands, boolean unchanged) {
    /** Sizes that all operands have, which suit ops on elements: none, no element, an odd number, many axes. */
    private static final List<long[]> COMMON = List.of(new long[] {}, new long[] {0}, new long[] {7},
            new long[] {2, 1, 3, 5}, new long[] {2, 1, 3, 2, 3});
    /** Axes that come before those that the operands have. */
    private static final List<long[]> BATCHES = List.of(new long[] {3}, new long[] {2, 1}, new long[] {0});

    private static final int TRIES = 5;

    /** How the sizes of each operand change. */
    private record Sizes(String name, UnaryOperator<long[]> change) {
        static final Sizes UNCHANGED = new Sizes("as they are", UnaryOperator.identity());
    }

    FacadeVariant {
        operands = List.copyOf(operands);
    }

    /**
     * Lists of variants of a case, of each of which the first one that a method takes is enough: for the dtype of the
     * case one of all sizes each, for each other dtype one of a few sizes.
     */
    static List<List<FacadeVariant>> of(FacadeCase one) {
        DType own = one.inputs().stream().map(NDArray::dtype).filter(DType::isFloat).findFirst()
                .orElseGet(() -> one.inputs().getFirst().dtype());
        List<Sizes> sizes = sizes(one);
        List<List<FacadeVariant>> all = new ArrayList<>();
        for (DType dtype : DType.values()) {
            if (dtype == own) {
                sizes.forEach(each -> all.add(List.of(of(one, own, dtype, each))));
            } else {
                // Neighbouring rows and dtypes begin at other sizes.
                int first = Math.floorMod(one.row().hashCode() + TRIES * dtype.ordinal(), sizes.size());
                all.add(IntStream.range(0, TRIES).map(i -> (first + i) % sizes.size())
                        .mapToObj(i -> of(one, own, dtype, sizes.get(i))).toList());
            }
        }
        return all;
    }

    private static FacadeVariant of(FacadeCase one, DType own, DType dtype, Sizes sizes) {
        return new FacadeVariant(dtype + " " + sizes.name(), one.inputs().stream().map(input -> resized(
                input.dtype() == own ? input.cast(dtype) : input, sizes.change().apply(input.sizes()))).toList(),
                dtype == own && sizes == Sizes.UNCHANGED);
    }

    private static List<Sizes> sizes(FacadeCase one) {
        List<Sizes> all = new ArrayList<>(List.of(Sizes.UNCHANGED));
        COMMON.forEach(common -> all.add(new Sizes(text(common), _ -> common)));
        BATCHES.forEach(batch -> all.add(new Sizes(text(batch) + " before",
                sizes -> LongStream.concat(Arrays.stream(batch), Arrays.stream(sizes)).toArray())));
        List<Long> sizes = one.inputs().stream().flatMap(input -> Arrays.stream(input.sizes()).boxed()).distinct()
                .sorted().toList();
        for (long size : sizes) {
            for (long other : new long[] {0, 1, size + 1}) {
                all.add(new Sizes(size + " as " + other, given -> Arrays.stream(given)
                        .map(each -> each == size ? other : each).toArray()));
            }
        }
        all.add(new Sizes("all 1", given -> Arrays.stream(given).map(_ -> 1).toArray()));
        return all;
    }

    private static String text(long[] sizes) {
        return sizes.length == 0 ? "scalars" : Arrays.stream(sizes).mapToObj(Long::toString)
                .collect(Collectors.joining("x"));
    }

    private static NDArray resized(NDArray array, long[] sizes) {
        NDArray result = NDArray.zeros(array.dtype(), sizes);
        int bytes = array.dtype().bytes();
        for (long i = 0; i < result.elementCount() && array.elementCount() > 0; i++) {
            result.segment().asSlice(i * bytes, bytes).copyFrom(array.segment().asSlice(
                    i % array.elementCount() * bytes, bytes));
        }
        return result;
    }
}
