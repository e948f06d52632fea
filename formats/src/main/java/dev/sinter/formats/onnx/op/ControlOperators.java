package dev.sinter.formats.onnx.op;

import dev.sinter.formats.FormatException;
import dev.sinter.graph.Control;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Branches and the loop over sequences; {@link LoopOperator} is the general loop. */
final class ControlOperators {
    private ControlOperators() {}

    static void addTo(Operators table) {
        table.several("If", ControlOperators::branch);
        table.several("Loop", call -> new LoopOperator(call).outputs(), 0, 1);
        table.several("Scan", 8, ControlOperators::batchedScan);
        table.several("Scan", 9, ControlOperators::scan);
    }

    /** A condition that is known chooses its branch now, so that the other one may have other shapes. */
    private static List<Tensor> branch(Call call) {
        Body ifTrue = call.body("then_branch");
        Body ifFalse = call.body("else_branch");
        if (ifTrue.outputs() != ifFalse.outputs()) {
            throw call.wrong("the branches give " + ifTrue.outputs() + " and " + ifFalse.outputs() + " values");
        }
        Tensor condition = single(call.input(0));
        Optional<NDArray> known = Ops.staticValue(condition);
        if (known.isPresent()) {
            return (known.get().booleanValue() ? ifTrue : ifFalse).make(List.of());
        }
        List<List<Shape>> shapes = new ArrayList<>();
        try {
            return Control.cond(condition, () -> made(ifTrue, shapes), () -> made(ifFalse, shapes));
        } catch (GraphException problem) {
            for (int i = 0; shapes.size() == 2 && i < ifTrue.outputs(); i++) {
                Shape yes = shapes.getFirst().get(i);
                Shape no = shapes.getLast().get(i);
                if (differ(yes, no)) {
                    throw call.unsupported("output " + i + " has the shape " + yes + " in one branch and " + no
                            + " in the other; a branch that is chosen in a run must give the shape of the other: bind"
                            + " the input that the condition follows from to a value when importing");
                }
            }
            throw problem;
        }
    }

    /** What a branch gives, whose shapes are noted. */
    private static List<Tensor> made(Body branch, List<List<Shape>> shapes) {
        List<Tensor> values = branch.make(List.of());
        shapes.add(values.stream().map(Tensor::shape).toList());
        return values;
    }

    private static boolean differ(Shape one, Shape other) {
        return one.rank() != other.rank() || IntStream.range(0, one.rank()).anyMatch(axis ->
                one.dim(axis).isConstant() && other.dim(axis).isConstant() && !one.dim(axis).equals(other.dim(axis)));
    }

    /** A tensor of one element as a scalar. */
    static Tensor single(Tensor x) {
        return x.rank() == 0 ? x : Ops.reshape(x, Shape.SCALAR);
    }

    private static List<Tensor> scan(Call call) {
        Body body = call.body("body");
        int sequences = Math.toIntExact(Math.clamp(call.integer("num_scan_inputs"), 0, Integer.MAX_VALUE));
        int carries = call.inputCount() - sequences;
        if (carries < 0 || body.inputs() != call.inputCount() || body.outputs() < carries) {
            throw call.wrong("a body of " + body.inputs() + " inputs and " + body.outputs() + " outputs does not fit "
                    + call.inputCount() + " inputs of which " + sequences + " are scanned");
        }
        int outputs = body.outputs() - carries;
        long[] inputAxes = list(call, "scan_input_axes", sequences);
        long[] inputDirections = list(call, "scan_input_directions", sequences);
        long[] outputAxes = list(call, "scan_output_axes", outputs);
        long[] outputDirections = list(call, "scan_output_directions", outputs);
        List<Tensor> elements = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            Tensor x = call.input(carries + i);
            Tensor first = moved(x, call.axis(inputAxes[i], x.rank()), 0);
            elements.add(inputDirections[i] == 1 ? Ops.reverse(first, 0) : first);
        }
        ScanResult result = scanned(body, call.all().subList(0, carries), elements, ScanOptions.DEFAULT);
        List<Tensor> all = new ArrayList<>(result.carries());
        for (int i = 0; i < outputs; i++) {
            Tensor y = result.output(i);
            Tensor directed = outputDirections[i] == 1 ? Ops.reverse(y, 0) : y;
            all.add(moved(directed, 0, call.axis(outputAxes[i], y.rank())));
        }
        return all;
    }

    private static ScanResult scanned(Body body, List<Tensor> initial, List<Tensor> elements, ScanOptions options) {
        int carries = initial.size();
        return Control.scan(initial, elements, options, each -> {
            List<Tensor> inputs = new ArrayList<>(each.carries());
            inputs.addAll(each.elements());
            List<Tensor> made = body.make(inputs);
            return Step.carry(made.subList(0, carries).toArray(Tensor[]::new))
                    .output(made.subList(carries, made.size()).toArray(Tensor[]::new));
        });
    }

    /** Every value has a batch axis first, which the body does not have. */
    private static List<Tensor> batchedScan(Call call) {
        Body body = call.body("body");
        int sequences = Math.toIntExact(Math.clamp(call.integer("num_scan_inputs"), 0, Integer.MAX_VALUE));
        int carries = call.inputCount() - 1 - sequences;
        if (carries < 0 || body.inputs() != call.inputCount() - 1 || body.outputs() < carries) {
            throw call.wrong("a body of " + body.inputs() + " inputs and " + body.outputs() + " outputs does not fit "
                    + call.inputCount() + " inputs of which " + sequences + " are scanned");
        }
        long[] directions = list(call, "directions", sequences);
        List<Tensor> all = new ArrayList<>(IntStream.range(1, call.inputCount()).mapToObj(call::input).toList());
        for (int i = 0; i < sequences; i++) {
            if (directions[i] == 1) {
                all.set(carries + i, Ops.reverse(all.get(carries + i), 1));
            }
        }
        call.maybe(0).ifPresent(all::add);
        return Control.mapFn(all, each -> {
            ScanOptions options = call.has(0) ? ScanOptions.DEFAULT.withLimit(each.getLast()) : ScanOptions.DEFAULT;
            ScanResult result = scanned(body, each.subList(0, carries), each.subList(carries, carries + sequences),
                    options);
            List<Tensor> values = new ArrayList<>(result.carries());
            values.addAll(result.outputs());
            return values;
        });
    }

    private static long[] list(Call call, String attribute, int count) {
        long[] values = call.integers(attribute).orElseGet(() -> new long[count]);
        if (values.length != count) {
            throw new FormatException("attribute '" + attribute + "' has " + values.length + " elements for " + count
                    + " tensors");
        }
        return values;
    }

    /** An axis at another position, the others in their order. */
    private static Tensor moved(Tensor x, int from, int to) {
        if (from == to) {
            return x;
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
        order.remove((Object) from);
        order.add(to, from);
        return Ops.transpose(x, order.stream().mapToInt(Integer::intValue).toArray());
    }
}
