package dev.sinter.plan;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.program.Target;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks what every plan must satisfy. */
public final class PlanVerifier {
    private final Plan plan;
    private final boolean isRegion;
    private final List<String> problems = new ArrayList<>();
    private final Set<Integer> written = new HashSet<>();
    private boolean committed;
    private String where = "";

    private PlanVerifier(Plan plan, boolean isRegion) {
        this.plan = plan;
        this.isRegion = isRegion;
    }

    /** Does nothing where a plan is sound; otherwise a {@link CompilerBug} that names steps and buffers. */
    public static void verify(Plan plan) {
        List<String> problems = problems(plan);
        if (!problems.isEmpty()) {
            throw new CompilerBug("plan @" + plan.name() + ": " + String.join("; ", problems));
        }
    }

    /** One sentence a problem, in the order of the steps; none where the plan is sound. */
    public static List<String> problems(Plan plan) {
        return problems(plan, false);
    }

    private static List<String> problems(Plan plan, boolean isRegion) {
        PlanVerifier verifier = new PlanVerifier(plan, isRegion);
        for (int i = 0; i < plan.buffers().size(); i++) {
            Buffer buffer = plan.buffers().get(i);
            verifier.require(buffer.id() == i, "buffer " + buffer.name() + " has a wrong number");
        }
        for (Plan.Step step : plan.steps()) {
            verifier.step(step);
        }
        return verifier.problems;
    }

    /**
     * Checks that a plan's panels fit the machine: kernels walk them in vectors of at most the elements that fill a
     * register, four bytes or more each, and trust that a vector lies in one panel.
     *
     * @throws CompilerBug that names the buffers whose panels do not
     */
    public static void verifyPanels(Plan plan, Target target) {
        List<String> problems = new ArrayList<>();
        panels(plan, target, problems);
        if (!problems.isEmpty()) {
            throw new CompilerBug("plan @" + plan.name() + ": " + String.join("; ", problems));
        }
    }

    private static void panels(Plan plan, Target target, List<String> problems) {
        for (Buffer buffer : plan.buffers()) {
            if (buffer.layout() instanceof Layout.Panels(int width)) {
                int lanes = Math.max(1, target.vectorBytes() / Math.max(4, buffer.type().dtype().bytes()));
                if (buffer.type().rank() < 2) {
                    problems.add("buffer " + buffer.name() + " is " + buffer.type() + " and has no panels");
                } else if (width <= 0 || width % lanes != 0) {
                    problems.add("buffer " + buffer.name() + " has panels of " + width + " columns, which are no"
                            + " multiple of the " + lanes + " lanes of a vector of " + target.name());
                }
            }
        }
        plan.steps().forEach(step -> inside(step).forEach(body -> panels(body, target, problems)));
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            problems.add(where + problem);
        }
    }

    private void step(Plan.Step step) {
        boolean canFail = switch (step) {
            case Plan.Compute compute -> {
                where = compute.nest().name() + ": ";
                nest(compute.nest());
                yield compute.canFail();
            }
            case Plan.Call call -> {
                where = "call of " + call.function().name() + ": ";
                yield true;
            }
            case Plan.Define size -> {
                where = "definition of " + size.symbol() + ": ";
                require(plan.buffers().get(size.value()).type().equals(new TensorType(DType.INT64, Shape.SCALAR)),
                        "its value is no int64 scalar");
                yield true;
            }
            case Plan.Iterate loop -> {
                where = "loop: ";
                body(loop.body());
                yield loop.canFail();
            }
            case Plan.Choose choice -> {
                where = "branch: ";
                choice.branches().forEach(this::body);
                yield choice.canFail();
            }
        };
        boolean inPlace = step.writes().stream().anyMatch(id -> owner(id).role() instanceof Buffer.Role.NextState next
                && next.inPlace());
        committed |= inPlace;
        require(!canFail || !committed, "it can fail after a variable was updated in place");
        require(isRegion || !hasLoop(step) || !committed, "it can be stopped after a variable was updated in place");
        for (int id : step.reads()) {
            boolean given = switch (owner(id).role()) {
                case Buffer.Role.Input _, Buffer.Role.State _, Buffer.Role.Constant _, Buffer.Role.RunNumber _ -> true;
                case Buffer.Role.NextState next -> next.inPlace() || written.contains(owner(id).id());
                case Buffer.Role.Output _, Buffer.Role.Temporary _, Buffer.Role.View _, Buffer.Role.Tape _ ->
                        written.contains(owner(id).id());
                case Buffer.Role.Row _, Buffer.Role.Carried _, Buffer.Role.Counter _ -> false;
            };
            require(given, "it reads " + owner(id).name() + ", which nothing has written");
            if (owner(id).role() instanceof Buffer.Role.State state) {
                require(!isUpdated(state.variable()), "it reads the old value of " + state.variable()
                        + ", which was updated in place");
            }
        }
        for (int id : step.writes()) {
            boolean allowed = switch (owner(id).role()) {
                case Buffer.Role.Input _, Buffer.Role.State _, Buffer.Role.Constant _, Buffer.Role.RunNumber _,
                        Buffer.Role.Row _, Buffer.Role.Carried _, Buffer.Role.Counter _ -> false;
                case Buffer.Role.NextState _, Buffer.Role.Output _, Buffer.Role.Temporary _,
                        Buffer.Role.View _, Buffer.Role.Tape _ -> true;
            };
            require(allowed, "it writes " + owner(id).name());
            written.add(owner(id).id());
        }
    }

    private static boolean hasLoop(Plan.Step step) {
        return step instanceof Plan.Iterate || inside(step).stream()
                .anyMatch(plan -> plan.steps().stream().anyMatch(PlanVerifier::hasLoop));
    }

    /** The plans inside of a step. */
    private static List<Plan> inside(Plan.Step step) {
        return switch (step) {
            case Plan.Iterate loop -> List.of(loop.body());
            case Plan.Choose choice -> choice.branches();
            case Plan.Compute _, Plan.Call _, Plan.Define _ -> List.of();
        };
    }

    private void body(Plan body) {
        problems(body, true).forEach(problem -> problems.add(where + problem));
    }

    private boolean isUpdated(String variable) {
        return plan.buffers().stream().anyMatch(buffer -> buffer.role() instanceof Buffer.Role.NextState next
                && next.inPlace() && next.variable().equals(variable) && written.contains(buffer.id()));
    }

    private Buffer owner(int id) {
        return plan.owner(id);
    }

    private void nest(Nest nest) {
        for (Nest.Input input : nest.inputs()) {
            map(nest, input.buffer(), input.map());
        }
        for (int i = 0; i < nest.terms().size(); i++) {
            term(nest, i);
        }
        for (Nest.Reduction reduction : nest.reductions()) {
            require(reduction.term() < nest.terms().size(), "a reduction folds no term");
        }
        for (Nest.Output output : nest.outputs()) {
            map(nest, output.buffer(), output.map());
            require(nest.terms().get(output.term()).dtype() == plan.buffers().get(output.buffer()).type().dtype(),
                    "the dtype of an output is wrong");
            for (IndexMap.Coordinate coordinate : output.map().coordinates()) {
                for (int axis = nest.domain().size(); axis < nest.axisCount(); axis++) {
                    require(coordinate.coefficients().get(axis).isConstant(0), "an output depends on a reduced axis");
                }
            }
        }
        for (Nest.Input input : nest.inputs()) {
            for (Nest.Output output : nest.outputs()) {
                if (owner(input.buffer()).id() == owner(output.buffer()).id()) {
                    require(input.buffer() == output.buffer() && (input.map().equals(output.map())
                                    || input.map().precedes(output.map())),
                            "it reads " + owner(input.buffer()).name() + " elsewhere than it writes it");
                }
            }
        }
    }

    private void map(Nest nest, int buffer, IndexMap map) {
        require(map.coordinates().size() == plan.buffers().get(buffer).type().rank(), "a map of "
                + plan.buffers().get(buffer).name() + " has a wrong rank");
        for (IndexMap.Coordinate coordinate : map.coordinates()) {
            require(coordinate.coefficients().size() == nest.axisCount(), "a coordinate has a wrong length");
            coordinate.indirect().ifPresent(indirect -> require(indirect.input() < nest.inputs().size(),
                    "a start is no input"));
        }
    }

    private void term(Nest nest, int number) {
        switch (nest.terms().get(number)) {
            case Term.Element element -> {
                require(element.input() < nest.inputs().size(), "term " + number + " reads no input");
                Buffer buffer = plan.buffers().get(nest.inputs().get(element.input()).buffer());
                require(buffer.type().dtype() == element.dtype(), "term " + number + " has a wrong dtype");
            }
            case Term.Position position -> require(position.axis() < nest.axisCount(), "term " + number
                    + " is the position along no axis");
            case Term.Apply apply -> {
                require(apply.arguments().size() == apply.fn().arity(), "term " + number + " has a wrong arity");
                apply.arguments().forEach(argument -> before(number, argument));
            }
            case Term.Cast cast -> before(number, cast.argument());
            case Term.Bits bits -> before(number, bits.argument());
            case Term.Check check -> {
                before(number, check.index());
                before(number, check.position());
            }
            case Term.Random random -> {
                before(number, random.index());
                before(number, random.run());
            }
            case Term.Reduced reduced -> require(reduced.reduction() < nest.reductions().size(), "term " + number
                    + " is no reduction's");
            case Term.Literal _, Term.Size _ -> { }
        }
    }

    private void before(int number, int argument) {
        require(argument >= 0 && argument < number, "term " + number + " uses the later term " + argument);
    }
}
