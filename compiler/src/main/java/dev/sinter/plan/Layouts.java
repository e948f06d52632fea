package dev.sinter.plan;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gives the buffers of a plan their layouts. */
final class Layouts {
    private Layouts() {}

    static Plan apply(Plan plan, LayoutAssignment assignment, Map<String, Layout> fixed) {
        Plan open = withVariables(plan, fixed);
        Map<Integer, Layout> choice = assignment.choose(open, fixed);
        Set<Integer> rowMajor = bound(open);
        Map<String, Layout> variables = new HashMap<>();
        for (Buffer buffer : open.buffers()) {
            Optional<String> variable = variable(buffer);
            if (variable.isPresent() && choice.containsKey(buffer.id())) {
                variables.putIfAbsent(variable.get(), choice.get(buffer.id()));
            }
        }
        for (int bound : rowMajor) {
            variable(open.buffers().get(bound)).ifPresent(variable -> variables.put(variable, Layout.ROW_MAJOR));
        }
        variables.putAll(fixed);
        List<Buffer> buffers = new ArrayList<>();
        Map<String, Layout> wanted = new HashMap<>();
        for (Buffer buffer : open.buffers()) {
            Layout layout = switch (buffer.role()) {
                case Buffer.Role.State state -> variables.getOrDefault(state.variable(), Layout.ROW_MAJOR);
                case Buffer.Role.NextState next -> variables.getOrDefault(next.variable(), Layout.ROW_MAJOR);
                case Buffer.Role.Temporary temporary -> rowMajor.contains(buffer.id()) ? Layout.ROW_MAJOR
                        : choice.getOrDefault(buffer.id(), Layout.ROW_MAJOR);
                case Buffer.Role.Constant constant -> rowMajor.contains(buffer.id()) ? Layout.ROW_MAJOR
                        : choice.getOrDefault(buffer.id(), Layout.ROW_MAJOR);
                case Buffer.Role.Input input -> Layout.ROW_MAJOR;
                case Buffer.Role.Output output -> Layout.ROW_MAJOR;
                case Buffer.Role.View view -> Layout.ROW_MAJOR;
                case Buffer.Role.RunNumber _, Buffer.Role.Tape _, Buffer.Role.Row _, Buffer.Role.Carried _,
                        Buffer.Role.Counter _ -> Layout.ROW_MAJOR;
            };
            variable(buffer).filter(name -> variables.containsKey(name) && !fixed.containsKey(name))
                    .ifPresent(name -> wanted.put(name, layout));
            buffers.add(new Buffer(buffer.id(), buffer.name(), buffer.type(), layout, buffer.role()));
        }
        return new Plan(plan.name(), buffers, plan.steps(), plan.decisions(), wanted);
    }

    private static Plan withVariables(Plan plan, Map<String, Layout> fixed) {
        return plan.withBuffers(plan.buffers().stream().map(buffer -> variable(buffer).filter(fixed::containsKey)
                .map(name -> new Buffer(buffer.id(), buffer.name(), buffer.type(), fixed.get(name), buffer.role()))
                .orElse(buffer)).toList());
    }

    private static Optional<String> variable(Buffer buffer) {
        return switch (buffer.role()) {
            case Buffer.Role.State state -> Optional.of(state.variable());
            case Buffer.Role.NextState next -> Optional.of(next.variable());
            case Buffer.Role.Input input -> Optional.empty();
            case Buffer.Role.Output output -> Optional.empty();
            case Buffer.Role.Temporary temporary -> Optional.empty();
            case Buffer.Role.Constant constant -> Optional.empty();
            case Buffer.Role.View view -> Optional.empty();
            case Buffer.Role.RunNumber _, Buffer.Role.Tape _, Buffer.Role.Row _, Buffer.Role.Carried _,
                    Buffer.Role.Counter _ -> Optional.empty();
        };
    }

    /** Buffers that must be row-major: those with views, written piece by piece, or seen by a step that is no nest. */
    private static Set<Integer> bound(Plan plan) {
        Set<Integer> bound = new HashSet<>();
        Set<Integer> written = new HashSet<>();
        for (Buffer buffer : plan.buffers()) {
            if (buffer.role() instanceof Buffer.Role.View view) {
                bound.add(view.of());
            }
        }
        for (Plan.Step step : plan.steps()) {
            switch (step) {
                case Plan.Whole _ -> {
                    bound.addAll(step.reads());
                    bound.addAll(step.writes());
                }
                case Plan.Define size -> bound.add(size.value());
                case Plan.Compute compute -> {
                    for (Nest.Output output : compute.nest().outputs()) {
                        int rank = compute.nest().domain().size();
                        IndexMap whole = IndexMap.identity(rank, compute.nest().axisCount());
                        if (!output.map().equals(whole)
                                || !written.add(output.buffer()) && !isUpdate(compute, output)) {
                            bound.add(output.buffer());
                        }
                    }
                }
            }
        }
        return bound;
    }

    /** Whether a nest reads what it writes, so that it changes a whole value in its place. */
    private static boolean isUpdate(Plan.Compute compute, Nest.Output output) {
        return compute.nest().inputs().stream().anyMatch(input -> input.buffer() == output.buffer());
    }
}
