package dev.sinter.llvm;

import dev.sinter.kernel.Footprints;
import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Buffer.Role;
import dev.sinter.plan.Lifetimes;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Carry;
import dev.sinter.program.Program.Step;
import dev.sinter.program.Program.Way;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Where the threads of a program must meet: before a step that touches memory which a step since the last
 * meeting has written, or writes memory that one has touched, unless both run on the first thread alone, or every
 * thread touches there what it alone has touched: of two launches of as many tiles a thread computes the same ones.
 * A loop or branch all of whose steps run on the first thread is carried out by it without meetings inside. In other
 * loops the last steps of an iteration are held against the first ones of the next; where none of them needs a
 * meeting, threads may be any number of iterations apart.
 */
final class Phases {
    /** The argument of a kernel that a launch gives memory for. */
    private record Tiles(Kernel kernel, int argument) {}

    /** How memory is used by a step: by the first thread alone, by all as tiles say, or by all somehow. */
    private record Use(int memory, boolean written, boolean solo, Optional<Tiles> tiles) {
        Use(int memory, boolean written, boolean solo) {
            this(memory, written, solo, Optional.empty());
        }
    }

    private final Program program;
    private final Map<String, Integer> states = new HashMap<>();
    private final Map<Integer, Integer> carried = new HashMap<>();
    private final Map<Integer, int[]> lives;
    private final Map<Step, Boolean> soloSteps = new IdentityHashMap<>();
    private final Map<Kernel, Footprints> footprints = new IdentityHashMap<>();
    private final Set<Step> before = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Step> afterStart = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Step> beforeCheck = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Step> atEnd = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Step> beforeFinish = Collections.newSetFromMap(new IdentityHashMap<>());
    private List<Use> pending = new ArrayList<>();

    Phases(Program program) {
        this.program = program;
        this.lives = Lifetimes.of(program).lives();
        for (Buffer buffer : program.buffers()) {
            if (buffer.role() instanceof Role.State state) {
                states.put(state.variable(), buffer.id());
            }
        }
        for (Step step : program.allSteps()) {
            if (step instanceof Step.Loop loop) {
                loop.carries().forEach(carry -> carried.put(carry.next(), carry.current()));
            }
        }
        visit(program.steps());
    }

    /** Whether all threads meet before a step. */
    boolean barrierBefore(Step step) {
        return before.contains(step);
    }

    /** Whether all threads meet between what a loop prepares and its first iteration. */
    boolean barrierAfterStart(Step.Loop loop) {
        return afterStart.contains(loop);
    }

    /** Whether all threads meet before they look whether another iteration follows. */
    boolean barrierBeforeCheck(Step.Loop loop) {
        return beforeCheck.contains(loop);
    }

    /** Whether all threads meet at the end of every iteration. */
    boolean barrierAtEnd(Step.Loop loop) {
        return atEnd.contains(loop);
    }

    /** Whether all threads meet between the last iteration and what a loop does in the end. */
    boolean barrierBeforeFinish(Step.Loop loop) {
        return beforeFinish.contains(loop);
    }

    /** Whether threads meet anywhere inside of a loop's iteration. */
    boolean hasBarrierInside(Step.Loop loop) {
        return beforeCheck.contains(loop) || atEnd.contains(loop) || hasTapes(loop)
                || loop.body().stream().anyMatch(this::meets);
    }

    /** Whether an iteration may have to wait for a piece of a tape. */
    private boolean hasTapes(Step.Loop loop) {
        return loop.rows().stream().map(row -> (Role.Row) program.buffers().get(row).role())
                .anyMatch(row -> program.buffers().get(row.of()).role() instanceof Role.Tape);
    }

    private boolean meets(Step step) {
        if (isSolo(step)) {
            return before.contains(step);
        }
        if (step instanceof Step.Loop loop && hasTapes(loop)) {
            return true;
        }
        return before.contains(step) || afterStart.contains(step) || beforeCheck.contains(step) || atEnd.contains(step)
                || beforeFinish.contains(step) || step.inside().stream().anyMatch(this::meets);
    }

    /** Whether the first thread carries out a step alone. */
    boolean isSolo(Step step) {
        Boolean known = soloSteps.get(step);
        if (known == null) {
            known = switch (step) {
                case Step.Launch launch -> launch.kernel().tiles().isConstant(1);
                case Step.Loop _, Step.Branch _ -> step.inside().stream().allMatch(this::isSolo);
                case Step.Define _ -> true;
                case Step.Copy _, Step.CallHost _, Step.PointOfNoReturn _ -> false;
            };
            soloSteps.put(step, known);
        }
        return known;
    }

    /** Whether the first thread carries out a loop or branch alone, without meetings inside. */
    boolean isAlone(Step step) {
        return switch (step) {
            case Step.Loop _, Step.Branch _ -> isSolo(step);
            case Step.Launch _, Step.Copy _, Step.CallHost _, Step.Define _, Step.PointOfNoReturn _ -> false;
        };
    }

    private void visit(List<Step> steps) {
        steps.forEach(this::visit);
    }

    private void visit(Step step) {
        List<Use> uses = uses(step);
        boolean inner = !step.inside().isEmpty() && !isSolo(step);
        boolean host = step instanceof Step.CallHost;
        boolean meets = step instanceof Step.PointOfNoReturn || step instanceof Step.Define;
        if (meets || host && !pending.isEmpty() || conflict(pending, uses)) {
            before.add(step);
            pending.clear();
        }
        if (step instanceof Step.Define) {
            // All meet behind it too.
            return;
        }
        if (inner && step instanceof Step.Loop loop) {
            loop(loop);
        } else if (inner && step instanceof Step.Branch branch) {
            branch(branch);
        } else {
            pending.addAll(uses);
        }
    }

    private void loop(Step.Loop loop) {
        loop.limit().ifPresent(limit -> pending.add(new Use(memory(limit), false, false)));
        loop.condition().ifPresent(condition -> pending.add(new Use(memory(condition), false, false)));
        if (loop.carries().stream().anyMatch(carry -> carry.way() != Way.ALTERNATING)) {
            afterStart.add(loop);
            pending.clear();
        }
        List<Use> entry = List.copyOf(pending);
        visit(loop.body());
        if (loop.goesOn().isPresent()) {
            List<Use> check = List.of(new Use(memory(loop.goesOn().get()), false, false));
            if (conflict(pending, check)) {
                beforeCheck.add(loop);
                pending.clear();
            }
            pending.addAll(check);
        }
        if (conflictAcross(loop, pending, firstUses(loop.body()))) {
            atEnd.add(loop);
            pending.clear();
        }
        pending.addAll(entry);
        List<Use> finish = finish(loop);
        if (conflict(pending, finish)) {
            beforeFinish.add(loop);
            pending.clear();
        }
        pending.addAll(finish);
        for (Carry carry : loop.carries()) {
            pending.add(new Use(memory(carry.initial()), false, false));
            pending.add(new Use(memory(carry.result()), true, false));
            if (!carry.isInPlace()) {
                pending.add(new Use(memory(carry.spare()), true, false));
            }
        }
    }

    private void branch(Step.Branch branch) {
        pending.add(new Use(memory(branch.number()), false, false));
        List<Use> entry = List.copyOf(pending);
        List<Use> after = new ArrayList<>(entry);
        for (List<Step> taken : branch.branches()) {
            pending = new ArrayList<>(entry);
            visit(taken);
            after.addAll(pending);
        }
        pending = after;
    }

    /** The uses of the steps before the first meeting of an iteration. */
    private List<Use> firstUses(List<Step> body) {
        List<Use> uses = new ArrayList<>();
        for (Step step : body) {
            if (before.contains(step)) {
                break;
            }
            uses.addAll(uses(step));
        }
        return uses;
    }

    private List<Use> finish(Step.Loop loop) {
        List<Use> uses = new ArrayList<>();
        for (Carry carry : loop.carries()) {
            if (!carry.isInPlace()) {
                uses.add(new Use(memory(carry.next()), false, false));
                uses.add(new Use(memory(carry.initial()), false, false));
                uses.add(new Use(memory(carry.result()), true, false));
            }
        }
        loop.count().ifPresent(count -> uses.add(new Use(memory(count), true, true)));
        return uses;
    }

    private boolean conflict(List<Use> earlier, List<Use> later) {
        return anyPair(earlier, later, (a, b) -> root(a.memory()) == root(b.memory())
                ? !(a.memory() == b.memory() && isEachThreadsOwn(a, b)) : mayShareArena(a, b));
    }

    /** Whether no thread touches in one of two launches on the same memory what another touches in the other. */
    private boolean isEachThreadsOwn(Use a, Use b) {
        return a.tiles().isPresent() && b.tiles().isPresent()
                && isEachThreadsOwn(a.tiles().get(), b.tiles().get());
    }

    private boolean isEachThreadsOwn(Tiles a, Tiles b) {
        return footprints(a.kernel()).areSeparate(a.argument(), footprints(b.kernel()), b.argument());
    }

    private Footprints footprints(Kernel kernel) {
        return footprints.computeIfAbsent(kernel, Footprints::new);
    }

    /**
     * Whether uses in one iteration conflict with uses in the next, which sees other rows and what is handed on. Of
     * what is handed on the memories of all iterations are held to be one: they are alike, and the same or apart.
     */
    private boolean conflictAcross(Step.Loop loop, List<Use> earlier, List<Use> later) {
        return anyPair(earlier, later, (a, b) -> {
            if (handedOn(root(a.memory())) != handedOn(root(b.memory()))) {
                return mayShareArena(a, b);
            }
            boolean otherRows = isInRow(a.memory(), loop) && isInRow(b.memory(), loop);
            return !otherRows && !(handedOn(a.memory()) == handedOn(b.memory()) && isEachThreadsOwn(a, b));
        });
    }

    /** The value of an iteration whose memory this is in another one, or the memory itself. */
    private int handedOn(int memory) {
        return carried.getOrDefault(memory, memory);
    }

    /** Whether one of two threads writes what the other uses, for some pair of uses. */
    private static boolean anyPair(List<Use> earlier, List<Use> later, BiPredicate<Use, Use> sameMemory) {
        for (Use a : earlier) {
            for (Use b : later) {
                if ((a.written() || b.written()) && !(a.solo() && b.solo()) && sameMemory.test(a, b)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether memory lies in the element of a loop's iteration. */
    private boolean isInRow(int memory, Step.Loop loop) {
        int at = memory;
        while (program.buffers().get(at).role() instanceof Role.Row row) {
            if (loop.rows().contains(at)) {
                return true;
            }
            at = memory(row.of());
        }
        return false;
    }

    /** The memory that rows are parts of. */
    private int root(int memory) {
        int at = memory;
        while (program.buffers().get(at).role() instanceof Role.Row row) {
            at = memory(row.of());
        }
        return at;
    }

    /** Whether the memory plan may have given two temporaries, or those of rows, one place one after the other. */
    private boolean mayShareArena(Use a, Use b) {
        int one = root(a.memory());
        int other = root(b.memory());
        int[] first = lives.get(one);
        int[] second = lives.get(other);
        return isTemporary(one) && isTemporary(other) && first != null && second != null
                && (first[1] <= second[0] || second[1] <= first[0]);
    }

    private boolean isTemporary(int memory) {
        return program.buffers().get(memory).role() instanceof Role.Temporary;
    }

    private List<Use> uses(Step step) {
        Map<Integer, Boolean> found = new LinkedHashMap<>();
        boolean solo = isSolo(step);
        switch (step) {
            case Step.Launch launch -> {
                return uses(launch, solo);
            }
            case Step.Copy copy -> {
                use(found, copy.from(), false);
                use(found, copy.to(), true);
            }
            case Step.CallHost call -> {
                call.operands().forEach(buffer -> use(found, buffer, false));
                call.results().forEach(buffer -> use(found, buffer, true));
            }
            case Step.Loop loop -> around(loop, found);
            case Step.Branch branch -> use(found, branch.number(), false);
            case Step.Define size -> use(found, size.value(), false);
            case Step.PointOfNoReturn _ -> { }
        }
        List<Use> uses = new ArrayList<>(found.entrySet().stream()
                .map(entry -> new Use(entry.getKey(), entry.getValue(), solo)).toList());
        step.inside().forEach(inner -> uses(inner).forEach(use ->
                uses.add(new Use(use.memory(), use.written(), solo))));
        return uses;
    }

    /** One use an argument; where a thread's own memory lies does not depend on the tile. */
    private List<Use> uses(Step.Launch launch, boolean solo) {
        List<Use> uses = new ArrayList<>();
        for (int i = 0; i < launch.buffers().size(); i++) {
            int memory = memory(launch.buffers().get(i));
            Optional<Tiles> tiles = Optional.of(new Tiles(launch.kernel(), i));
            uses.add(switch (launch.kernel().buffers().get(i).access()) {
                case READ -> new Use(memory, false, solo, tiles);
                case WRITE, READ_WRITE, WRITE_THEN_READ -> new Use(memory, true, solo, tiles);
                case SCRATCH -> new Use(memory, true, solo);
            });
        }
        return uses;
    }

    private void around(Step.Loop loop, Map<Integer, Boolean> found) {
        loop.limit().ifPresent(buffer -> use(found, buffer, false));
        loop.condition().ifPresent(buffer -> use(found, buffer, false));
        loop.goesOn().ifPresent(buffer -> use(found, buffer, false));
        loop.count().ifPresent(buffer -> use(found, buffer, true));
        for (Carry carry : loop.carries()) {
            use(found, carry.initial(), false);
            use(found, carry.result(), true);
            if (!carry.isInPlace()) {
                use(found, carry.spare(), true);
            }
        }
    }

    private void use(Map<Integer, Boolean> found, int buffer, boolean written) {
        int memory = memory(buffer);
        found.merge(memory, written, Boolean::logicalOr);
    }

    /** The buffer that owns the memory of another; a row and what is handed on are memory of their own. */
    private int memory(int buffer) {
        return switch (program.buffers().get(buffer).role()) {
            case Role.View view -> memory(view.of());
            case Role.NextState next when next.inPlace() -> states.getOrDefault(next.variable(), buffer);
            case Role.NextState _, Role.Input _, Role.State _, Role.Output _, Role.Temporary _, Role.Constant _,
                    Role.RunNumber _, Role.Tape _, Role.Row _, Role.Carried _, Role.Counter _ -> buffer;
        };
    }
}
