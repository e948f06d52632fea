package dev.sinter.kernel.schedule;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import java.util.ArrayList;
import java.util.List;

/** A square of as many vectors as they have lanes, transposed: squares of 2, 4, 8, ... in turn. */
final class Transposition {
    private Transposition() {}

    static List<Reg> of(KernelBuilder k, List<Reg> rows) {
        int lanes = rows.size();
        List<Reg> now = new ArrayList<>(rows);
        for (int side = 1; side < lanes; side *= 2) {
            List<Integer> upper = new ArrayList<>();
            List<Integer> lower = new ArrayList<>();
            for (int lane = 0; lane < lanes; lane++) {
                boolean left = (lane & side) == 0;
                upper.add(left ? lane : lanes + lane - side);
                lower.add(left ? lane + side : lanes + lane);
            }
            for (int row = 0; row < lanes; row++) {
                if ((row & side) == 0) {
                    Reg a = now.get(row);
                    Reg b = now.get(row + side);
                    now.set(row, k.shuffle(a, b, upper));
                    now.set(row + side, k.shuffle(a, b, lower));
                }
            }
        }
        return now;
    }
}
