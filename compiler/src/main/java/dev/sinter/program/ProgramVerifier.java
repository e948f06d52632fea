package dev.sinter.program;

import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks what every program must satisfy. */
public final class ProgramVerifier {
    private final Program program;
    private final List<String> problems = new ArrayList<>();
    private final Set<Integer> written = new HashSet<>();
    private final Map<Kernel, Boolean> seen = new IdentityHashMap<>();
    private boolean committed;

    private ProgramVerifier(Program program) {
        this.program = program;
    }

    /** Does nothing where a program is sound; otherwise a {@link CompilerBug} that names steps and buffers. */
    public static void verify(Program program) {
        List<String> problems = problems(program);
        if (!problems.isEmpty()) {
            throw new CompilerBug("program @" + program.name() + ": " + String.join("; ", problems));
        }
    }

    /** One sentence a problem, in the order of the steps; none where the program is sound. */
    public static List<String> problems(Program program) {
        ProgramVerifier verifier = new ProgramVerifier(program);
        verifier.buffers();
        verifier.steps("step ", program.steps());
        return verifier.problems;
    }

    private void buffers() {
        for (int i = 0; i < program.buffers().size(); i++) {
            Buffer buffer = program.buffers().get(i);
            if (buffer.id() != i) {
                problems.add("buffer " + buffer.name() + " has the number " + buffer.id() + " at position " + i);
            }
            if (buffer.role() instanceof Buffer.Role.View view) {
                boolean known = view.of() >= 0 && view.of() < program.buffers().size();
                if (!known || !program.buffers().get(view.of()).layout().equals(buffer.layout())) {
                    problems.add("buffer " + buffer.name() + " is a view of another layout, or of nothing");
                }
            }
        }
    }

    private void steps(String prefix, List<Program.Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            step(prefix + i, steps.get(i));
        }
    }

    private void step(String place, Program.Step step) {
        String where = place + ": ";
        switch (step) {
            case Program.Step.Launch launch -> launch(where, launch);
            case Program.Step.CallHost call -> {
                call.operands().forEach(buffer -> read(where, buffer));
                call.results().forEach(buffer -> write(where, buffer));
                if (committed) {
                    problems.add(where + "a host call follows the point of no return");
                }
            }
            case Program.Step.Copy copy -> {
                read(where, copy.from());
                write(where, copy.to());
                if (exists(copy.from()) && exists(copy.to()) && (!buffer(copy.from()).type().equals(
                        buffer(copy.to()).type())
                        || !buffer(copy.from()).layout().equals(buffer(copy.to()).layout()))) {
                    problems.add(where + "a copy between different types or layouts");
                }
            }
            case Program.Step.Loop loop -> loop(place, loop);
            case Program.Step.Branch branch -> {
                read(where, branch.number());
                for (List<Program.Step> taken : branch.branches()) {
                    steps(place + ".", taken);
                }
            }
            case Program.Step.Define size -> {
                read(where, size.value());
                if (committed) {
                    problems.add(where + "a size is found after the point of no return");
                }
            }
            case Program.Step.PointOfNoReturn _ -> {
                if (!place.matches("step \\d+")) {
                    problems.add(where + "a point of no return inside of another step");
                }
                if (committed) {
                    problems.add(where + "a second point of no return");
                }
                committed = true;
            }
        }
    }

    private void loop(String place, Program.Step.Loop loop) {
        String where = place + ": ";
        loop.limit().ifPresent(buffer -> read(where, buffer));
        loop.condition().ifPresent(buffer -> read(where, buffer));
        boolean conditional = loop.trips().conditional();
        if (loop.trips().limited() != loop.limit().isPresent() || conditional != loop.condition().isPresent()
                || conditional != loop.goesOn().isPresent() || conditional != loop.count().isPresent()) {
            problems.add(where + "the buffers of its bounds do not fit its trips");
        }
        for (Program.Carry carry : loop.carries()) {
            read(where, carry.initial());
            written.add(carry.current());
        }
        steps(place + ".", loop.body());
        loop.goesOn().ifPresent(buffer -> read(where, buffer));
        for (Program.Carry carry : loop.carries()) {
            read(where, carry.next());
            write(where, carry.result());
            if (carry.way() == Program.Way.STACKED) {
                write(where, carry.spare());
            }
        }
        loop.count().ifPresent(buffer -> write(where, buffer));
    }

    private void launch(String where, Program.Step.Launch launch) {
        Kernel kernel = launch.kernel();
        if (seen.put(kernel, true) == null) {
            try {
                dev.sinter.kernel.Verifier.verify(kernel);
            } catch (CompilerBug bug) {
                problems.add(where + bug.getMessage());
            }
        }
        if (kernel.buffers().size() != launch.buffers().size()) {
            problems.add(where + kernel.name() + " takes " + kernel.buffers().size() + " buffers, not "
                    + launch.buffers().size());
            return;
        }
        Set<Integer> exclusive = new HashSet<>();
        Set<Integer> shared = new HashSet<>();
        for (int i = 0; i < launch.buffers().size(); i++) {
            int id = launch.buffers().get(i);
            Kernel.Argument argument = kernel.buffers().get(i);
            if (!exists(id)) {
                problems.add(where + "there is no buffer " + id);
                continue;
            }
            if (argument.dtype() != buffer(id).type().dtype()) {
                problems.add(where + argument.name() + " is " + argument.dtype() + ", the buffer "
                        + buffer(id).name() + " is " + buffer(id).type().dtype());
            }
            boolean readOnly = argument.access() == Kernel.Access.READ;
            boolean clash = readOnly ? exclusive.contains(memory(id)) : exclusive.contains(memory(id))
                    || shared.contains(memory(id));
            if (clash) {
                problems.add(where + "two arguments of " + kernel.name() + " overlap: " + buffer(id).name());
            }
            (readOnly ? shared : exclusive).add(memory(id));
            switch (argument.access()) {
                case READ, READ_WRITE -> read(where, id);
                case WRITE, WRITE_THEN_READ, SCRATCH -> { }
            }
        }
        for (int i = 0; i < launch.buffers().size(); i++) {
            switch (kernel.buffers().get(i).access()) {
                case WRITE, READ_WRITE, WRITE_THEN_READ -> write(where, launch.buffers().get(i));
                case READ, SCRATCH -> { }
            }
        }
    }

    private boolean exists(int id) {
        return id >= 0 && id < program.buffers().size();
    }

    private Buffer buffer(int id) {
        return program.buffers().get(id);
    }

    /** The number of the buffer that owns the memory; a variable updated in place is one memory. */
    private int memory(int id) {
        Buffer at = Plan.owner(program.buffers(), id);
        if (at.role() instanceof Buffer.Role.Row row) {
            return memory(row.of());
        }
        if (at.role() instanceof Buffer.Role.NextState next && next.inPlace()) {
            for (Buffer other : program.buffers()) {
                if (other.role() instanceof Buffer.Role.State state && state.variable().equals(next.variable())) {
                    return other.id();
                }
            }
        }
        return at.id();
    }

    private void read(String where, int id) {
        if (!exists(id)) {
            problems.add(where + "there is no buffer " + id);
            return;
        }
        Buffer owner = buffer(memory(id));
        boolean given = switch (owner.role()) {
            case Buffer.Role.Input _, Buffer.Role.State _, Buffer.Role.Constant _, Buffer.Role.RunNumber _,
                    Buffer.Role.Counter _ -> true;
            case Buffer.Role.NextState _, Buffer.Role.Output _, Buffer.Role.Temporary _, Buffer.Role.View _,
                    Buffer.Role.Tape _, Buffer.Role.Row _, Buffer.Role.Carried _ -> written.contains(owner.id());
        };
        if (!given) {
            problems.add(where + "buffer " + buffer(id).name() + " is read before it is written");
        }
    }

    private void write(String where, int id) {
        if (!exists(id)) {
            problems.add(where + "there is no buffer " + id);
            return;
        }
        Buffer at = Plan.owner(program.buffers(), id);
        written.add(memory(id));
        switch (at.role()) {
            case Buffer.Role.Input _, Buffer.Role.State _, Buffer.Role.Constant _, Buffer.Role.RunNumber _,
                    Buffer.Role.Counter _ -> problems.add(where + "buffer " + at.name() + " must not be written");
            case Buffer.Role.NextState next -> {
                if (next.inPlace() && !committed) {
                    problems.add(where + "variable " + next.variable()
                            + " is updated in place before the point of no return");
                }
            }
            case Buffer.Role.Row(int of) -> write(where, of);
            case Buffer.Role.Output _, Buffer.Role.Temporary _, Buffer.Role.View _, Buffer.Role.Tape _,
                    Buffer.Role.Carried _ -> { }
        }
    }
}
