package dev.sinter.program;

import dev.sinter.kernel.Instr;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.schedule.Scheduled;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the program of a plan: its nests scheduled, equal kernels shared, the point of no return set. */
public final class ProgramBuilder {
    private final Plan plan;
    private final Target target;
    private final NestScheduler scheduler;
    private final List<Buffer> buffers;
    private final List<Program.Step> steps = new ArrayList<>();
    private final Map<Kernel, Kernel> kernels = new HashMap<>();
    private boolean committed;

    private ProgramBuilder(Plan plan, Target target, NestScheduler scheduler) {
        this.plan = plan;
        this.target = target;
        this.scheduler = scheduler;
        this.buffers = new ArrayList<>(plan.buffers());
    }

    /**
     * A program and where it comes from.
     *
     * @param program what runs
     * @param origins for each step of the program the position of the plan's step that it carries out
     */
    public record Built(Program program, List<Integer> origins) {
        public Built {
            origins = List.copyOf(origins);
        }
    }

    /** The program that runs a plan on a machine. */
    public static Built build(Plan plan, Target target, NestScheduler scheduler) {
        return new ProgramBuilder(plan, target, scheduler).build();
    }

    private Built build() {
        List<Integer> origins = new ArrayList<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            Plan.Step step = plan.steps().get(i);
            if (!committed && step.writes().stream().anyMatch(this::isInPlace)) {
                steps.add(new Program.Step.PointOfNoReturn());
                committed = true;
            }
            switch (step) {
                case Plan.Compute compute -> compute(compute);
                case Plan.Call call ->
                        steps.add(new Program.Step.CallHost(call.function(), call.operands(), call.results()));
            }
            while (origins.size() < steps.size()) {
                origins.add(i);
            }
        }
        Program program = new Program(plan.name(), buffers, sizes(steps, buffers), steps);
        ProgramVerifier.verify(program);
        return new Built(program, origins);
    }

    private boolean isInPlace(int buffer) {
        return plan.owner(buffer).role() instanceof Buffer.Role.NextState next && next.inPlace();
    }

    private void compute(Plan.Compute compute) {
        Scheduled scheduled = scheduler.schedule(compute.nest(), List.copyOf(buffers), target);
        for (Buffer temporary : scheduled.temporaries()) {
            if (temporary.id() != buffers.size()) {
                throw new CompilerBug("the schedule of " + compute.nest().name() + " numbers a temporary "
                        + temporary.id() + ", not " + buffers.size());
            }
            buffers.add(temporary);
        }
        for (Scheduled.Launch launch : scheduled.launches()) {
            Kernel kernel = kernels.computeIfAbsent(anonymous(launch.kernel()), key -> launch.kernel());
            List<Integer> owners = launch.buffers().stream().map(id -> owner(id)).toList();
            steps.add(new Program.Step.Launch(kernel, owners));
        }
    }

    private int owner(int id) {
        Buffer at = buffers.get(id);
        while (at.role() instanceof Buffer.Role.View view) {
            at = buffers.get(view.of());
        }
        return at.id();
    }

    /** The kernel without its names: kernels are shared where nothing else differs. */
    private static Kernel anonymous(Kernel kernel) {
        List<Kernel.Argument> arguments = kernel.buffers().stream()
                .map(argument -> new Kernel.Argument("", argument.dtype(), argument.access(), argument.storage()))
                .toList();
        return new Kernel("", arguments, kernel.tile(), kernel.tiles(), kernel.body(), kernel.work());
    }

    /** The sizes that a run must know: those that kernels compute with, and those of copies and host calls. */
    static List<Dim> sizes(List<Program.Step> steps, List<Buffer> buffers) {
        Set<Dim> found = new LinkedHashSet<>();
        for (Program.Step step : steps) {
            switch (step) {
                case Program.Step.Launch launch -> {
                    found.add(launch.kernel().tiles());
                    for (Kernel.Argument argument : launch.kernel().buffers()) {
                        if (argument.access() == Kernel.Access.SCRATCH) {
                            found.add(argument.storage().times(argument.dtype().bytes()));
                        }
                    }
                    collect(launch.kernel().body(), found);
                }
                case Program.Step.CallHost call -> {
                    for (List<Integer> side : List.of(call.operands(), call.results())) {
                        for (int id : side) {
                            found.addAll(buffers.get(id).type().shape().dims());
                            found.add(buffers.get(id).bytes());
                        }
                    }
                }
                case Program.Step.Copy copy -> found.add(buffers.get(copy.from()).bytes());
                case Program.Step.PointOfNoReturn _ -> { }
            }
        }
        return found.stream().filter(dim -> !dim.isConstant()).toList();
    }

    private static void collect(Instr.Body body, Set<Dim> found) {
        for (Instr instr : body.instrs()) {
            if (instr instanceof Instr.Size size) {
                found.add(size.dim());
            } else if (instr instanceof Instr.Loop loop) {
                collect(loop.body(), found);
            } else if (instr instanceof Instr.If branch) {
                collect(branch.then(), found);
                collect(branch.otherwise(), found);
            }
        }
    }
}
