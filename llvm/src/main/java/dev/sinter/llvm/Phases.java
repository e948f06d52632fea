package dev.sinter.llvm;

import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Buffer.Role;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the threads of a program must meet: before a step that touches memory which a step since the last
 * meeting has written, or writes memory that one has touched, unless both run on the first thread alone.
 */
final class Phases {
    private record Use(int memory, boolean written) {}

    private final Program program;
    private final Map<String, Integer> states = new HashMap<>();
    private final List<List<Use>> uses = new ArrayList<>();
    private final Map<Integer, Integer> firstUse = new HashMap<>();
    private final Map<Integer, Integer> lastUse = new HashMap<>();
    private final boolean[] barriers;

    Phases(Program program) {
        this.program = program;
        for (Buffer buffer : program.buffers()) {
            if (buffer.role() instanceof Role.State state) {
                states.put(state.variable(), buffer.id());
            }
        }
        for (int i = 0; i < program.steps().size(); i++) {
            List<Use> used = uses(program.steps().get(i));
            uses.add(used);
            for (Use use : used) {
                firstUse.putIfAbsent(use.memory(), i);
                lastUse.put(use.memory(), i);
            }
        }
        this.barriers = new boolean[program.steps().size()];
        int phase = 0;
        for (int i = 0; i < barriers.length; i++) {
            barriers[i] = i > 0 && needsBarrier(phase, i);
            phase = barriers[i] ? i : phase;
        }
    }

    /** Whether all threads meet before a step. */
    boolean barrierBefore(int step) {
        return barriers[step];
    }

    private boolean needsBarrier(int phase, int step) {
        Step now = program.steps().get(step);
        if (now instanceof Step.PointOfNoReturn) {
            return true;
        }
        for (int i = phase; i < step; i++) {
            Step before = program.steps().get(i);
            boolean host = before instanceof Step.CallHost || now instanceof Step.CallHost;
            if (host || !(isSolo(before) && isSolo(now)) && conflict(uses.get(i), uses.get(step))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSolo(Step step) {
        return step instanceof Step.Launch launch && launch.kernel().tiles().isConstant(1);
    }

    private boolean conflict(List<Use> earlier, List<Use> later) {
        for (Use a : earlier) {
            for (Use b : later) {
                if ((a.written() || b.written()) && (a.memory() == b.memory() || mayShareArena(a, b))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the memory plan may have given two temporaries the same place, one after the other. */
    private boolean mayShareArena(Use a, Use b) {
        return isTemporary(a.memory()) && isTemporary(b.memory())
                && (lastUse.get(a.memory()) <= firstUse.get(b.memory())
                        || lastUse.get(b.memory()) <= firstUse.get(a.memory()));
    }

    private boolean isTemporary(int memory) {
        return program.buffers().get(memory).role() instanceof Role.Temporary;
    }

    private List<Use> uses(Step step) {
        Map<Integer, Boolean> found = new LinkedHashMap<>();
        switch (step) {
            case Step.Launch launch -> {
                for (int i = 0; i < launch.buffers().size(); i++) {
                    boolean written = switch (launch.kernel().buffers().get(i).access()) {
                        case Kernel.Access.READ -> false;
                        case Kernel.Access.WRITE, Kernel.Access.READ_WRITE, Kernel.Access.SCRATCH -> true;
                    };
                    found.merge(memory(launch.buffers().get(i)), written, Boolean::logicalOr);
                }
            }
            case Step.Copy copy -> {
                found.put(memory(copy.from()), false);
                found.put(memory(copy.to()), true);
            }
            case Step.CallHost call -> {
                call.operands().forEach(buffer -> found.put(memory(buffer), false));
                call.results().forEach(buffer -> found.put(memory(buffer), true));
            }
            case Step.PointOfNoReturn point -> { }
        }
        return found.entrySet().stream().map(entry -> new Use(entry.getKey(), entry.getValue())).toList();
    }

    /** The buffer that owns the memory of another. */
    private int memory(int buffer) {
        return switch (program.buffers().get(buffer).role()) {
            case Role.View view -> memory(view.of());
            case Role.NextState next when next.inPlace() -> states.getOrDefault(next.variable(), buffer);
            case Role.NextState next -> buffer;
            case Role.Input input -> buffer;
            case Role.State state -> buffer;
            case Role.Output output -> buffer;
            case Role.Temporary temporary -> buffer;
            case Role.Constant constant -> buffer;
            case Role.RunNumber run -> buffer;
        };
    }
}
