package dev.sinter.kernel;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.List;

/**
 * A scheduled kernel: a body that computes one tile. Tiles are independent and write different elements, so
 * that any thread may compute any of them and the result is the same. The number of tiles depends on sizes
 * alone, never on the number of threads.
 *
 * @param name    for texts and symbols
 * @param buffers what the body reads and writes; a launch gives one buffer of the program for each
 * @param tile    the register that holds the tile's number, I64
 * @param tiles   how many tiles there are
 * @param body    the computation of one tile, without yields
 * @param work    an estimate of a launch
 */
public record Kernel(String name, List<Argument> buffers, Reg tile, Dim tiles, Instr.Body body, Work work) {
    /** How a kernel uses a buffer. Two arguments never overlap unless both are only read. */
    public enum Access { READ, WRITE, READ_WRITE,
        /** Written, and read by the same tile where that has written before. */
        WRITE_THEN_READ,
        /** Memory of the thread that computes the tile, undefined at its start. */
        SCRATCH }

    /**
     * A buffer of a kernel.
     *
     * @param name    for texts
     * @param dtype   its elements
     * @param access  what the kernel does with it
     * @param storage its length in elements, padding included; a SCRATCH buffer's length a thread
     */
    public record Argument(String name, DType dtype, Access access, Dim storage) {}

    /**
     * What a launch costs.
     *
     * @param flops floating-point operations, a fused multiply-add being two
     * @param bytes bytes that must be read and written at least
     */
    public record Work(Dim flops, Dim bytes) {}

    public Kernel {
        buffers = List.copyOf(buffers);
    }
}
