package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Index;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Layers over sequences that hand a state from one call to the next. */
final class StatefulOperators {
    private static final int PAST = 3;
    private static final int DECAY = 4;
    private static final int RATE = 5;

    private StatefulOperators() {}

    static void addTo(Operators table) {
        table.several("LinearAttention", 27, StatefulOperators::linearAttention);
        table.several("CausalConvWithState", 27, StatefulOperators::causalConvolution);
    }

    private static Tensor checked(Call call, int position, int rank) {
        Tensor x = call.input(position);
        if (x.rank() != rank) {
            throw call.wrong("input " + position + " must have " + rank + " axes, not " + x.dtype() + x.shape());
        }
        return x;
    }

    /** {@code [batch, length, heads * size]} as {@code [length, batch, heads, size]} in a dtype. */
    private static Tensor sequence(Call call, int position, long heads, DType dtype) {
        Tensor x = checked(call, position, 3);
        Dim last = x.dim(2);
        if (last.isConstant() && last.constant() % heads != 0) {
            throw call.wrong("the last axis of input " + position + ", " + last + " elements, cannot be divided into "
                    + heads + " heads of one size");
        }
        return Ops.transpose(Ops.reshape(Axes.cast(x, dtype), Shape.of(x.dim(0), x.dim(1), Dim.of(heads),
                last.floorDiv(heads))), 1, 0, 2, 3);
    }

    /**
     * Attention whose keys and values are one matrix for each head, to which each element adds the product of its key
     * and value. It decays where the rule is gated; a rule of deltas adds what the value differs from that of the key.
     */
    private static List<Tensor> linearAttention(Call call) {
        String rule = call.text("update_rule", "gated_delta");
        boolean gated = List.of("gated", "gated_delta").contains(rule);
        boolean delta = List.of("delta", "gated_delta").contains(rule);
        if (!gated && !delta && !rule.equals("linear")) {
            throw call.wrong("update_rule must be linear, gated, delta or gated_delta, not " + rule);
        }
        if (call.has(DECAY) != gated || call.has(RATE) != delta) {
            throw call.wrong("the rule " + rule + (gated ? " needs" : " has no") + " decay and" + (delta ? " needs"
                    : " has no") + " beta");
        }
        long heads = call.integer("q_num_heads");
        long states = call.integer("kv_num_heads");
        if (states < 1 || heads < 1 || heads % states != 0) {
            throw call.wrong("q_num_heads must be a multiple of kv_num_heads: " + heads + " and " + states);
        }
        DType given = call.input(0).dtype();
        DType dtype = Axes.computed(given);
        Tensor query = sequence(call, 0, heads, dtype);
        List<Tensor> elements = new ArrayList<>(List.of(query, sequence(call, 1, states, dtype),
                sequence(call, 2, states, dtype)));
        if (gated) {
            elements.add(sequence(call, DECAY, states, dtype));
        }
        if (delta) {
            boolean shared = checked(call, RATE, 3).dim(2).isConstant(1);
            elements.add(sequence(call, RATE, shared ? 1 : states, dtype));
        }
        Dim batch = query.dim(1);
        Dim keySize = query.dim(3);
        Dim valueSize = elements.get(2).dim(3);
        Shape stateShape = Shape.of(batch, Dim.of(states), keySize, valueSize);
        Tensor initial = call.has(PAST) ? Axes.cast(checked(call, PAST, 4), dtype)
                : call.graph().tensor(Ops.zeros(dtype, stateShape));
        Shape grouped = Shape.of(batch, Dim.of(states), Dim.of(heads / states), keySize);
        ScanResult result = Control.scan(List.of(initial), elements, ScanOptions.DEFAULT, each -> {
            Tensor before = each.carry(0);
            Tensor state = gated ? before.times(Ops.expandDims(Ops.exp(each.element(3)), 3)) : before;
            Tensor key = each.element(1);
            Tensor value = each.element(2);
            if (delta) {
                Tensor found = Ops.squeeze(Ops.matmul(Ops.expandDims(key, 2), state), 2);
                value = value.minus(found).times(each.element(gated ? 4 : 3));
            }
            Tensor next = state.plus(Ops.expandDims(key, 3).times(Ops.expandDims(value, 2)));
            return Step.carry(next).output(Ops.matmul(Ops.reshape(each.element(0), grouped), next));
        });
        Tensor y = Ops.transpose(result.output(0), 1, 0, 2, 3, 4);
        Tensor scaled = scaled(call, Ops.reshape(y, Shape.of(batch, query.dim(0), valueSize.times(heads))), keySize);
        DType kept = call.maybe(PAST).map(Tensor::dtype).orElse(given);
        return List.of(Axes.cast(scaled, given), Axes.cast(result.carry(0), kept));
    }

    private static Tensor scaled(Call call, Tensor y, Dim keySize) {
        double scale = call.number("scale", 0);
        if (scale != 0 || keySize.isConstant()) {
            return y.times(scale != 0 ? scale : 1 / Math.sqrt(keySize.constant()));
        }
        return y.times(Ops.rsqrt(Ops.cast(Axes.size(call, keySize), y.dtype())));
    }

    /** Each channel by its own filter, over the elements up to each. */
    private static List<Tensor> causalConvolution(Call call) {
        Tensor x = checked(call, 0, 3);
        Tensor filter = checked(call, 1, 3);
        Dim size = filter.dim(2);
        if (!size.isConstant() || !filter.dim(0).isConstant()) {
            throw call.unsupported("the sizes of the filter must be known, not " + filter.shape());
        }
        if (!filter.dim(1).isConstant(1) || size.constant() < 1
                || x.dim(1).isConstant() && !x.dim(1).equals(filter.dim(0))) {
            throw call.wrong("a filter [channels, 1, size] is needed for " + x.dtype() + x.shape() + ", not "
                    + filter.shape());
        }
        long kept = size.constant() - 1;
        Tensor before = call.has(PAST) ? checked(call, PAST, 3) : call.graph().tensor(Ops.zeros(x.dtype(),
                Shape.of(x.dim(0), x.dim(1), Dim.of(kept))));
        Tensor padded = Ops.concat(2, before, x);
        Tensor convolved = Nn.depthwiseConv2d(padded, Ops.transpose(Ops.reshape(filter, Shape.of(filter.dim(0),
                Dim.ONE, size)), 2, 0, 1), WindowOptions.VALID.withChannelsFirst());
        Optional<Tensor> bias = call.maybe(2);
        Tensor result = bias.map(some -> Nn.biasAdd(convolved, some, true)).orElse(convolved);
        Tensor y = switch (call.text("activation", "none")) {
            case "none" -> result;
            case "silu", "swish" -> Axes.cast(Nn.silu(Axes.cast(result, Axes.computed(x.dtype()))), x.dtype());
            case String other -> throw call.wrong("activation must be none, silu or swish, not " + other);
        };
        Tensor last = Ops.slice(padded, Index.ELLIPSIS, kept == 0 ? Index.to(0) : Index.from(-kept));
        return List.of(y, last);
    }
}
