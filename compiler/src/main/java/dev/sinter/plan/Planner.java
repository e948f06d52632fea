package dev.sinter.plan;

import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.op.Branch;
import dev.sinter.op.DefineSize;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Loop;
import dev.sinter.op.Parameter;
import dev.sinter.op.Read;
import dev.sinter.op.RunNumber;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** Makes the plan of a function. */
public final class Planner {
    private final Function function;
    private final Map<String, Layout> fixed;
    private final LayoutAssignment layouts;
    private final boolean isRegion;
    private final Set<String> kept;
    private final Set<Value> inner;
    private final Dataflow flow;
    private final BufferTable buffers = new BufferTable();
    private final RegionGraph graph;
    private final List<Decision> decisions = new ArrayList<>();
    private final Map<Value, Integer> known = new HashMap<>();
    private final Map<String, Integer> nextStates = new LinkedHashMap<>();

    private Planner(Recomputation.Result repeated, Map<String, Layout> fixed, LayoutAssignment layouts,
            boolean isRegion, Set<String> kept) {
        this.function = repeated.function();
        this.fixed = fixed;
        this.layouts = layouts;
        this.isRegion = isRegion;
        this.kept = kept;
        this.inner = repeated.inner();
        this.flow = new Dataflow(function);
        this.graph = new RegionGraph(flow, repeated.notBefore());
        this.decisions.addAll(repeated.decisions());
    }

    /**
     * The plan of a function.
     *
     * @param function what a run computes, optimised
     * @param fixed    the layouts that a session has given to variables before
     * @param layouts  chooses all other layouts
     */
    public static Plan plan(Function function, Map<String, Layout> fixed, LayoutAssignment layouts) {
        return plan(Recomputation.Result.unchanged(function), fixed, layouts);
    }

    /** The plan of a function in which some values are computed again late. */
    public static Plan plan(Recomputation.Result repeated, Map<String, Layout> fixed, LayoutAssignment layouts) {
        return plan(repeated, fixed, layouts, false, Set.of());
    }

    private static Plan plan(Recomputation.Result repeated, Map<String, Layout> fixed, LayoutAssignment layouts,
            boolean isRegion, Set<String> kept) {
        Plan rowMajor = PartsInPlace.apply(new Planner(repeated, fixed, layouts, isRegion, kept).plan(), isRegion);
        return Layouts.apply(rowMajor, layouts, fixed);
    }

    private Plan plan() {
        List<Store> targets = declareBuffers();
        Materialisation materialisation = new Materialisation(graph, buffers, known, packedVariables(), decisions);
        materialisation.run(targets);
        new Fusion(graph, buffers, materialisation.inMemory(), decisions).run();
        InPlace inPlace = new InPlace(graph, buffers, isRegion, kept, decisions);
        inPlace.run(nextStates);
        List<Region> order = new Schedule(graph, inPlace.orderings(), this::isTemporary, inner).order();
        Storage storage = new Storage(graph, buffers, order, known, nextStates,
                materialisation::isPackedVariable, decisions);
        storage.assign();
        List<Plan.Step> steps = write(order, storage, materialisation.rowMajorCopies());
        return new Plan(function.name(), buffers.list(), steps, decisions, Map.of());
    }

    private Set<String> packedVariables() {
        Set<String> packed = new HashSet<>();
        fixed.forEach((variable, layout) -> {
            if (!layout.equals(Layout.ROW_MAJOR)) {
                packed.add(variable);
            }
        });
        return packed;
    }

    private boolean isTemporary(Value leaf) {
        return graph.home(leaf).map(home -> home.stores().stream()
                .noneMatch(store -> store.value() == leaf && store.isWhole()))
                .orElse(known.containsKey(leaf)
                        && buffers.get(known.get(leaf)).role() instanceof Buffer.Role.Temporary);
    }

    /** The buffers that callers know, and the values that must be written to them. */
    private List<Store> declareBuffers() {
        List<Value> parameters = function.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            Value value = parameters.get(i);
            if (value.op() instanceof Parameter parameter) {
                known.put(value, buffers.add(parameter.name(), parameter.type(), new Buffer.Role.Input(i)));
            } else if (value.op() instanceof RunNumber) {
                known.put(value, buffers.add("run_number", value.tensorType(), new Buffer.Role.RunNumber()));
            } else if (value.op() instanceof InitialState state) {
                declareState(state);
            }
        }
        for (Value value : flow.live()) {
            if (value.op() instanceof Read && !known.containsKey(value)) {
                declareState((InitialState) flow.canon(value.operand(0)).op());
            }
        }
        List<Store> targets = new ArrayList<>();
        for (Dataflow.Write write : flow.writes()) {
            int buffer = buffers.add(write.variable() + "_next", write.value().tensorType(),
                    new Buffer.Role.NextState(write.variable(), false));
            nextStates.put(write.variable(), buffer);
            targets.add(new Store(write.value(), buffer, Store.Placement.WHOLE));
        }
        for (Dataflow.Fetch fetch : flow.fetches()) {
            int buffer = buffers.add("result_" + fetch.result(), fetch.value().tensorType(),
                    new Buffer.Role.Output(fetch.result()));
            targets.add(new Store(fetch.value(), buffer, Store.Placement.WHOLE));
        }
        return targets;
    }

    private void declareState(InitialState state) {
        int buffer = buffers.add(state.variable(), state.content(), new Buffer.Role.State(state.variable()));
        flow.read(state.variable()).ifPresent(read -> known.put(read, buffer));
    }

    private List<Plan.Step> write(List<Region> order, Storage storage, Map<Value, Integer> rowMajorCopies) {
        List<Plan.Step> steps = new ArrayList<>();
        Map<String, Integer> names = new HashMap<>();
        for (Region region : order) {
            if (region.kind() == Region.Kind.HOST) {
                for (Value call : region.roots()) {
                    List<Integer> operands = flow.operands(call).stream()
                            .map(operand -> rowMajorCopies.containsKey(operand) ? rowMajorCopies.get(operand)
                                    : storage.bufferOf(region, operand)).toList();
                    steps.add(step(call, operands, storage.results(call)));
                }
            } else if (!storage.stores(region).isEmpty()) {
                NestWriter writer = new NestWriter(region, graph, leaf -> storage.bufferOf(region, leaf));
                Nest nest = writer.write(unique(OpTexts.name(region), names), storage.stores(region));
                List<Plan.OpNote> ops = graph.reads(region).ops().stream()
                        .map(op -> OpTexts.note(op, flow, function.locations())).toList();
                steps.add(new Plan.Compute(nest, ops, graph.reads(region).canFail()));
            }
        }
        return steps;
    }

    /** The step of an op that is carried out by itself. */
    private Plan.Step step(Value value, List<Integer> operands, List<Integer> results) {
        boolean canFail = Dataflow.canFail(value);
        return switch (value.op()) {
            case HostCall call -> new Plan.Call(call.function(), operands, results);
            case Loop loop -> {
                Bodies.Iteration body = Bodies.ofLoop(loop);
                Set<String> stacked = body.histories().values().stream().map(Bodies::carry)
                        .collect(Collectors.toSet());
                yield new Plan.Iterate(loop.trips(), loop.sequences(), loop.carries(), body.histories(),
                        planned(body.function(), Bodies::carry, loop.carries(), stacked), operands, results,
                         note(value), canFail);
            }
            case Branch branch -> new Plan.Choose(branch.branches().stream()
                    .map(region -> planned(Bodies.ofBranch(region), Bodies::capture, operands.size() - 1,
                            Set.of())).toList(),
                    operands, results, note(value), canFail);
            case DefineSize size -> new Plan.Define(size.symbol(), size.atMost(), operands.getFirst(), note(value));
            default -> throw new CompilerBug(value + " is no step by itself");
        };
    }

    private Plan.OpNote note(Value value) {
        return OpTexts.note(value, flow, function.locations());
    }

    /**
     * The plan of a region, whose first variables are laid out as the buffers around it.
     *
     * @param kept the variables of which every value is kept
     */
    private Plan planned(Function body, IntFunction<String> variable, int rowMajor, Set<String> kept) {
        Map<String, Layout> given = new HashMap<>();
        for (int i = 0; i < rowMajor; i++) {
            given.put(variable.apply(i), Layout.ROW_MAJOR);
        }
        return plan(Recomputation.Result.unchanged(body), given, layouts, true, kept);
    }

    private static String unique(String name, Map<String, Integer> counts) {
        int number = counts.merge(name, 1, Integer::sum);
        return number == 1 ? name : name + "_" + number;
    }
}
