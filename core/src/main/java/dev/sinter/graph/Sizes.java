package dev.sinter.graph;

import dev.sinter.ir.Symbols;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.op.Op;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sizes that a graph does not know, and what it learnt about them. Two sizes that meet are made equal by
 * binding a symbol to the value that follows from the meeting; each run checks that its feeds agree.
 */
final class Sizes {
    /** Two sizes that were made equal, and why: {@code sub at Net.java:12, where x axis 0 meets y axis 0}. */
    record Meeting(Dim left, Dim right, String why) {}

    /** An axis of a placeholder that a symbol was made for. */
    record Owner(Node placeholder, int axis) {}

    /** A number of elements, of at most so many. */
    private record Count(Node value, Dim atMost) {}

    private final Map<Symbol, Dim> bound = new HashMap<>();
    private final Map<Symbol, Owner> owners = new HashMap<>();
    private final List<Symbol> order = new ArrayList<>();
    private final List<Meeting> meetings = new ArrayList<>();
    private final Map<Symbol, Node> definitions = new HashMap<>();
    private final Map<Count, Symbol> counts = new HashMap<>();
    private final Set<Symbol> broadcasting = new LinkedHashSet<>();
    private int generation;
    private int founds;

    /** A number that changes whenever more is known. */
    int generation() {
        return generation;
    }

    /** Says which axis of which placeholder gives a symbol its value; the first one counts. */
    void own(Symbol symbol, Node placeholder, int axis) {
        owners.putIfAbsent(symbol, new Owner(placeholder, axis));
    }

    Optional<Owner> owner(Symbol symbol) {
        return Optional.ofNullable(owners.get(symbol));
    }

    /** A symbol for a size that the run finds, which a node is to define. */
    Symbol found() {
        return new Symbol("found/" + ++founds);
    }

    /** The size that a count is, which was found before, where a frame sees it. */
    Optional<Dim> found(Node count, Dim atMost, Frame frame) {
        return Optional.ofNullable(counts.get(new Count(count, canonical(atMost))))
                .filter(symbol -> definitions.get(symbol).graph().holds(definitions.get(symbol))
                        && frame.sees(definitions.get(symbol).frame())).map(Dim::ofSymbol);
    }

    /** Says that a size is a count. */
    void count(Node count, Dim atMost, Dim size) {
        size.asSymbol().ifPresent(symbol -> counts.put(new Count(count, canonical(atMost)), symbol));
    }

    /** Says which node finds the value of a symbol. */
    void define(Symbol symbol, Node definition) {
        definitions.put(symbol, definition);
    }

    /** Whether a size depends on what the run finds. */
    boolean isFound(Dim dim) {
        return !definitions.isEmpty() && canonical(dim).symbols().stream().anyMatch(definitions::containsKey);
    }

    /** The symbols in a type whose values the run finds, with the nodes that define them. */
    Map<Symbol, Node> definitions(Type type) {
        return definitions.isEmpty() ? Map.of() : definitions(Symbols.of(type));
    }

    /** The nodes that define symbols in a node's type or attributes: they come before it. */
    Collection<Node> definitions(Node node) {
        if (definitions.isEmpty()) {
            return List.of();
        }
        Set<Symbol> symbols = new LinkedHashSet<>(Symbols.of(node.type()));
        if (node.kind() instanceof NodeKind.Primitive(Op op)) {
            symbols.addAll(Symbols.of(op, node.type()));
        }
        return definitions(symbols).values();
    }

    private Map<Symbol, Node> definitions(Set<Symbol> symbols) {
        Map<Symbol, Node> found = new LinkedHashMap<>();
        symbols.stream().flatMap(symbol -> canonical(Dim.ofSymbol(symbol)).symbols().stream())
                .filter(definitions::containsKey).forEach(symbol -> found.put(symbol, definitions.get(symbol)));
        return found;
    }

    /** Says that a size may be 1 in a run where it meets another one, and then stretches. */
    void letBroadcast(Symbol symbol) {
        broadcasting.add(symbol);
    }

    /** Whether a size, or each of which it is the broadcast, may be 1 and stretch. */
    boolean mayBroadcast(Dim dim) {
        Dim known = canonical(dim);
        return !broadcasting.isEmpty() && !known.isConstant() && known.broadcastParts().stream().allMatch(part ->
                broadcasting.stream().anyMatch(symbol -> canonical(Dim.ofSymbol(symbol)).equals(part)));
    }

    /** Whether a size may be 1 where it meets another one: what only a run finds, no run can compare beforehand. */
    boolean mayBroadcast(Dim dim, Dim other) {
        return mayBroadcast(dim) && !isFound(dim) && !isFound(other);
    }

    List<Meeting> meetings() {
        return List.copyOf(meetings);
    }

    Dim canonical(Dim dim) {
        if (bound.isEmpty() || dim.isConstant()) {
            return dim;
        }
        Dim known = dim;
        while (known.symbols().stream().anyMatch(bound::containsKey)) {
            known = known.substitute(symbol -> bound.getOrDefault(symbol, Dim.ofSymbol(symbol)));
        }
        return known;
    }

    Shape canonical(Shape shape) {
        return bound.isEmpty() || shape.isStatic() ? shape
                : new Shape(shape.dims().stream().map(this::canonical).toList());
    }

    Type canonical(Type type) {
        if (bound.isEmpty()) {
            return type;
        }
        return switch (type) {
            case TensorType tensor -> tensor.withShape(canonical(tensor.shape()));
            case StateType state -> state;
            case TokenType token -> token;
            case TapeType(TensorType element) -> new TapeType(element.withShape(canonical(element.shape())));
            case TupleType tuple -> new TupleType(tuple.elements().stream().map(this::canonical).toList());
        };
    }

    /** What {@link #rollBack} needs to forget what is learnt from now on. */
    int mark() {
        return order.size();
    }

    void rollBack(int mark) {
        while (order.size() > mark) {
            bound.remove(order.removeLast());
            meetings.removeLast();
            generation++;
        }
    }

    /** How two sizes relate. */
    enum Relation { EQUAL, DIFFERENT, UNDECIDED }

    /** Makes two sizes equal if that is possible by binding a symbol. */
    Relation unify(Dim first, Dim second, String why) {
        Dim difference = canonical(first).minus(canonical(second));
        if (difference.isConstant()) {
            return difference.isConstant(0) ? Relation.EQUAL : Relation.DIFFERENT;
        }
        if (isFound(difference)) {
            throw new GraphException("the size " + canonical(first) + " would have to be " + canonical(second)
                    + ", which nobody knows before the run finds it (" + why + "); take both from one tensor that has"
                    + " the size, or both as the"
                    + " prefix(...) of one count from tensors of one size");
        }
        List<Symbol> symbols = new ArrayList<>(difference.symbols());
        symbols.sort(Comparator.comparingInt(this::age).reversed());
        for (Symbol symbol : symbols) {
            Optional<Dim> value = solve(difference, symbol);
            if (value.isPresent()) {
                bound.put(symbol, value.get());
                order.add(symbol);
                meetings.add(new Meeting(first, second, why));
                generation++;
                return Relation.EQUAL;
            }
        }
        return Relation.UNDECIDED;
    }

    /** Symbols of earlier placeholders are kept, those of later ones are bound. */
    private int age(Symbol symbol) {
        Owner owner = owners.get(symbol);
        return owner == null ? -1 : owner.placeholder().id();
    }

    /** The value of a symbol that makes a dim 0, where the dim is linear in it. */
    private static Optional<Dim> solve(Dim dim, Symbol symbol) {
        Dim rest = dim.substitute(other -> other.equals(symbol) ? Dim.ZERO : Dim.ofSymbol(other));
        Dim atOne = dim.substitute(other -> other.equals(symbol) ? Dim.ONE : Dim.ofSymbol(other));
        Dim factor = atOne.minus(rest);
        if (!factor.isConstant() || factor.isConstant(0)
                || !Dim.ofSymbol(symbol).times(factor).plus(rest).equals(dim)) {
            return Optional.empty();
        }
        Dim negative = factor.constant() > 0 ? rest.times(-1) : rest;
        Dim divisor = Dim.of(Math.abs(factor.constant()));
        return negative.mod(divisor).isConstant(0) ? Optional.of(negative.floorDiv(divisor)) : Optional.empty();
    }
}
