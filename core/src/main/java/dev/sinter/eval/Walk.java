package dev.sinter.eval;

/** Visits the elements of a box in row-major order together with their places in other memory. */
final class Walk {
    @FunctionalInterface
    interface Step {
        /** {@code element} counts from 0; {@code place} is where strides lead. */
        void at(long element, long place);
    }

    private Walk() {}

    static long count(long[] sizes) {
        long count = 1;
        for (long size : sizes) {
            count *= size;
        }
        return count;
    }

    /** The distances between neighbours along each axis in row-major order. */
    static long[] strides(long[] sizes) {
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        return strides;
    }

    /** Visits the box {@code sizes}, whose element at {@code index} is at {@code offset + index * strides}. */
    static void over(long[] sizes, long offset, long[] strides, Step step) {
        long count = count(sizes);
        long[] index = new long[sizes.length];
        long place = offset;
        for (long element = 0; element < count; element++) {
            step.at(element, place);
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                index[axis]++;
                place += strides[axis];
                if (index[axis] < sizes[axis]) {
                    break;
                }
                place -= strides[axis] * sizes[axis];
                index[axis] = 0;
            }
        }
    }

    /** The places of all elements of a box. */
    static int[] places(long[] sizes, long[] strides) {
        int[] places = new int[Math.toIntExact(count(sizes))];
        over(sizes, 0, strides, (element, place) -> places[(int) element] = (int) place);
        return places;
    }
}
