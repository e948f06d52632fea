package dev.sinter.kernel.schedule;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;

/**
 * Philox 4x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011. The key is the low
 * words of the seeds, the counter the element's index and the run's number, low words first.
 */
final class Philox {
    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    private Philox() {}

    /** One word of the block at (index, run), both I64 of equal lanes, as I32. */
    static Reg word(KernelBuilder k, long graphSeed, long opSeed, int word, Reg index, Reg run) {
        Reg[] c = {k.convert(index, Kind.I32), k.convert(k.lshr(index, 32), Kind.I32),
                k.convert(run, Kind.I32),
                k.convert(k.lshr(run, 32), Kind.I32)};
        int key0 = (int) graphSeed;
        int key1 = (int) opSeed;
        Reg multiplier0 = k.constant(c[0].type(), MULTIPLIER_0);
        Reg multiplier1 = k.constant(c[0].type(), MULTIPLIER_1);
        for (int round = 0; round < ROUNDS; round++) {
            Reg high0 = k.arith(ArithOp.MULHI_U, c[0], multiplier0);
            Reg low0 = k.mul(c[0], multiplier0);
            Reg high1 = k.arith(ArithOp.MULHI_U, c[2], multiplier1);
            Reg low1 = k.mul(c[2], multiplier1);
            Reg first = k.xor(k.xor(high1, c[1]), k.constant(c[0].type(), key0));
            Reg third = k.xor(k.xor(high0, c[3]), k.constant(c[0].type(), key1));
            c = new Reg[] {first, low1, third, low0};
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        return c[word];
    }
}
