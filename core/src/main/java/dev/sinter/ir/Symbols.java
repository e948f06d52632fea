package dev.sinter.ir;

import dev.sinter.op.CheckIndex;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.Loop;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The symbols of sizes that values mention. */
public final class Symbols {
    private Symbols() {}

    /** The symbols in a value's type and attributes, those that its regions define left out. */
    static Set<Symbol> of(Value value) {
        return of(value.op(), value.type());
    }

    /** The symbols in an op's attributes and the type of its value. */
    public static Set<Symbol> of(Op op, Type type) {
        Set<Symbol> symbols = new LinkedHashSet<>();
        add(type, symbols);
        switch (op) {
            case DimSize(Dim dim) -> symbols.addAll(dim.symbols());
            case CheckIndex check -> symbols.addAll(check.size().symbols());
            case DefineSize size -> symbols.addAll(size.atMost().symbols());
            case Slice slice -> {
                add(slice.starts(), symbols);
                add(slice.limits(), symbols);
            }
            case Pad pad -> {
                add(pad.low(), symbols);
                add(pad.high(), symbols);
            }
            case Loop loop -> loop.trips().length().ifPresent(length -> symbols.addAll(length.symbols()));
            default -> { }
        }
        op.regions().forEach(region -> symbols.addAll(region.symbols()));
        return symbols;
    }

    /** The symbols in a type. */
    public static Set<Symbol> of(Type type) {
        Set<Symbol> symbols = new LinkedHashSet<>();
        add(type, symbols);
        return symbols;
    }

    /** The symbols that a function mentions and does not define. */
    public static Set<Symbol> of(Function function) {
        Set<Symbol> symbols = new LinkedHashSet<>();
        function.values().forEach(value -> symbols.addAll(of(value)));
        symbols.removeAll(definedBy(function));
        return symbols;
    }

    /** The symbols that a function defines itself. */
    public static Set<Symbol> definedBy(Function function) {
        Set<Symbol> symbols = new LinkedHashSet<>();
        for (Value value : function.values()) {
            if (value.op() instanceof DefineSize size) {
                symbols.add(size.symbol());
            }
        }
        return symbols;
    }

    /** The same function where no two ops, those in regions included, define one symbol. */
    public static Function distinct(Function function) {
        boolean defines = function.values().stream().anyMatch(value -> value.op() instanceof DefineSize
                || value.op().regions().stream().anyMatch(Region::definesSizes));
        return defines ? distinct(function, new HashSet<>(of(function))) : function;
    }

    /** A region that defines none of some symbols, to which those that it does define are added. */
    public static Region apart(Region region, Set<Symbol> taken) {
        return region.definesSizes() ? region.map(body -> distinct(body, taken)) : region;
    }

    private static Function distinct(Function function, Set<Symbol> taken) {
        Map<Symbol, Symbol> renamed = new HashMap<>();
        return function.remade((b, value, operands) -> {
            if (value.op() instanceof DefineSize(Symbol symbol, Dim _) && !taken.add(symbol)) {
                Symbol other = symbol;
                for (int number = 1; !taken.add(other); number++) {
                    other = new Symbol(symbol.name() + "." + number);
                }
                renamed.put(symbol, other);
            }
            Op op = renamed.isEmpty() ? value.op() : Substitution.of(renamed).apply(value.op());
            return b.add(op.withRegions(op.regions().stream().map(region -> apart(region, taken)).toList()), operands);
        });
    }

    private static void add(Type type, Set<Symbol> symbols) {
        switch (type) {
            case Type.TapeType tape -> add(tape.element(), symbols);
            case Type.TensorType(var _, Shape shape) -> add(shape.dims(), symbols);
            case Type.TupleType tuple -> tuple.elements().forEach(element -> add(element, symbols));
            case Type.StateType state -> add(state.content(), symbols);
            case Type.TokenType _ -> { }
        }
    }

    private static void add(List<Dim> dims, Set<Symbol> symbols) {
        for (Dim dim : dims) {
            if (!dim.isConstant()) {
                symbols.addAll(dim.symbols());
            }
        }
    }
}
