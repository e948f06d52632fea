package dev.sinter.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Merges sequences of instructions in turns, each instruction after those whose results it uses. */
final class Interleaving {
    private Interleaving() {}

    static List<Instr> of(List<List<Instr>> parts) {
        Set<Reg> missing = new HashSet<>();
        for (List<Instr> part : parts) {
            part.forEach(instr -> missing.addAll(Registers.results(instr)));
        }
        List<Instr> merged = new ArrayList<>();
        int[] next = new int[parts.size()];
        boolean more = true;
        while (more) {
            more = false;
            for (int i = 0; i < next.length; i++) {
                if (next[i] < parts.get(i).size()) {
                    Instr instr = parts.get(i).get(next[i]);
                    more = true;
                    if (Registers.allOperands(instr).stream().noneMatch(missing::contains)) {
                        merged.add(instr);
                        missing.removeAll(Registers.results(instr));
                        next[i]++;
                    }
                }
            }
        }
        return merged;
    }
}
