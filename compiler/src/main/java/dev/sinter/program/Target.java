package dev.sinter.program;

/**
 * What schedules need to know of a machine.
 *
 * @param name        for texts: {@code x86-64 znver5}
 * @param vectorBytes the width of a full vector register
 * @param vectorRegisters how many vector registers there are
 * @param l1Bytes     the first-level data cache of a core
 * @param l2Bytes     the second-level cache of a core
 * @param threads     how many threads run at once
 */
public record Target(String name, int vectorBytes, int vectorRegisters, long l1Bytes, long l2Bytes, int threads) {
    /** The bytes from which on a buffer is taken to lie far from the caches, so that it is worth asking for early. */
    public long nearBytes() {
        return l2Bytes / 2;
    }
}
