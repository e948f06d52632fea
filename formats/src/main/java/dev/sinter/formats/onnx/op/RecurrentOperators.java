package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Recurrent layers: each is a {@link RecurrentLayer} with a cell, the step from one element to the next. */
final class RecurrentOperators {
    private RecurrentOperators() {}

    static void addTo(Operators table) {
        table.several("RNN", call -> new RecurrentLayer(call, 1, 1, "Tanh").outputs(RecurrentOperators::simple));
        table.several("GRU", call -> new RecurrentLayer(call, 3, 1, "Sigmoid", "Tanh")
                .outputs(way -> gated(call, way)));
        table.several("LSTM", call -> new RecurrentLayer(call, 4, 2, "Sigmoid", "Tanh", "Tanh")
                .outputs(way -> longShort(call, way)));
    }

    private static RecurrentLayer.Cell simple(RecurrentLayer.Way way) {
        UnaryOperator<Tensor> f = way.activations().getFirst();
        return new RecurrentLayer.Cell(way.bias(), (x, state) -> List.of(f.apply(x.plus(
                product(state.getFirst(), way.recurrence())))));
    }

    private static Tensor product(Tensor state, Tensor weights) {
        return Linalg.matmul(state, weights, false, true);
    }

    /** The gates z, r and h. */
    private static RecurrentLayer.Cell gated(Call call, RecurrentLayer.Way way) {
        boolean before = call.flag("linear_before_reset", false);
        UnaryOperator<Tensor> f = way.activations().get(0);
        UnaryOperator<Tensor> g = way.activations().get(1);
        List<Tensor> weights = Ops.split(way.recurrence(), 3, 0);
        Tensor ofGates = Ops.concat(0, weights.subList(0, 2));
        Optional<Tensor> inner = way.recurrentBias().map(bias -> Ops.split(bias, 3, 0).get(2));
        Optional<Tensor> outer = before ? way.inputBias().map(bias -> way.recurrentBias().map(other ->
                bias.plus(withoutLast(other))).orElse(bias)) : way.bias();
        return new RecurrentLayer.Cell(outer, (x, state) -> {
            Tensor last = state.getFirst();
            List<Tensor> given = Ops.split(x, 3, 1);
            List<Tensor> gates = Ops.split(product(last, ofGates), 2, 1);
            Tensor z = f.apply(given.get(0).plus(gates.get(0)));
            Tensor r = f.apply(given.get(1).plus(gates.get(1)));
            Tensor linear = product(before ? last : r.times(last), weights.get(2));
            Tensor reset = before ? r.times(inner.map(linear::plus).orElse(linear)) : linear;
            Tensor h = g.apply(given.get(2).plus(reset));
            return List.of(h.minus(z.times(h)).plus(z.times(last)));
        });
    }

    /** A bias of three gates with zeros for the last one. */
    private static Tensor withoutLast(Tensor bias) {
        List<Tensor> parts = Ops.split(bias, 3, 0);
        return Ops.concat(0, parts.get(0), parts.get(1), Ops.zerosLike(parts.get(2)));
    }

    /** The gates i, o, f and c; the state is that of the output and that of the cell. */
    private static RecurrentLayer.Cell longShort(Call call, RecurrentLayer.Way way) {
        boolean coupled = call.flag("input_forget", false);
        UnaryOperator<Tensor> f = way.activations().get(0);
        UnaryOperator<Tensor> g = way.activations().get(1);
        UnaryOperator<Tensor> h = way.activations().get(2);
        Optional<List<Tensor>> peepholes = way.peepholes().map(all -> Ops.split(all, 3, 0));
        return new RecurrentLayer.Cell(way.bias(), (x, state) -> {
            Tensor cell = state.get(1);
            List<Tensor> gates = Ops.split(x.plus(product(state.getFirst(), way.recurrence())), 4, 1);
            Tensor i = f.apply(peeped(gates.get(0), peepholes, 0, cell));
            Tensor forget = coupled ? Ops.subtract(1, i) : f.apply(peeped(gates.get(2), peepholes, 2, cell));
            Tensor next = forget.times(cell).plus(i.times(g.apply(gates.get(3))));
            Tensor o = f.apply(peeped(gates.get(1), peepholes, 1, next));
            return List.of(o.times(h.apply(next)), next);
        });
    }

    private static Tensor peeped(Tensor gate, Optional<List<Tensor>> peepholes, int position, Tensor cell) {
        return peepholes.map(all -> gate.plus(all.get(position).times(cell))).orElse(gate);
    }
}
