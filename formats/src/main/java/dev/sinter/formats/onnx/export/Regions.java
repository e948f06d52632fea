package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import dev.sinter.op.Loop;
import dev.sinter.op.Recurrence;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Loops and branches, whose bodies see what is around them. */
final class Regions {
    private static final TensorType INTEGER = new TensorType(DType.INT64, Shape.SCALAR);
    private static final TensorType TRUTH = new TensorType(DType.BOOL, Shape.SCALAR);

    private Regions() {}

    /** One {@code If} for each branch but the last. */
    static List<Term> branch(Emitter e, Branch op, Value value) {
        List<Term> captures = value.operands().subList(1, value.operands().size()).stream().map(e::term).toList();
        return branch(e, op, 0, e.whole(value.operand(0)), captures);
    }

    private static List<Term> branch(Emitter e, Branch op, int number, String chosen, List<Term> captures) {
        Function function = op.branches().get(number).function();
        if (number == op.branches().size() - 1) {
            Emitter same = e.inner();
            GraphProto body = body(same, function, captures);
            return chosen(e, List.of(e.block().constant(NDArray.scalar(true))), body, body, function);
        }
        String isThis = e.block().add("Equal", chosen, e.block().constant(NDArray.scalar((long) number)));
        GraphProto then = body(e.inner(), function, captures);
        Emitter other = e.inner();
        GraphProto otherwise = number == op.branches().size() - 2
                ? body(other, op.branches().getLast().function(), captures)
                : Bodies.of(other, "branch", List.of(), branch(other, op, number + 1, chosen, captures));
        return chosen(e, List.of(isThis), then, otherwise, function);
    }

    private static GraphProto body(Emitter inner, Function function, List<Term> captures) {
        for (int i = 0; i < captures.size(); i++) {
            inner.bind(function.parameters().get(i), captures.get(i));
        }
        return Bodies.of(inner, "branch", List.of(), inner.emit(function));
    }

    private static List<Term> chosen(Emitter e, List<String> condition, GraphProto then, GraphProto otherwise,
            Function function) {
        List<TensorType> types = function.results().stream().filter(Value::isTensor).map(Value::tensorType).toList();
        if (types.isEmpty()) {
            return List.of();
        }
        List<String> outputs = e.block().addAll("", "If", condition, types.size(), List.of(
                Attributes.body("then_branch", then), Attributes.body("else_branch", otherwise)));
        return terms(outputs, types);
    }

    private static List<Term> terms(List<String> names, List<TensorType> types) {
        List<Term> terms = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            terms.add(Term.of(names.get(i), types.get(i)));
        }
        return terms;
    }

    /** A {@code Loop}, in which the elements of sequences are gathered. */
    static List<Term> loop(Emitter e, Loop op, Value value) {
        return new LoopNode(e, op, value).results();
    }

    /** One loop on its way. */
    private static final class LoopNode {
        private final Emitter e;
        private final Block b;
        private final Loop op;
        private final Value value;
        private final Loop.Trips trips;
        private final Optional<String> limit;
        private final String most;

        LoopNode(Emitter e, Loop op, Value value) {
            this.e = e;
            this.b = e.block();
            this.op = op;
            this.value = value;
            this.trips = op.trips();
            Optional<String> length = trips.length().map(e.sizes()::scalar);
            this.limit = trips.limited() ? Optional.of(b.add("Max", e.whole(value.operand(0)),
                    b.constant(NDArray.scalar(0L)))) : Optional.empty();
            this.most = length.isPresent() && limit.isPresent() ? b.add("Min", length.get(), limit.get())
                    : length.or(() -> limit).orElse("");
        }

        /** A loop over a length alone is a {@code Scan}. */
        List<Term> results() {
            return trips.length().isPresent() && !trips.limited() && !trips.conditional() ? scan() : loop();
        }

        private List<Term> scan() {
            Function function = op.body().function();
            List<Value> parameters = function.parameters();
            Emitter inner = e.inner();
            Block body = inner.block();
            List<ValueInfoProto> inputs = new ArrayList<>();
            List<String> operands = new ArrayList<>();
            for (int at = op.firstCarry(); at < op.firstCapture(); at++) {
                operands.add(e.whole(value.operand(at)));
                bind(inner, parameters.get(at + 1), input(body, inputs, parameters.get(at + 1).tensorType()));
            }
            for (int at = 0; at < op.firstCarry(); at++) {
                operands.add(e.whole(value.operand(at)));
                bind(inner, parameters.get(at + 1), input(body, inputs, parameters.get(at + 1).tensorType()));
            }
            Value index = parameters.getFirst();
            boolean counts = op.sequences() == 0 || function.results().contains(index) || function.values().stream()
                    .anyMatch(each -> each.operands().contains(index));
            if (counts) {
                operands.add(e.numbers(DType.INT64, trips.length().orElseThrow()));
                bind(inner, index, input(body, inputs, INTEGER));
            }
            for (int at = op.firstCapture(); at < value.operands().size(); at++) {
                inner.bind(parameters.get(at + 1), e.term(value.operand(at)));
            }
            int sequences = op.sequences() + (counts ? 1 : 0);
            GraphProto graph = Bodies.of(inner, "element", inputs, inner.emit(function));
            List<AttributeProto> attributes = new ArrayList<>(List.of(Attributes.body("body", graph),
                    Attributes.integer("num_scan_inputs", sequences)));
            if (trips.reverse()) {
                attributes.add(Attributes.integers("scan_input_directions", Collections.nCopies(sequences, 1)));
                attributes.add(Attributes.integers("scan_output_directions", Collections.nCopies(op.stacked(), 1)));
            }
            List<String> names = b.addAll("", "Scan", operands, op.carries() + op.stacked(), attributes);
            List<Term> results = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                TensorType type = op.body().tensorResults().get(i);
                results.add(Term.of(names.get(i), i < op.carries() ? type : (TensorType) op.sequence(type)));
            }
            return results;
        }

        private static void bind(Emitter inner, Value parameter, String name) {
            inner.bind(parameter, Term.of(name, parameter.tensorType()));
        }

        private List<Term> loop() {
            Function function = op.body().function();
            List<Value> parameters = function.parameters();
            Emitter inner = e.inner();
            Block body = inner.block();
            List<ValueInfoProto> inputs = new ArrayList<>();
            String iteration = input(body, inputs, INTEGER);
            input(body, inputs, TRUTH);
            String index = trips.reverse() ? body.add("Sub", body.add("Sub", most, body.constant(NDArray.scalar(1L))),
                    iteration) : iteration;
            inner.bind(parameters.getFirst(), Term.of(index, INTEGER));
            // A limit is a condition beside a length, which then says for how many outputs there is room.
            boolean checksLimit = limit.isPresent() && trips.length().isPresent() && op.stacked() > 0;
            String first = trips.conditional() ? e.whole(value.operand(op.firstSequence() - 1)) : "";
            List<String> operands = new ArrayList<>(checksLimit ? List.of(e.sizes().scalar(trips.length().get()),
                    below(b, b.constant(NDArray.scalar(0L)), first)) : List.of(most, first));
            for (int i = 1; i < parameters.size(); i++) {
                int at = op.operandOf(i);
                Term given = e.term(value.operand(at));
                TensorType type = parameters.get(i).tensorType();
                if (at < op.firstCarry()) {
                    inner.bind(parameters.get(i), Term.of(body.add("Gather", e.whole(given), index,
                            Attributes.integer("axis", 0)), type));
                } else if (at < op.firstCapture()) {
                    operands.add(e.whole(given));
                    inner.bind(parameters.get(i), Term.of(input(body, inputs, type), type));
                } else {
                    inner.bind(parameters.get(i), given);
                }
            }
            List<Term> made = inner.emit(function);
            List<Term> outputs = new ArrayList<>();
            String goesOn = trips.conditional() ? made.get(op.goesOnResult()).name() : "";
            outputs.add(Term.of(checksLimit ? below(body, body.add("Add", iteration,
                    body.constant(NDArray.scalar(1L))), goesOn) : trips.conditional() ? goesOn
                    : body.constant(NDArray.scalar(true)), TRUTH));
            outputs.addAll(made.subList(0, op.carries()));
            if (trips.conditional()) {
                operands.add(b.constant(NDArray.scalar(0L)));
                String before = input(body, inputs, INTEGER);
                outputs.add(Term.of(body.add("Add", before, body.constant(NDArray.scalar(1L))), INTEGER));
            }
            outputs.addAll(made.subList(op.carries(), op.carries() + op.stacked()));
            GraphProto graph = Bodies.of(inner, "iteration", inputs, outputs);
            return taken(b.addAll("", "Loop", operands, outputs.size() - 1, List.of(Attributes.body("body", graph))));
        }

        /** Whether a number is below the limit, and a condition holds, where there is one. */
        private String below(Block block, String number, String condition) {
            String isBelow = block.add("Less", number, limit.orElseThrow());
            return condition.isEmpty() ? isBelow : block.add("And", isBelow, condition);
        }

        private static String input(Block body, List<ValueInfoProto> inputs, TensorType type) {
            String name = body.names().of("iteration.input");
            inputs.add(Bodies.info(name, type));
            return name;
        }

        /** The results in the order of the op: carries, what is stacked, the count. */
        private List<Term> taken(List<String> names) {
            List<Term> results = new ArrayList<>();
            List<TensorType> types = op.body().tensorResults();
            for (int i = 0; i < op.carries(); i++) {
                results.add(Term.of(names.get(i), types.get(i)));
            }
            int counted = trips.conditional() ? 1 : 0;
            for (int i = 0; i < op.stacked(); i++) {
                results.add(stack(names.get(op.carries() + counted + i), op.stackedTypes().get(i),
                        trips.conditional() ? Optional.of(names.get(op.carries())) : Optional.empty()));
            }
            if (trips.conditional()) {
                results.add(Term.of(names.get(op.carries()), INTEGER));
            }
            return results;
        }

        /** What was stacked in the order of the iterations, at the rows of their indices; the other rows are 0. */
        private Term stack(String rows, TensorType element, Optional<String> count) {
            Dim length = trips.length().orElse(Dim.UNKNOWN);
            TensorType type = element.withShape(new Shape(Stream.concat(Stream.of(length),
                    element.shape().dims().stream()).toList()));
            String ordered = trips.reverse() ? Layouts.reversed(e, rows, List.of(0)) : rows;
            if (!element.shape().isStatic()) {
                // Of no iteration only the number of axes is sure.
                String sizes = b.concat(List.of(b.add("Shape", rows, Attributes.integer("start", 0),
                        Attributes.integer("end", 1)), e.sizes().vector(element.shape().dims())), 0);
                ordered = b.add("Reshape", List.of(ordered, sizes), Attributes.integer("allowzero", 1));
            }
            if (trips.length().isEmpty() || !trips.limited() && count.isEmpty()) {
                return Term.of(ordered, type);
            }
            String first = trips.reverse() && count.isPresent() ? b.add("Sub", most, count.get())
                    : b.constant(NDArray.scalar(0L));
            return Term.of(OwnFunctions.placed(e, ordered, first, e.sizes().scalar(length)), type);
        }
    }

    /** A {@code Scan} along the axis. */
    static Term recurrence(Emitter e, Recurrence op, Value value) {
        Block b = e.block();
        int axis = op.axis();
        Value first = value.operand(0);
        List<Value> sequences = value.operands().subList(1, value.operands().size());
        List<Dim> dims = new ArrayList<>(first.shape().dims());
        dims.remove(axis);
        TensorType type = first.tensorType().withShape(new Shape(dims));
        Emitter inner = e.inner();
        Block body = inner.block();
        List<ValueInfoProto> inputs = new ArrayList<>();
        List<String> x = new ArrayList<>();
        for (int i = 0; i <= sequences.size(); i++) {
            x.add(body.names().of("element.input"));
            inputs.add(Bodies.info(x.getLast(), type));
        }
        DType dtype = type.dtype();
        String next = switch (op.form()) {
            case LINEAR -> Scalars.name(inner, ScalarFn.ADD, dtype, List.of(Scalars.name(inner, ScalarFn.MUL, dtype,
                    List.of(x.get(1), x.get(0))), x.get(2)));
            case SUM -> Scalars.name(inner, ScalarFn.ADD, dtype, x);
            case PROD -> Scalars.name(inner, ScalarFn.MUL, dtype, x);
            case MAX -> Scalars.name(inner, ScalarFn.MAX, dtype, x);
            case MIN -> Scalars.name(inner, ScalarFn.MIN, dtype, x);
        };
        GraphProto graph = Bodies.of(inner, "element", inputs, List.of(Term.of(next, type), Term.of(next, type)));
        List<String> operands = new ArrayList<>(List.of(b.squeeze(e.whole(first), List.of(axis))));
        sequences.forEach(sequence -> operands.add(e.whole(sequence)));
        List<String> outputs = b.addAll("", "Scan", operands, 2, List.of(Attributes.body("body", graph),
                Attributes.integer("num_scan_inputs", sequences.size()),
                Attributes.integers("scan_input_axes", Collections.nCopies(sequences.size(), axis)),
                Attributes.integers("scan_output_axes", List.of(axis))));
        return Term.of(b.concat(List.of(e.whole(first), outputs.get(1)), axis), value.tensorType());
    }
}
