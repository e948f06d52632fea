package dev.sinter.runtime;

import dev.sinter.kernel.Layout;
import dev.sinter.tensor.DType;
import java.lang.foreign.MemorySegment;

/** Moves elements between row-major order and another layout. */
final class Relayout {
    private Relayout() {}

    /** The bytes that an array of these sizes takes. */
    static long bytes(Layout layout, DType dtype, long[] sizes) {
        return switch (layout) {
            case Layout.RowMajor rowMajor -> count(sizes, 0) * dtype.bytes();
            case Layout.Panels panels -> leading(sizes) * panelBytes(panels, dtype, sizes);
        };
    }

    /** Lays row-major elements out; what pads a panel is left as it is. */
    static void pack(MemorySegment rowMajor, MemorySegment packed, Layout layout, DType dtype, long[] sizes) {
        switch (layout) {
            case Layout.RowMajor same -> MemorySegment.copy(rowMajor, 0, packed, 0, count(sizes, 0) * dtype.bytes());
            case Layout.Panels panels -> panels(rowMajor, packed, panels, dtype, sizes, true);
        }
    }

    /** The inverse of {@link #pack}. */
    static void unpack(MemorySegment packed, MemorySegment rowMajor, Layout layout, DType dtype, long[] sizes) {
        switch (layout) {
            case Layout.RowMajor same -> MemorySegment.copy(packed, 0, rowMajor, 0, count(sizes, 0) * dtype.bytes());
            case Layout.Panels panels -> panels(rowMajor, packed, panels, dtype, sizes, false);
        }
    }

    private static void panels(MemorySegment rowMajor, MemorySegment packed, Layout.Panels layout, DType dtype,
            long[] sizes, boolean pack) {
        long rows = sizes[sizes.length - 2];
        long columns = sizes[sizes.length - 1];
        int width = layout.width();
        long matrix = panelBytes(layout, dtype, sizes);
        for (long lead = 0; lead < leading(sizes); lead++) {
            for (long first = 0; first < columns; first += width) {
                long length = Math.min(width, columns - first) * dtype.bytes();
                for (long row = 0; row < rows; row++) {
                    long plain = ((lead * rows + row) * columns + first) * dtype.bytes();
                    long laid = lead * matrix + (first * rows + row * width) * dtype.bytes();
                    if (pack) {
                        MemorySegment.copy(rowMajor, plain, packed, laid, length);
                    } else {
                        MemorySegment.copy(packed, laid, rowMajor, plain, length);
                    }
                }
            }
        }
    }

    private static long panelBytes(Layout.Panels layout, DType dtype, long[] sizes) {
        long panels = Math.ceilDiv(sizes[sizes.length - 1], layout.width());
        return panels * layout.width() * sizes[sizes.length - 2] * dtype.bytes();
    }

    private static long leading(long[] sizes) {
        long count = 1;
        for (int axis = 0; axis < sizes.length - 2; axis++) {
            count *= sizes[axis];
        }
        return count;
    }

    private static long count(long[] sizes, int from) {
        long count = 1;
        for (int axis = from; axis < sizes.length; axis++) {
            count = Math.multiplyExact(count, sizes[axis]);
        }
        return count;
    }
}
