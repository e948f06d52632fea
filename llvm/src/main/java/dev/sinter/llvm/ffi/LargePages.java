package dev.sinter.llvm.ffi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Pages of megabytes in place of kilobytes, Linux's transparent huge pages, for memory that kernels walk through: the
 * processor's table of addresses holds all of it, and its prefetchers go on where a small page ends.
 */
public final class LargePages {
    private static final int DONT_NEED = 4;
    private static final int HUGE_PAGE = 14;
    private static final long NONE = Long.MAX_VALUE;

    private LargePages() {}

    private static final class Machine {
        private static final long SIZE = size();
        private static final MemorySegment ADVISE = LibC.require("madvise");

        private static long size() {
            try {
                return Long.parseLong(Files.readString(
                        Path.of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")).strip());
            } catch (IOException | NumberFormatException unknown) {
                return NONE;
            }
        }
    }

    /** The size of a large page in bytes; the greatest number where there are none. */
    public static long size() {
        return Platform.current().isPresent() ? Machine.SIZE : NONE;
    }

    /**
     * Has memory that holds zeros, and that nobody uses yet, come in large pages where it is first used. It holds zeros
     * afterwards too. Does nothing where the system does not want to.
     */
    public static void use(MemorySegment zeros) {
        long size = size();
        if (zeros.byteSize() < size) {
            return;
        }
        long from = Math.ceilDiv(zeros.address(), size) * size;
        long to = Math.floorDiv(zeros.address() + zeros.byteSize(), size) * size;
        if (from < to && advise(from, to - from, HUGE_PAGE)) {
            advise(from, to - from, DONT_NEED);
        }
    }

    private static boolean advise(long from, long bytes, int what) {
        return (int) NativeCall.words(Machine.ADVISE, from, bytes, what, 0, 0, 0) == 0;
    }
}
