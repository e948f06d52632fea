package dev.sinter.program;

import dev.sinter.kernel.Instr;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.schedule.Scheduled;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes the program of a plan: its nests scheduled, equal kernels shared, the point of no return set. */
public final class ProgramBuilder {
    private final Plan plan;
    private final Target target;
    private final NestScheduler scheduler;
    private final Consumer<Kernel> made;
    private final List<Buffer> buffers;
    private final List<Program.Step> steps = new ArrayList<>();
    private final RegionSteps regions;
    private final Map<Kernel, Kernel> kernels = new HashMap<>();
    private final Map<Anonymous, Scheduled> schedules = new HashMap<>();
    private final Map<AnonymousRow, Optional<RowGroups.Group>> groups = new HashMap<>();
    private final RepeatedLaunches launched;
    private final Map<Integer, List<Integer>> users;
    private final Map<Integer, Integer> updates;
    private List<Program.Step> launchedInto = List.of();
    private boolean committed;

    private ProgramBuilder(Plan plan, Target target, NestScheduler scheduler, Consumer<Kernel> made) {
        this.plan = plan;
        this.target = target;
        this.scheduler = scheduler;
        this.made = made;
        this.buffers = new ArrayList<>(plan.buffers());
        this.regions = new RegionSteps(buffers, this::steps, this::compute);
        this.launched = new RepeatedLaunches(buffers);
        this.users = users(plan);
        this.updates = updates(plan);
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

    /**
     * What a schedule depends on: a nest whose buffers are numbered in the order in which it names them, and
     * what those buffers are.
     */
    private record Anonymous(Nest nest, List<Buffer> buffers) {}

    /**
     * What a group depends on: nests and buffers as in {@link Anonymous}, and for each buffer how many of the nests,
     * the first ones, must be there for nothing else to need it.
     */
    private record AnonymousRow(List<Nest> nests, List<Buffer> buffers, List<Integer> inner) {}

    /** The program that runs a plan on a machine. */
    public static Built build(Plan plan, Target target, NestScheduler scheduler) {
        return build(plan, target, scheduler, _ -> { });
    }

    /**
     * The program that runs a plan on a machine.
     *
     * @param made gets each kernel when it is made
     */
    static Built build(Plan plan, Target target, NestScheduler scheduler, Consumer<Kernel> made) {
        return new ProgramBuilder(plan, target, scheduler, made).build();
    }

    private Built build() {
        PlanVerifier.verifyPanels(plan, target);
        List<Integer> origins = new ArrayList<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            Plan.Step step = plan.steps().get(i);
            if (!committed && step.writes().stream().anyMatch(this::isInPlace)) {
                steps.add(new Program.Step.PointOfNoReturn());
                committed = true;
            }
            int joined = joined(i);
            if (joined == 0) {
                step(step, IntUnaryOperator.identity(), steps);
            }
            while (origins.size() < steps.size()) {
                origins.add(i);
            }
            i += Math.max(0, joined - 1);
        }
        Program program = new Program(plan.name(), buffers,
                sizes(new Program(plan.name(), buffers, List.of(), steps).allSteps(), buffers), steps);
        ProgramVerifier.verify(program);
        return new Built(program, origins);
    }

    /** Adds a kernel for a step of the plan and those that follow it, and says how many; 0 where it stays alone. */
    private int joined(int from) {
        List<Nest> nests = new ArrayList<>();
        for (int i = from; i < plan.steps().size() && nests.size() < RowGroups.MOST; i++) {
            Plan.Step step = plan.steps().get(i);
            if (!(step instanceof Plan.Compute compute) || compute.canFail()
                    || step.writes().stream().anyMatch(this::isInPlace)) {
                break;
            }
            nests.add(compute.nest());
        }
        nests = new RowGroups(buffers, target, scheduler).candidates(nests);
        if (nests.size() < 2) {
            return 0;
        }
        List<Integer> local = new ArrayList<>();
        List<Nest> numbered = nests.stream()
                .map(nest -> numbered(nest, buffer -> number(buffer, local))).toList();
        List<Buffer> localBuffers = localBuffers(local);
        int count = numbered.size();
        List<Integer> inner = local.stream().map(id -> Math.min(inner(id, from), count + 1)).toList();
        AnonymousRow key = new AnonymousRow(
                numbered.stream().map(nest -> named(nest, "")).toList(), localBuffers, inner);
        Optional<RowGroups.Group> group = groups.get(key);
        if (group == null) {
            group = new RowGroups(namedBuffers(localBuffers, local), target, scheduler)
                    .first(numbered, (members, id) -> members >= inner.get(id));
            groups.put(key, group);
        }
        group.ifPresent(found -> launch(found.kernels(), local, steps));
        return group.map(RowGroups.Group::count).orElse(0);
    }

    /** How many steps from one on must be there for no other to use a buffer; more than there are where others do. */
    private int inner(int buffer, int from) {
        List<Integer> all = users.getOrDefault(buffer, List.of());
        boolean hidden = buffers.get(buffer).role() instanceof Buffer.Role.Temporary
                && (all.isEmpty() || all.getFirst() >= from);
        return !hidden ? Integer.MAX_VALUE : all.isEmpty() ? 0 : all.getLast() - from + 1;
    }

    /** For each buffer that owns memory the steps of the plan that use it. */
    private static Map<Integer, List<Integer>> users(Plan plan) {
        Map<Integer, List<Integer>> users = new HashMap<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            int step = i;
            Stream.concat(plan.steps().get(i).reads().stream(), plan.steps().get(i).writes().stream())
                    .forEach(id -> users.computeIfAbsent(plan.owner(id).id(), _ -> new ArrayList<>()).add(step));
        }
        return users;
    }

    private void steps(Plan inner, IntUnaryOperator numbers, List<Program.Step> out) {
        inner.steps().forEach(step -> step(step, numbers, out));
    }

    /** Adds what a plan's step becomes, whose buffers are numbered so. */
    private void step(Plan.Step step, IntUnaryOperator numbers, List<Program.Step> out) {
        if (!(step instanceof Plan.Compute)) {
            launched.clear();
        }
        switch (step) {
            case Plan.Compute compute -> compute(numbered(compute.nest(), numbers), out);
            case Plan.Call call -> out.add(new Program.Step.CallHost(call.function(),
                    call.operands().stream().map(numbers::applyAsInt).toList(),
                    call.results().stream().map(numbers::applyAsInt).toList()));
            case Plan.Define size -> out.add(new Program.Step.Define(size.symbol(), size.atMost(),
                    owner(numbers.applyAsInt(size.value()))));
            case Plan.Iterate loop -> regions.loop(loop, numbers, out);
            case Plan.Choose choice -> regions.branch(choice, numbers, out);
        }
    }

    private boolean isInPlace(int buffer) {
        return plan.owner(buffer).role() instanceof Buffer.Role.NextState next && next.inPlace();
    }

    private void compute(Nest named, List<Program.Step> out) {
        List<Integer> local = new ArrayList<>();
        Nest nest = named(numbered(named, buffer -> number(buffer, local)), "");
        List<Buffer> localBuffers = localBuffers(local);
        String name = named.name();
        Scheduled scheduled = schedules.get(new Anonymous(nest, localBuffers));
        if (scheduled == null) {
            scheduled = scheduler.schedule(named(nest, name), namedBuffers(localBuffers, local), target);
            schedules.put(new Anonymous(nest, localBuffers), scheduled);
        }
        launch(scheduled, local, out);
    }

    /** Adds kernels, whose buffers are some of the program's and then temporaries. */
    private void launch(Scheduled scheduled, List<Integer> local, List<Program.Step> out) {
        Integer[] numbers = new Integer[local.size() + scheduled.temporaries().size()];
        for (int i = 0; i < local.size(); i++) {
            numbers[i] = owner(local.get(i));
        }
        for (Scheduled.Launch launch : scheduled.launches()) {
            Kernel kernel = shared(launch.kernel());
            Optional<Integer> repeated = launched(out).result(kernel,
                    launch.buffers().stream().map(id -> Optional.ofNullable(numbers[id])).toList());
            if (repeated.isPresent()) {
                launch.buffers().stream().filter(id -> numbers[id] == null)
                        .forEach(id -> numbers[id] = repeated.get());
                continue;
            }
            for (int id : launch.buffers()) {
                if (numbers[id] == null) {
                    Buffer temporary = scheduled.temporaries().get(id - local.size());
                    numbers[id] = buffers.size();
                    buffers.add(new Buffer(buffers.size(), temporary.name(), temporary.type(), temporary.layout(),
                            temporary.role()));
                }
            }
            Program.Step.Launch step = new Program.Step.Launch(kernel,
                    launch.buffers().stream().map(id -> numbers[id]).toList());
            launched(out).add(step);
            out.add(step);
        }
    }

    /** What has been launched in a row into a list of steps. */
    private RepeatedLaunches launched(List<Program.Step> out) {
        if (out != launchedInto) {
            launchedInto = out;
            launched.clear();
        }
        return launched;
    }

    /** The nest with its buffers numbered anew. */
    private static Nest numbered(Nest nest, IntUnaryOperator numbers) {
        List<Nest.Input> inputs = nest.inputs().stream()
                .map(input -> new Nest.Input(numbers.applyAsInt(input.buffer()), input.map())).toList();
        List<Nest.Output> outputs = nest.outputs().stream()
                .map(output -> new Nest.Output(numbers.applyAsInt(output.buffer()), output.map(), output.term()))
                .toList();
        return new Nest(nest.name(), nest.domain(), nest.reduced(), inputs, nest.terms(), nest.reductions(), outputs);
    }

    /** The number of a buffer among those of one nest, which {@code local} lists. */
    private int number(int buffer, List<Integer> local) {
        int owner = owner(buffer);
        if (!local.contains(owner)) {
            local.add(owner);
        }
        if (!local.contains(buffer)) {
            local.add(buffer);
        }
        // A schedule may depend on both ends of an update in place.
        Integer otherEnd = updates.get(owner);
        if (otherEnd != null && !local.contains(otherEnd)) {
            local.add(otherEnd);
        }
        return local.indexOf(buffer);
    }

    /** The buffers of a variable whose next value is written over its last one, each by the other. */
    private static Map<Integer, Integer> updates(Plan plan) {
        Map<String, Integer> next = new HashMap<>();
        Map<Integer, Integer> updates = new HashMap<>();
        for (Buffer buffer : plan.buffers()) {
            if (buffer.role() instanceof Buffer.Role.NextState state && state.inPlace()) {
                next.put(state.variable(), buffer.id());
            }
        }
        for (Buffer buffer : plan.buffers()) {
            if (buffer.role() instanceof Buffer.Role.State state && next.containsKey(state.variable())) {
                updates.put(buffer.id(), next.get(state.variable()));
                updates.put(next.get(state.variable()), buffer.id());
            }
        }
        return updates;
    }

    private List<Buffer> localBuffers(List<Integer> local) {
        return IntStream.range(0, local.size()).mapToObj(i -> localBuffer(local.get(i), i, local)).toList();
    }

    /** Local buffers with the names that the program has for them. */
    private List<Buffer> namedBuffers(List<Buffer> localBuffers, List<Integer> local) {
        return IntStream.range(0, local.size())
                .mapToObj(i -> named(localBuffers.get(i), buffers.get(local.get(i)).name())).toList();
    }

    /** A buffer without its name and with the local number; what makes no difference to a schedule is dropped. */
    private Buffer localBuffer(int id, int number, List<Integer> local) {
        Buffer buffer = buffers.get(id);
        Buffer.Role role = switch (buffer.role()) {
            case Buffer.Role.View view -> new Buffer.Role.View(local.indexOf(owner(id)));
            case Buffer.Role.State state -> new Buffer.Role.State(variable(state.variable(), local));
            case Buffer.Role.NextState next ->
                    new Buffer.Role.NextState(variable(next.variable(), local), next.inPlace());
            case Buffer.Role.Input _ -> new Buffer.Role.Input(0);
            case Buffer.Role.Output _ -> new Buffer.Role.Output(0);
            case Buffer.Role.Constant constant -> constant;
            case Buffer.Role.Temporary temporary -> temporary;
            case Buffer.Role.RunNumber run -> run;
            case Buffer.Role.Row _ -> new Buffer.Role.Row(0);
            case Buffer.Role.Carried carried -> carried;
            case Buffer.Role.Counter counter -> counter;
            case Buffer.Role.Tape tape -> tape;
        };
        return new Buffer(number, "", buffer.type(), buffer.layout(), role);
    }

    /** A name for a variable that says alone which of the nest's buffers are the same variable's. */
    private String variable(String name, List<Integer> local) {
        for (int i = 0; i < local.size(); i++) {
            Buffer.Role role = buffers.get(local.get(i)).role();
            boolean same = role instanceof Buffer.Role.State state && state.variable().equals(name)
                    || role instanceof Buffer.Role.NextState next && next.variable().equals(name);
            if (same) {
                return "v" + i;
            }
        }
        return name;
    }

    private static Buffer named(Buffer buffer, String name) {
        return new Buffer(buffer.id(), name, buffer.type(), buffer.layout(), buffer.role());
    }

    private static Nest named(Nest nest, String name) {
        return new Nest(name, nest.domain(), nest.reduced(), nest.inputs(), nest.terms(), nest.reductions(),
                nest.outputs());
    }

    private int owner(int id) {
        return Plan.owner(buffers, id).id();
    }

    /** The kernel of the program that a kernel is equal to but for names; it is this one where there is none yet. */
    private Kernel shared(Kernel kernel) {
        Kernel known = kernels.putIfAbsent(anonymous(kernel), kernel);
        if (known == null) {
            made.accept(kernel);
        }
        return known == null ? kernel : known;
    }

    /** The kernel without its names: kernels are shared where nothing else differs. */
    private static Kernel anonymous(Kernel kernel) {
        List<Kernel.Argument> arguments = kernel.buffers().stream()
                .map(argument -> new Kernel.Argument("", argument.dtype(), argument.access(), argument.storage()))
                .toList();
        return new Kernel("", arguments, kernel.tile(), kernel.tiles(), kernel.body(), kernel.work());
    }

    /**
     * The sizes that a run must know: those that kernels compute with, and those of copies and host calls; where
     * steps define symbols, also those of outputs and the symbols that a size depends on together with such.
     */
    static List<Dim> sizes(List<Program.Step> steps, List<Buffer> buffers) {
        Set<Dim> found = new LinkedHashSet<>();
        Set<Symbol> defined = new HashSet<>();
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
                case Program.Step.Loop loop -> {
                    loop.trips().length().ifPresent(found::add);
                    loop.rows().forEach(row -> found.add(buffers.get(row).bytes()));
                    loop.carries().forEach(carry -> found.add(buffers.get(carry.result()).bytes()));
                }
                case Program.Step.Define size -> {
                    found.add(size.atMost());
                    defined.add(size.symbol());
                }
                case Program.Step.Branch _, Program.Step.PointOfNoReturn _ -> { }
            }
        }
        if (!defined.isEmpty()) {
            buffers.stream().filter(buffer -> buffer.role() instanceof Buffer.Role.Output)
                    .forEach(buffer -> found.addAll(buffer.type().shape().dims()));
            List.copyOf(found).stream().filter(dim -> !Collections.disjoint(dim.symbols(), defined))
                    .forEach(dim -> dim.symbols().forEach(symbol -> found.add(Dim.ofSymbol(symbol))));
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
