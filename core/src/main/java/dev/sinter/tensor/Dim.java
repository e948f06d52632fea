package dev.sinter.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The size of a tensor along one axis: a normalised expression over {@link Symbol}s, namely an integer
 * polynomial whose atoms are symbols, floor divisions, remainders, minima, maxima, broadcasts and repetitions
 * of other dims. Equal normal forms are equal dims. Immutable.
 */
public final class Dim {
    /** The unknown size in a placeholder's shape; the graph replaces it with a fresh symbol. */
    public static final Dim UNKNOWN = ofSymbol(new Symbol("?"));
    /** What an open size counts as where sizes are compared. */
    private static final long ASSUMED = 256;
    private static final long MOST_ASSUMED = 1L << 53;
    /** How long the text of a size may get, and how many products one product may take. */
    private static final int MOST_LETTERS = 1 << 14;
    private static final int MOST_PRODUCTS = 1 << 14;

    public static final Dim ZERO = of(0);
    public static final Dim ONE = of(1);

    /** What a polynomial is made of. */
    sealed interface Atom {
        record Variable(Symbol symbol) implements Atom {
            @Override
            public String toString() {
                return symbol.name();
            }
        }

        /** {@code function} is one of floordiv, mod, min, max, broadcast, repeats. */
        record Call(String function, Dim left, Dim right) implements Atom {
            boolean isNeverNegative() {
                return function.equals("max") ? left.isNeverNegative() || right.isNeverNegative()
                        : left.isNeverNegative() && right.isNeverNegative();
            }

            @Override
            public String toString() {
                return function + "(" + left + "," + right + ")";
            }
        }
    }

    /** A product of atoms, in the order of their texts; empty for the constant term. */
    record Monomial(List<Atom> atoms, String text) implements Comparable<Monomial> {
        static final Monomial UNIT = new Monomial(List.of(), "");

        static Monomial of(List<Atom> atoms) {
            List<Atom> sorted = new ArrayList<>(atoms);
            sorted.sort((a, b) -> a.toString().compareTo(b.toString()));
            StringBuilder text = new StringBuilder();
            for (Atom atom : sorted) {
                text.append(text.isEmpty() ? "" : "*").append(atom);
            }
            return new Monomial(List.copyOf(sorted), text.toString());
        }

        @Override
        public int compareTo(Monomial other) {
            if (atoms.isEmpty() != other.atoms.isEmpty()) {
                return atoms.isEmpty() ? 1 : -1;
            }
            return text.compareTo(other.text);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Monomial monomial && monomial.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    private final Map<Monomial, Long> terms;
    private final String text;

    Dim(Map<Monomial, Long> terms) {
        this.terms = terms;
        StringBuilder out = new StringBuilder();
        for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
            long coefficient = term.getValue();
            out.append(out.isEmpty() || coefficient < 0 ? "" : "+");
            if (term.getKey().atoms().isEmpty()) {
                out.append(coefficient);
            } else {
                out.append(coefficient == 1 ? "" : coefficient == -1 ? "-" : coefficient + "*");
                out.append(term.getKey().text());
            }
            if (out.length() > MOST_LETTERS) {
                throw tooLong(out.toString());
            }
        }
        this.text = out.isEmpty() ? "0" : out.toString();
    }

    private static GraphException tooLong(String text) {
        return new GraphException("a size has become an expression of too many terms, "
                + text.substring(0, Math.min(60, text.length())) + "...; give placeholders the sizes that you know");
    }

    /** A known size. */
    public static Dim of(long value) {
        Map<Monomial, Long> terms = new TreeMap<>();
        if (value != 0) {
            terms.put(Monomial.UNIT, value);
        }
        return new Dim(terms);
    }

    /** The size that a symbol stands for. */
    public static Dim ofSymbol(Symbol symbol) {
        return ofAtom(new Atom.Variable(symbol));
    }

    public static Dim symbol(String name) {
        return ofSymbol(new Symbol(name));
    }

    static Dim ofAtom(Atom atom) {
        Map<Monomial, Long> terms = new TreeMap<>();
        terms.put(Monomial.of(List.of(atom)), 1L);
        return new Dim(terms);
    }

    public boolean isConstant() {
        return terms.isEmpty() || terms.size() == 1 && terms.containsKey(Monomial.UNIT);
    }

    public boolean isConstant(long value) {
        return isConstant() && constant() == value;
    }

    /** The value of a constant dim. */
    public long constant() {
        if (!isConstant()) {
            throw new CompilerBug("the dim " + this + " is not constant");
        }
        return terms.getOrDefault(Monomial.UNIT, 0L);
    }

    public OptionalLong asConstant() {
        return isConstant() ? OptionalLong.of(constant()) : OptionalLong.empty();
    }

    /** The symbol that this dim consists of, where it is nothing but one symbol. */
    public java.util.Optional<Symbol> asSymbol() {
        if (terms.size() == 1) {
            Map.Entry<Monomial, Long> only = terms.entrySet().iterator().next();
            List<Atom> atoms = only.getKey().atoms();
            if (only.getValue() == 1 && atoms.size() == 1 && atoms.getFirst() instanceof Atom.Variable variable) {
                return java.util.Optional.of(variable.symbol());
            }
        }
        return java.util.Optional.empty();
    }

    /** Whether this dim consists of sums and products of symbols alone: no quotient, no minimum and the like. */
    public boolean isPolynomial() {
        return terms.keySet().stream().flatMap(monomial -> monomial.atoms().stream())
                .allMatch(Atom.Variable.class::isInstance);
    }

    public Dim plus(Dim other) {
        Map<Monomial, Long> sum = new TreeMap<>(terms);
        other.terms.forEach((monomial, coefficient) -> merge(sum, monomial, coefficient));
        return new Dim(sum);
    }

    public Dim plus(long value) {
        return plus(of(value));
    }

    public Dim minus(Dim other) {
        return plus(other.times(-1));
    }

    public Dim minus(long value) {
        return plus(-value);
    }

    public Dim times(Dim other) {
        if ((long) terms.size() * other.terms.size() > MOST_PRODUCTS) {
            throw tooLong(text);
        }
        Map<Monomial, Long> product = new TreeMap<>();
        terms.forEach((a, x) -> other.terms.forEach((b, y) -> {
            List<Atom> atoms = new ArrayList<>(a.atoms());
            atoms.addAll(b.atoms());
            merge(product, Monomial.of(atoms), exact(() -> Math.multiplyExact(x, y)));
        }));
        return new Dim(product);
    }

    public Dim times(long value) {
        return times(of(value));
    }

    /** The quotient rounded towards negative infinity. The divisor is positive. */
    public Dim floorDiv(Dim divisor) {
        if (divisor.isConstant(1) || equals(ZERO)) {
            return this;
        }
        if (divisor.isConstant(0)) {
            throw new GraphException("the size " + this + " is divided by 0");
        }
        if (isConstant() && divisor.isConstant()) {
            return of(Math.floorDiv(constant(), divisor.constant()));
        }
        if (divisor.terms.size() == 1) {
            java.util.Optional<Dim> exact = dividedExactly(divisor.terms.entrySet().iterator().next());
            if (exact.isPresent()) {
                return exact.get();
            }
        }
        if (divisor.isConstant() && divisor.constant() > 0) {
            Dim rest = remainders(divisor.constant());
            Dim whole = minus(rest).dividedExactly(divisor.terms.entrySet().iterator().next()).orElseThrow();
            return rest.isConstant() ? whole : whole.plus(ofAtom(new Atom.Call("floordiv", rest, divisor)));
        }
        return equals(divisor) ? ONE : ofAtom(new Atom.Call("floordiv", this, divisor));
    }

    public Dim floorDiv(long divisor) {
        return floorDiv(of(divisor));
    }

    /** The quotient rounded towards positive infinity. */
    public Dim ceilDiv(long divisor) {
        return plus(divisor - 1).floorDiv(divisor);
    }

    /** The remainder of {@link #floorDiv}, never negative for a positive divisor. */
    public Dim mod(Dim divisor) {
        if (isConstant() && divisor.isConstant() && !divisor.isConstant(0)) {
            return of(Math.floorMod(constant(), divisor.constant()));
        }
        if (divisor.terms.size() == 1 && dividedExactly(divisor.terms.entrySet().iterator().next()).isPresent()) {
            return ZERO;
        }
        if (divisor.isConstant() && divisor.constant() > 0) {
            Dim rest = remainders(divisor.constant());
            return rest.isConstant() ? rest : ofAtom(new Atom.Call("mod", rest, divisor));
        }
        return equals(divisor) ? ZERO : ofAtom(new Atom.Call("mod", this, divisor));
    }

    /** This dim less a multiple of a positive number: every coefficient is at least 0 and less than the number. */
    private Dim remainders(long divisor) {
        Map<Monomial, Long> rest = new TreeMap<>();
        terms.forEach((monomial, coefficient) -> merge(rest, monomial, Math.floorMod(coefficient, divisor)));
        return new Dim(rest);
    }

    public Dim min(Dim other) {
        return extremum("min", other, false);
    }

    public Dim max(Dim other) {
        return extremum("max", other, true);
    }

    private Dim extremum(String function, Dim other, boolean largest) {
        Dim difference = minus(other);
        if (difference.isNeverNegative()) {
            return largest ? this : other;
        }
        if (difference.times(-1).isNeverNegative()) {
            return largest ? other : this;
        }
        boolean inOrder = text.compareTo(other.text) <= 0;
        return ofAtom(new Atom.Call(function, inOrder ? this : other, inOrder ? other : this));
    }

    /**
     * The size to which two axes broadcast: the other's where one is 1, else the size of both. A known size
     * other than 1 is the result. The value where the two do not broadcast is that of either.
     */
    public Dim broadcast(Dim other) {
        Map<String, Dim> parts = new TreeMap<>();
        for (Dim side : List.of(this, other)) {
            side.broadcastParts().forEach(part -> parts.put(part.text, part));
        }
        Dim result = ONE;
        for (Dim part : parts.values()) {
            if (!part.isConstant(1) && !(result.isConstant() && !result.isConstant(1))) {
                result = part.isConstant() || result.isConstant(1) ? part
                        : ofAtom(new Atom.Call("broadcast", result, part));
            }
        }
        return result;
    }

    /** The sizes of which this is the broadcast; the size itself where it is none. */
    public List<Dim> broadcastParts() {
        if (isProduct()) {
            List<Atom> atoms = terms.keySet().iterator().next().atoms();
            if (atoms.size() == 1
                    && atoms.getFirst() instanceof Atom.Call(String function, Dim left, Dim right)
                    && function.equals("broadcast")) {
                List<Dim> parts = new ArrayList<>(left.broadcastParts());
                parts.add(right);
                return List.copyOf(parts);
            }
        }
        return List.of(this);
    }

    /** Whether this consists of one product of atoms. */
    private boolean isProduct() {
        return !isConstant() && terms.size() == 1 && terms.containsValue(1L);
    }

    /** Every broadcast in this dim, as {@link #broadcastParts}. */
    public Set<List<Dim>> broadcasts() {
        Set<List<Dim>> found = new LinkedHashSet<>();
        for (Monomial monomial : terms.keySet()) {
            for (Atom atom : monomial.atoms()) {
                if (atom instanceof Atom.Call(String function, Dim left, Dim right)) {
                    if (function.equals("broadcast")) {
                        found.add(ofAtom(atom).broadcastParts());
                    }
                    found.addAll(left.broadcasts());
                    found.addAll(right.broadcasts());
                }
            }
        }
        return found;
    }

    /**
     * How often an axis of this size is repeated to fill one of another size: as often as that says where
     * this is 1, else once. {@code x.repeats(ZERO)} is the step that an index into the axis of this size
     * makes.
     */
    public Dim repeats(Dim whole) {
        if (isConstant()) {
            return isConstant(1) ? whole : ONE;
        }
        // Where this is 1, so is each size that it is a broadcast of.
        List<Dim> own = broadcastParts();
        Dim rest = ONE;
        for (Dim part : whole.broadcastParts()) {
            rest = own.contains(part) ? rest : rest.broadcast(part);
        }
        return rest.isConstant(1) ? ONE : ofAtom(new Atom.Call("repeats", this, rest));
    }

    /** Whether this is the step of an index, 0 or 1 as the run's sizes say, or a product of such. */
    public boolean isStep() {
        return isProduct() && terms.keySet().iterator().next().atoms().stream()
                .allMatch(atom -> atom instanceof Atom.Call(String function, Dim left, Dim whole)
                        && function.equals("repeats") && whole.isConstant(0));
    }

    private java.util.Optional<Dim> dividedExactly(Map.Entry<Monomial, Long> divisor) {
        Map<Monomial, Long> quotient = new TreeMap<>();
        for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
            List<Atom> atoms = new ArrayList<>(term.getKey().atoms());
            for (Atom atom : divisor.getKey().atoms()) {
                if (!atoms.remove(atom)) {
                    return java.util.Optional.empty();
                }
            }
            if (term.getValue() % divisor.getValue() != 0) {
                return java.util.Optional.empty();
            }
            merge(quotient, Monomial.of(atoms), term.getValue() / divisor.getValue());
        }
        return java.util.Optional.of(new Dim(quotient));
    }

    /** Whether no term can be negative, whatever the symbols are: sizes, which never are. */
    public boolean isNeverNegative() {
        return terms.values().stream().allMatch(coefficient -> coefficient >= 0) && terms.keySet().stream()
                .allMatch(monomial -> monomial.atoms().stream()
                        .allMatch(atom -> !(atom instanceof Atom.Call call) || call.isNeverNegative()));
    }

    /**
     * A dim over other symbols that is never less than this, where no symbol is negative and some are at most their
     * bounds.
     *
     * @param bounds the bounds, over other symbols, of those symbols that have one
     */
    public Dim atMost(Map<Symbol, Dim> bounds) {
        if (isConstant() || symbols().stream().noneMatch(bounds::containsKey)) {
            return this;
        }
        return DimBounds.atMost(this, bounds);
    }

    /**
     * Whether this can be shown never to be negative, where no symbol is and some are at most their bounds.
     *
     * @param bounds the bounds, over other symbols, of those symbols that have one
     */
    public boolean isNeverNegative(Map<Symbol, Dim> bounds) {
        return DimBounds.isNeverNegative(this, bounds);
    }

    /** The products of atoms that this is the sum of, with their factors. */
    Map<Monomial, Long> terms() {
        return terms;
    }

    /** What an atom is multiplied with in the terms that have it once. */
    Dim factorOf(Atom atom) {
        Map<Monomial, Long> factor = new TreeMap<>();
        for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
            List<Atom> atoms = new ArrayList<>(term.getKey().atoms());
            if (atoms.remove(atom)) {
                merge(factor, Monomial.of(atoms), term.getValue());
            }
        }
        return new Dim(factor);
    }

    /** Whether an atom, or the symbol that it is, occurs anywhere. */
    boolean mentions(Atom atom) {
        return terms.keySet().stream().flatMap(monomial -> monomial.atoms().stream()).anyMatch(other ->
                other.equals(atom) || other instanceof Atom.Call(String _, Dim left, Dim right)
                && (left.mentions(atom) || right.mentions(atom)));
    }

    /** How another kind of values is computed with. */
    public interface Arithmetic<T> {
        T constant(long value);

        T symbol(Symbol symbol);

        T plus(T left, T right);

        T times(T left, T right);

        /** {@code function} is one of floordiv, mod, min, max, broadcast, repeats; divisors may be 0. */
        T call(String function, T left, T right);
    }

    /** This dim in another arithmetic. */
    public <T> T in(Arithmetic<T> arithmetic) {
        T sum = arithmetic.constant(0);
        for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
            T product = arithmetic.constant(term.getValue());
            for (Atom atom : term.getKey().atoms()) {
                product = arithmetic.times(product, switch (atom) {
                    case Atom.Variable(Symbol symbol) -> arithmetic.symbol(symbol);
                    case Atom.Call(String function, Dim left, Dim right) ->
                            arithmetic.call(function, left.in(arithmetic), right.in(arithmetic));
                });
            }
            sum = arithmetic.plus(sum, product);
        }
        return sum;
    }

    /** The value where each symbol is 256, for choices that depend on how large sizes are; at most 2^53. */
    public long assumed() {
        try {
            return Math.min(MOST_ASSUMED, evaluate(symbol -> ASSUMED));
        } catch (GraphException tooLarge) {
            return MOST_ASSUMED;
        }
    }

    /** The value under an assignment of the symbols. An overflow is a {@link GraphException}. */
    public long evaluate(ToLongFunction<Symbol> values) {
        return exact(() -> {
            long sum = 0;
            for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
                long product = term.getValue();
                for (Atom atom : term.getKey().atoms()) {
                    product = Math.multiplyExact(product, evaluate(atom, values));
                }
                sum = Math.addExact(sum, product);
            }
            return sum;
        });
    }

    private static long evaluate(Atom atom, ToLongFunction<Symbol> values) {
        return switch (atom) {
            case Atom.Variable variable -> values.applyAsLong(variable.symbol());
            case Atom.Call call -> {
                long left = call.left().evaluate(values);
                long right = call.right().evaluate(values);
                if (right <= 0 && (call.function().equals("floordiv") || call.function().equals("mod"))) {
                    throw new GraphException("the size " + call + " divides by " + right);
                }
                yield switch (call.function()) {
                    case "floordiv" -> Math.floorDiv(left, right);
                    case "mod" -> Math.floorMod(left, right);
                    case "min" -> Math.min(left, right);
                    case "max" -> Math.max(left, right);
                    case "broadcast" -> left == 1 ? right : left;
                    case "repeats" -> left == 1 ? right : 1;
                    default -> throw new CompilerBug("no function of sizes is called " + call.function());
                };
            }
        };
    }

    /** This dim with every symbol replaced. */
    public Dim substitute(Function<Symbol, Dim> replacement) {
        return new DimSubstitution(replacement).in(this);
    }

    /** The dim {@code function(left, right)} of a function whose name is one of {@link Atom.Call}'s. */
    static Dim call(String function, Dim left, Dim right) {
        return switch (function) {
            case "floordiv" -> left.floorDiv(right);
            case "mod" -> left.mod(right);
            case "min" -> left.min(right);
            case "max" -> left.max(right);
            case "broadcast" -> left.broadcast(right);
            case "repeats" -> left.repeats(right);
            default -> throw new GraphException("no function of sizes is called \"" + function + "\"");
        };
    }

    /** The symbols in this dim, in order of appearance. */
    public Set<Symbol> symbols() {
        Set<Symbol> symbols = new LinkedHashSet<>();
        for (Monomial monomial : terms.keySet()) {
            for (Atom atom : monomial.atoms()) {
                switch (atom) {
                    case Atom.Variable variable -> symbols.add(variable.symbol());
                    case Atom.Call call -> {
                        symbols.addAll(call.left().symbols());
                        symbols.addAll(call.right().symbols());
                    }
                }
            }
        }
        return Collections.unmodifiableSet(symbols);
    }

    /** The dim that a text names, in the form that {@link #toString} gives. */
    public static Dim parse(String text) {
        return new DimParser(text).parse();
    }

    static void merge(Map<Monomial, Long> terms, Monomial monomial, long coefficient) {
        long sum = exact(() -> Math.addExact(terms.getOrDefault(monomial, 0L), coefficient));
        if (sum == 0) {
            terms.remove(monomial);
        } else {
            terms.put(monomial, sum);
        }
    }

    private static long exact(java.util.function.LongSupplier computation) {
        try {
            return computation.getAsLong();
        } catch (ArithmeticException overflow) {
            throw new GraphException("a size does not fit into 64 bits; use smaller dims", overflow);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dim dim && dim.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The normal form: {@code 2*n+1}, {@code floordiv(n,2)}. */
    @Override
    public String toString() {
        return text;
    }
}
