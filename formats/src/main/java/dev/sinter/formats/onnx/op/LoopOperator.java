package dev.sinter.formats.onnx.op;

import dev.sinter.formats.FormatException;
import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Select;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WhileOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The general loop: at most so many iterations, as long as a condition holds, with carries and with outputs that are
 * stacked. It is a scan where the condition always holds, else a while loop or, with outputs, a scan whose iterations
 * may be left out. A body that needs the number of its iteration as a constant, or whose carries change their shapes,
 * is repeated in the graph, where the number of iterations is known.
 */
final class LoopOperator {
    /** How many iterations are repeated in the graph at most. */
    private static final long REPEATED = 256;

    private final Call call;
    private final Graph graph;
    private final Body body;
    private final int carries;

    LoopOperator(Call call) {
        this.call = call;
        this.graph = call.graph();
        this.body = call.body("body");
        this.carries = Math.max(0, call.inputCount() - 2);
        if (body.inputs() != carries + 2 || body.outputs() < carries + 1) {
            throw call.wrong("a body of " + body.inputs() + " inputs and " + body.outputs()
                    + " outputs does not fit a loop of " + carries + " carried values");
        }
    }

    List<Tensor> outputs() {
        Optional<NDArray> known = call.maybeValue(1);
        boolean never = known.isPresent() && known.get().getLong(0) == 0;
        Optional<Dim> most = never ? Optional.of(Dim.ZERO) : greatest();
        boolean begins = !call.has(1) || known.isPresent();
        if (most.isPresent()) {
            try {
                Optional<List<Tensor>> all = begins ? whole(most.get()) : Optional.empty();
                return all.isPresent() ? all.get()
                        : hasOutputs() ? partly(most.get(), Optional.empty()) : looped(most);
            } catch (FormatException | GraphException problem) {
                long times = most.get().asConstant().orElse(Long.MAX_VALUE);
                if (times > REPEATED || !begins) {
                    throw problem;
                }
                return repeated(times).orElseThrow(() -> problem);
            }
        }
        if (hasOutputs()) {
            long bound = call.mostFound("the greatest number of iterations, input 0, must be known when the graph is"
                    + " made, since the loop stacks outputs");
            return partly(Dim.of(bound), Optional.of(call.maybe(0).map(ControlOperators::single)
                    .orElseGet(() -> graph.constant(Long.MAX_VALUE))));
        }
        return looped(most);
    }

    /** How many iterations there are at most, where a number or sizes say it. */
    private Optional<Dim> greatest() {
        return call.maybe(0).flatMap(Ops::staticShape).map(shape -> shape.dim(0))
                .map(dim -> dim.isNeverNegative() ? dim : dim.max(Dim.ZERO))
                .filter(dim -> !dim.isConstant() || dim.constant() <= Integer.MAX_VALUE);
    }

    private boolean hasOutputs() {
        return body.outputs() > carries + 1;
    }

    private List<Tensor> initial() {
        List<Tensor> values = new ArrayList<>();
        for (int i = 0; i < carries; i++) {
            values.add(call.input(i + 2));
        }
        return values;
    }

    /** The body's outputs; an iteration takes place where the condition holds alone. */
    private List<Tensor> made(Tensor iteration, List<Tensor> carried) {
        List<Tensor> inputs = new ArrayList<>(List.of(iteration, graph.constant(true)));
        inputs.addAll(carried);
        return body.make(inputs);
    }

    private static final class Conditional extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A scan, where the condition is known to hold after each iteration. */
    private Optional<List<Tensor>> whole(Dim iterations) {
        try {
            ScanResult result = Control.scan(initial(), List.of(numbers(iterations)), ScanOptions.DEFAULT, each -> {
                List<Tensor> made = made(each.element(0), each.carries());
                boolean holds = Ops.staticValue(made.getFirst()).map(NDArray::booleanValue).orElse(false);
                if (!holds) {
                    throw new Conditional();
                }
                return step(made);
            });
            return Optional.of(joined(result.carries(), result.outputs()));
        } catch (Conditional _) {
            return Optional.empty();
        }
    }

    private Tensor numbers(Dim iterations) {
        return graph.tensor(Ops.range(DType.INT64, iterations));
    }

    private Step step(List<Tensor> made) {
        return Step.carry(made.subList(1, carries + 1).toArray(Tensor[]::new))
                .output(made.subList(carries + 1, made.size()).toArray(Tensor[]::new));
    }

    private static List<Tensor> joined(List<Tensor> carried, List<Tensor> outputs) {
        List<Tensor> all = new ArrayList<>(carried);
        all.addAll(outputs);
        return all;
    }

    private Tensor condition() {
        return call.maybe(1).map(ControlOperators::single).orElseGet(() -> graph.constant(true));
    }

    /**
     * A scan whose iterations do nothing once the condition does not hold; of the outputs, those that were made.
     *
     * @param limit how many iterations the node allows, where these may be more; a run that needs more than there are
     *              fails
     */
    private List<Tensor> partly(Dim iterations, Optional<Tensor> limit) {
        List<Tensor> first = new ArrayList<>(initial());
        first.add(below(graph.constant(0L), limit, condition()));
        first.add(graph.constant(0L));
        ScanResult result = Control.scan(first, List.of(numbers(iterations)), ScanOptions.DEFAULT, each -> {
            List<Tensor> carried = each.carries().subList(0, carries);
            List<Tensor> made = new ArrayList<>();
            List<Tensor> values = Control.cond(each.carry(carries), () -> {
                made.addAll(made(each.element(0), carried));
                List<Tensor> next = new ArrayList<>(made);
                next.set(0, below(each.element(0).plus(1L), limit, ControlOperators.single(made.getFirst())));
                return next;
            }, () -> {
                List<Tensor> same = new ArrayList<>(List.of(graph.constant(false)));
                same.addAll(carried);
                made.subList(carries + 1, made.size()).forEach(output -> same.add(
                        graph.tensor(Ops.zeros(output.dtype(), output.shape()))));
                return same;
            });
            List<Tensor> next = new ArrayList<>(values.subList(1, carries + 1));
            next.add(values.getFirst());
            next.add(each.carry(carries + 1).plus(Ops.cast(each.carry(carries), DType.INT64)));
            return Step.carry(next.toArray(Tensor[]::new))
                    .output(values.subList(carries + 1, values.size()).toArray(Tensor[]::new));
        });
        Tensor count = limit.isEmpty() ? result.carry(carries + 1)
                : result.carry(carries + 1).plus(Ops.cast(result.carry(carries), DType.INT64));
        return joined(result.carries().subList(0, carries),
                result.outputs().stream().map(output -> Select.prefix(output, count)).toList());
    }

    /** Whether a condition holds and a number is below a limit, where there is one. */
    private static Tensor below(Tensor number, Optional<Tensor> limit, Tensor condition) {
        return limit.map(most -> Ops.logicalAnd(condition, Ops.less(number, most))).orElse(condition);
    }

    /** A while loop, which stacks nothing. */
    private List<Tensor> looped(Optional<Dim> most) {
        List<Tensor> first = new ArrayList<>(List.of(graph.constant(0L), condition()));
        first.addAll(initial());
        WhileOptions options = WhileOptions.DEFAULT;
        if (most.isPresent() && most.get().isConstant()) {
            options = options.withMaxIterations(most.get().constant());
        } else if (call.has(0)) {
            options = options.withLimit(ControlOperators.single(call.input(0)));
        }
        List<Tensor> last = Control.whileLoop(first, values -> values.get(1), values -> {
            List<Tensor> made = made(values.getFirst(), values.subList(2, values.size()));
            List<Tensor> next = new ArrayList<>(List.of(values.getFirst().plus(1L),
                    ControlOperators.single(made.getFirst())));
            next.addAll(made.subList(1, made.size()));
            return next;
        }, options);
        return last.subList(2, last.size());
    }

    /** The body once for each iteration, where the condition is known after each. */
    private Optional<List<Tensor>> repeated(long iterations) {
        List<Tensor> carried = initial();
        List<List<Tensor>> outputs = new ArrayList<>();
        for (int i = carries + 1; i < body.outputs(); i++) {
            outputs.add(new ArrayList<>());
        }
        boolean holds = true;
        for (long i = 0; i < iterations && holds; i++) {
            List<Tensor> made = made(graph.constant(i), carried);
            Optional<NDArray> condition = Ops.staticValue(made.getFirst());
            if (condition.isEmpty()) {
                return Optional.empty();
            }
            holds = condition.get().booleanValue();
            carried = made.subList(1, carries + 1);
            for (int k = 0; k < outputs.size(); k++) {
                outputs.get(k).add(made.get(carries + 1 + k));
            }
        }
        if (!outputs.isEmpty() && outputs.getFirst().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(joined(carried, outputs.stream().map(all -> Ops.stack(0, all.toArray(Tensor[]::new)))
                .toList()));
    }
}
