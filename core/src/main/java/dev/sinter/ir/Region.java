package dev.sinter.ir;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.DefineSize;
import dev.sinter.op.Join;
import dev.sinter.op.Parameter;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * A function that an op carries out as a part of its own: the body of a loop, a branch. It sees its parameters
 * and nothing else of the function around it but the symbols of sizes; what it needs from there, the op has as
 * an operand and hands on. Its parameters are tensors and are called {@code p0}, {@code p1} and so on; its
 * results are tensors, then tokens.
 *
 * <p>Two regions are equal where they compute the same by the same ops in the same order, wherever their values
 * come from.
 */
public final class Region {
    static final String NAME = "region";

    private final Function function;
    private final int hash;
    private Optional<Set<Symbol>> symbols = Optional.empty();

    private Region(Function function) {
        this.function = function;
        this.hash = hash(function);
    }

    /** The region that computes what a function computes, whatever its parameters are called. */
    public static Region of(Function function) {
        Builder builder = new Builder();
        List<Value> parameters = new ArrayList<>();
        for (Value parameter : function.parameters()) {
            if (!(parameter.op() instanceof Parameter(String _, TensorType type))) {
                throw new CompilerBug("a region's parameter is a tensor, not " + parameter);
            }
            Value copy = builder.add(new Parameter("p" + parameters.size(), type));
            builder.locations().addAll(copy, function.locations().of(parameter));
            parameters.add(copy);
        }
        return new Region(new Function(NAME, parameters, function.inline(builder, parameters), builder.locations()));
    }

    /**
     * A region made value by value.
     *
     * @param parameters the types of the parameters
     * @param results    makes the results of the parameters
     */
    public static Region of(List<TensorType> parameters, BiFunction<Builder, List<Value>, List<Value>> results) {
        Builder builder = new Builder();
        List<Value> given = new ArrayList<>();
        for (TensorType type : parameters) {
            given.add(builder.add(new Parameter("p" + given.size(), type)));
        }
        return of(new Function(NAME, given, results.apply(builder, List.copyOf(given)), builder.locations()));
    }

    /** The function; its builder is none that is still in use. */
    public Function function() {
        return function;
    }

    public List<TensorType> parameterTypes() {
        return function.parameters().stream().map(Value::tensorType).toList();
    }

    public List<Type> resultTypes() {
        return function.results().stream().map(Value::type).toList();
    }

    /** The types of the results that are tensors; they stand before the tokens. */
    public List<TensorType> tensorResults() {
        return function.results().stream().filter(Value::isTensor).map(Value::tensorType).toList();
    }

    /** The symbols of sizes around the region that it mentions. */
    public Set<Symbol> symbols() {
        Set<Symbol> known = symbols.orElseGet(() -> Symbols.of(function));
        symbols = Optional.of(known);
        return known;
    }

    /** Whether the region, or one inside of it, defines symbols of sizes. */
    public boolean definesSizes() {
        return function.values().stream().anyMatch(value -> value.op() instanceof DefineSize
                || value.op().regions().stream().anyMatch(Region::definesSizes));
    }

    /** Whether carrying out the region does something beside computing its tensors. */
    public boolean hasEffect() {
        return function.results().stream().anyMatch(result -> result.type() instanceof Type.TokenType);
    }

    /** The region of a transformed function. */
    public Region map(UnaryOperator<Function> transformation) {
        Function other = transformation.apply(function);
        return other == function ? this : of(other);
    }

    /**
     * Computes the results in another builder.
     *
     * @param arguments for each parameter a value of the builder
     */
    public List<Value> inline(Builder builder, List<Value> arguments) {
        return function.inline(builder, arguments);
    }

    /** {@link #inline}, with one token of all effects where there are any, as an op with this region gives it. */
    public List<Value> inlineAsOp(Builder builder, List<Value> arguments) {
        List<Value> inside = inline(builder, arguments);
        int tensors = tensorResults().size();
        if (inside.size() - tensors < 2) {
            return inside;
        }
        List<Value> results = new ArrayList<>(inside.subList(0, tensors));
        results.add(builder.add(new Join(), inside.subList(tensors, inside.size())));
        return results;
    }

    private static int hash(Function function) {
        int hash = function.parameters().size();
        for (Value value : function.values()) {
            hash = 31 * hash + value.op().mnemonic().hashCode();
            hash = 31 * hash + value.type().hashCode();
            for (Value operand : value.operands()) {
                hash = 31 * hash + operand.id();
            }
        }
        for (Value result : function.results()) {
            hash = 31 * hash + result.id();
        }
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Region region
                && (region == this || hash == region.hash && function.sameGraph(region.function));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return Printer.print(this);
    }
}
