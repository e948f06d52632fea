package dev.sinter.ir;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Branch;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Call;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DefineSize;
import dev.sinter.op.Derivative;
import dev.sinter.op.DimSize;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.Loop;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.op.Windows;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An op with every size in its attributes replaced. A symbol that the op defines is replaced where what stands for it
 * is a symbol.
 */
public record Substitution(UnaryOperator<Dim> replacement) {
    /** The substitution of some symbols. */
    static Substitution of(java.util.Map<Symbol, Symbol> renamed) {
        return new Substitution(dim -> dim.isConstant() ? dim : dim.substitute(symbol ->
                Dim.ofSymbol(renamed.getOrDefault(symbol, symbol))));
    }

    /** The op with other sizes. */
    public Op apply(Op op) {
        return switch (op) {
            case Parameter parameter -> new Parameter(parameter.name(), type(parameter.type()));
            case InitialState state -> new InitialState(state.variable(), type(state.content()));
            case Iota iota -> new Iota(type(iota.type()), iota.axis());
            case DimSize size -> new DimSize(replacement.apply(size.dim()));
            case CheckIndex check -> new CheckIndex(check.what(), check.axis(), replacement.apply(check.size()));
            case DefineSize size -> new DefineSize(replacement.apply(Dim.ofSymbol(size.symbol())).asSymbol()
                    .orElse(size.symbol()), replacement.apply(size.atMost()));
            case RandomBits bits -> new RandomBits(bits.graphSeed(), bits.opSeed(), bits.word(), shape(bits.shape()));
            case Broadcast broadcast -> new Broadcast(shape(broadcast.shape()), broadcast.axes());
            case Reshape reshape -> new Reshape(shape(reshape.shape()));
            case Slice slice -> new Slice(dims(slice.starts()), dims(slice.limits()), slice.strides());
            case DynamicSlice slice -> new DynamicSlice(shape(slice.shape()));
            case Pad pad -> new Pad(dims(pad.low()), dims(pad.high()), pad.interior());
            case Loop loop -> new Loop(region(loop.body()), new Loop.Trips(loop.trips().length().map(replacement),
                    loop.trips().limited(), loop.trips().conditional(), loop.trips().reverse()),
                    loop.sequences(), loop.carries());
            case CustomGradient(String name, Derivative.Vjp rule) -> new CustomGradient(name, rule.with(replacement));
            case Branch _, Call _ -> op.withRegions(op.regions().stream().map(this::region).toList());
            case RunNumber _, Constant _, Map _, Convert _, Bitcast _, Transpose _, Reverse _, DynamicUpdateSlice _,
                    Gather _, Scatter _, Recurrence _, Concat _, Windows _, Reduce _, Contract _, Read _, Assign _,
                    After _, Join _, StopGradient _, HostCall _, Tuple _, Project _ -> op;
        };
    }

    private Region region(Region region) {
        return region.map(function -> {
            Builder builder = new Builder();
            java.util.Map<Value, Value> copies = new HashMap<>();
            List<Value> parameters = new ArrayList<>();
            for (Value parameter : function.parameters()) {
                Value copy = builder.add(apply(parameter.op()));
                builder.locations().addAll(copy, function.locations().of(parameter));
                copies.put(parameter, copy);
                parameters.add(copy);
            }
            for (Value value : function.values()) {
                if (!copies.containsKey(value)) {
                    Value copy = builder.add(apply(value.op()), value.operands().stream().map(copies::get).toList());
                    builder.locations().addAll(copy, function.locations().of(value));
                    copies.put(value, copy);
                }
            }
            return new Function(function.name(), parameters, function.results().stream().map(copies::get).toList(),
                    builder.locations());
        });
    }

    private TensorType type(TensorType type) {
        return type.withShape(shape(type.shape()));
    }

    private Shape shape(Shape shape) {
        return shape.isStatic() ? shape : new Shape(dims(shape.dims()));
    }

    private List<Dim> dims(List<Dim> dims) {
        return dims.stream().map(replacement).toList();
    }
}
