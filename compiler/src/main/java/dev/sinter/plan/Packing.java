package dev.sinter.plan;

import dev.sinter.kernel.Layout;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.lang.foreign.MemorySegment;

/** Moves arrays between row-major order and the layouts of buffers. */
public final class Packing {
    private Packing() {}

    /** The bytes that an array takes in a layout, padding included. */
    public static long bytes(NDArray array, Layout layout) {
        return layout.storage(Shape.shape(array.sizes())).constant() * array.dtype().bytes();
    }

    /** Writes an array in a layout, padding as zeros. */
    public static void pack(NDArray array, Layout layout, MemorySegment to) {
        switch (layout) {
            case Layout.RowMajor _ -> to.copyFrom(array.segment());
            case Layout.Panels panels -> {
                to.asSlice(0, bytes(array, layout)).fill((byte) 0);
                move(array, panels, to, true);
            }
        }
    }

    /** Reads an array that lies in a layout. */
    public static void unpack(MemorySegment from, Layout layout, NDArray into) {
        switch (layout) {
            case Layout.RowMajor _ -> into.segment().copyFrom(from.asSlice(0, into.segment().byteSize()));
            case Layout.Panels panels -> move(into, panels, from, false);
        }
    }

    private static void move(NDArray array, Layout.Panels panels, MemorySegment packed, boolean pack) {
        int width = panels.width();
        int elementBytes = array.dtype().bytes();
        long rows = array.size(array.rank() - 2);
        long columns = array.size(array.rank() - 1);
        long matrices = rows * columns == 0 ? 0 : array.elementCount() / (rows * columns);
        long panelCount = (columns + width - 1) / width;
        for (long matrix = 0; matrix < matrices; matrix++) {
            for (long panel = 0; panel < panelCount; panel++) {
                long used = Math.min(width, columns - panel * width) * elementBytes;
                for (long row = 0; row < rows; row++) {
                    long plain = ((matrix * rows + row) * columns + panel * width) * elementBytes;
                    long inPanel = ((matrix * panelCount + panel) * rows + row) * width * elementBytes;
                    if (pack) {
                        MemorySegment.copy(array.segment(), plain, packed, inPanel, used);
                    } else {
                        MemorySegment.copy(packed, inPanel, array.segment(), plain, used);
                    }
                }
            }
        }
    }
}
