package dev.sinter.ir;

import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Project;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes values. Types are inferred and checked; equal values are made once. A builder belongs to one
 * function at a time and to one thread.
 */
public final class Builder {
    private record Key(Op op, List<Integer> operands) {}

    private final java.util.Map<Key, Value> interned = new HashMap<>();
    private final List<Value> values = new ArrayList<>();
    private final java.util.Map<Symbol, Value> definitions = new HashMap<>();
    private final Locations locations = new Locations();
    private Location location = Location.UNKNOWN;

    /** A builder that has made nothing. */
    public Builder() {}

    /** Sets the place that the values made from now on come from. */
    public void at(Location place) {
        this.location = place;
    }

    public Location location() {
        return location;
    }

    public Locations locations() {
        return locations;
    }

    public Value add(Op op, Value... operands) {
        return add(op, List.of(operands));
    }

    /** The value of an op on operands made by this builder. Wrong operands are a {@code GraphException}. */
    public Value add(Op op, List<Value> operands) {
        checkOperands(op, operands);
        Value value = interned.computeIfAbsent(new Key(op, operands.stream().map(Value::id).toList()),
                any -> make(op, operands));
        locations.add(value, location);
        return value;
    }

    /** {@link #add}, where a value is made though there may be an equal one: it is computed twice. */
    public Value addAgain(Op op, List<Value> operands) {
        checkOperands(op, operands);
        Value value = make(op, operands);
        locations.add(value, location);
        return value;
    }

    private void checkOperands(Op op, List<Value> operands) {
        for (Value operand : operands) {
            if (operand.id() >= values.size() || values.get(operand.id()) != operand) {
                throw new CompilerBug(op.mnemonic() + ": the operand " + operand
                        + " comes from another builder");
            }
        }
    }

    private Value make(Op op, List<Value> operands) {
        Type type = op.infer(operands.stream().map(Value::type).toList());
        Value value = new Value(values.size(), op, List.copyOf(operands), type, sizes(op, type));
        values.add(value);
        if (op instanceof DefineSize size) {
            definitions.put(size.symbol(), value);
        }
        return value;
    }

    /** The definitions of the symbols of an op. */
    private List<Value> sizes(Op op, Type type) {
        return definitions.isEmpty() ? List.of() : Symbols.of(op, type).stream()
                .flatMap(symbol -> Optional.ofNullable(definitions.get(symbol)).stream()).toList();
    }

    /** The value made here that defines a symbol. */
    public Optional<Value> definition(Symbol symbol) {
        return Optional.ofNullable(definitions.get(symbol));
    }

    /** A symbol named after another that nothing here defines. */
    Symbol fresh(Symbol symbol) {
        int number = 1;
        while (definitions.containsKey(new Symbol(symbol.name() + "." + number))) {
            number++;
        }
        return new Symbol(symbol.name() + "." + number);
    }

    /** How many values this builder has made; their ids are smaller. */
    public int size() {
        return values.size();
    }

    /** The value with an id. */
    public Value value(int id) {
        return values.get(id);
    }

    /** A value of another builder made here, with its places. */
    Value copy(Value value, List<Value> operands, Locations places) {
        Value copy = add(value.op(), operands);
        locations.addAll(copy, places.of(value));
        return copy;
    }

    public Value constant(NDArray array) {
        return add(new Constant(array));
    }

    /** A constant without axes. */
    public Value scalar(DType dtype, double value) {
        return constant(NDArray.scalar(dtype, value));
    }

    /** A constant of any shape with one value everywhere. */
    public Value full(DType dtype, Shape shape, double value) {
        return broadcast(scalar(dtype, value), shape);
    }

    /** One value everywhere, in the type of another value. */
    public Value fullLike(Value like, double value) {
        return full(like.dtype(), like.shape(), value);
    }

    public Value zerosLike(Value like) {
        return fullLike(like, 0);
    }

    /** A scalar function on operands of one shape. */
    public Value map(ScalarFn fn, Value... operands) {
        return add(new Map(fn), operands);
    }

    public Value plus(Value x, Value y) {
        return map(ScalarFn.ADD, x, y);
    }

    public Value minus(Value x, Value y) {
        return map(ScalarFn.SUB, x, y);
    }

    public Value times(Value x, Value y) {
        return map(ScalarFn.MUL, x, y);
    }

    public Value times(Value x, double factor) {
        return times(x, fullLike(x, factor));
    }

    public Value div(Value x, Value y) {
        return map(ScalarFn.DIV, x, y);
    }

    public Value negate(Value x) {
        return map(ScalarFn.NEG, x);
    }

    public Value select(Value condition, Value whenTrue, Value whenFalse) {
        return map(ScalarFn.SELECT, condition, whenTrue, whenFalse);
    }

    /** A scalar everywhere in a shape; the scalar itself where the shape is the scalar's. */
    public Value broadcast(Value scalar, Shape shape) {
        return broadcast(scalar, shape, List.of());
    }

    /** The operand with its axis {@code i} laid along {@code axes[i]} of a larger shape. */
    public Value broadcast(Value operand, Shape shape, List<Integer> axes) {
        boolean same = operand.shape().equals(shape)
                && axes.equals(IntStream.range(0, shape.rank()).boxed().toList());
        return same ? operand : add(new Broadcast(shape, axes), operand);
    }

    public Value reshape(Value operand, Shape shape) {
        return operand.shape().equals(shape) ? operand : add(new Reshape(shape), operand);
    }

    public Value transpose(Value operand, List<Integer> permutation) {
        boolean same = permutation.equals(IntStream.range(0, operand.rank()).boxed().toList());
        return same ? operand : add(new Transpose(permutation), operand);
    }

    /** The reduction over axes, which are dropped from the shape. */
    public Value reduce(ReduceFn fn, Value operand, List<Integer> axes) {
        return axes.isEmpty() ? operand : add(new Reduce(fn, axes), operand);
    }

    public Value reduceSum(Value operand, List<Integer> axes) {
        return reduce(ReduceFn.SUM, operand, axes);
    }

    /** A contraction in Einstein's notation, such as {@code contract("mk", "kn", "mn", x, w)}. */
    public Value contract(String lhs, String rhs, String out, Value x, Value y) {
        return add(new Contract(lhs, rhs, out), x, y);
    }

    public Value concat(int axis, List<Value> operands) {
        return operands.size() == 1 ? operands.getFirst() : add(new Concat(axis), operands);
    }

    public Value convert(Value operand, DType dtype) {
        return operand.dtype() == dtype ? operand : add(new Convert(dtype), operand);
    }

    /** Several values as one. */
    public Value tuple(List<Value> elements) {
        return add(new Tuple(), elements);
    }

    /** One element of a tuple. */
    public Value project(Value tuple, int index) {
        return tuple.op() instanceof Tuple ? tuple.operand(index) : add(new Project(index), tuple);
    }

    /** A size as a scalar of type {@code int64}. */
    public Value dimSize(Dim dim) {
        return add(new DimSize(dim));
    }
}
