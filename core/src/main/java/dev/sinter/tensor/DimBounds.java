package dev.sinter.tensor;

import dev.sinter.tensor.Dim.Atom;
import dev.sinter.tensor.Dim.Monomial;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What is known of a size of whose symbols some have upper bounds; no symbol is negative. */
final class DimBounds {
    /** How deep a proof may go. */
    private static final int MOST_CASES = 8;

    private DimBounds() {}

    /** A dim without the bounded symbols that is never less. */
    static Dim atMost(Dim dim, Map<Symbol, Dim> bounds) {
        Dim sum = Dim.ZERO;
        for (Map.Entry<Monomial, Long> term : dim.terms().entrySet()) {
            Dim product = Dim.of(term.getValue());
            boolean bounded = false;
            for (Atom atom : term.getKey().atoms()) {
                Dim greatest = atMost(atom, bounds);
                bounded |= !greatest.equals(Dim.ofAtom(atom));
                product = product.times(greatest);
            }
            sum = bounded && term.getValue() < 0 ? sum : sum.plus(product);
        }
        return sum;
    }

    private static Dim atMost(Atom atom, Map<Symbol, Dim> bounds) {
        return switch (atom) {
            case Atom.Variable(Symbol symbol) when bounds.containsKey(symbol) -> bounds.get(symbol).atMost(bounds);
            case Atom.Variable _ -> Dim.ofAtom(atom);
            case Atom.Call(String function, Dim left, Dim right) -> {
                Dim first = left.atMost(bounds);
                Dim second = right.atMost(bounds);
                if (first.equals(left) && second.equals(right)) {
                    yield Dim.ofAtom(atom);
                }
                yield switch (function) {
                    case "floordiv" -> second.equals(right) ? first.floorDiv(right) : first;
                    case "mod" -> second;
                    case "repeats" -> second.max(Dim.ONE);
                    case "broadcast" -> first.max(second);
                    default -> Dim.call(function, first, second);
                };
            }
        };
    }

    /**
     * Whether a dim can be shown never to be negative. What is linear in a bounded symbol is least where that is 0 or
     * greatest; what rises with a minimum is so for both of its sides, and the other way round.
     */
    static boolean isNeverNegative(Dim dim, Map<Symbol, Dim> bounds) {
        return isNeverNegative(dim, bounds, MOST_CASES);
    }

    private static boolean isNeverNegative(Dim dim, Map<Symbol, Dim> bounds, int cases) {
        if (dim.isNeverNegative() || cases == 0) {
            return dim.isNeverNegative();
        }
        Set<Atom> atoms = new LinkedHashSet<>();
        dim.terms().keySet().forEach(monomial -> atoms.addAll(monomial.atoms()));
        for (Atom atom : atoms) {
            Dim factor = dim.factorOf(atom);
            Dim rest = dim.minus(factor.times(Dim.ofAtom(atom)));
            if (!rest.mentions(atom) && !factor.mentions(atom) && isShown(atom, factor, rest, bounds, cases - 1)) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code factor * atom + rest} is shown never to be negative. */
    private static boolean isShown(Atom atom, Dim factor, Dim rest, Map<Symbol, Dim> bounds, int cases) {
        return switch (atom) {
            case Atom.Variable(Symbol symbol) when bounds.containsKey(symbol) -> isNeverNegative(rest, bounds, cases)
                    && isNeverNegative(rest.plus(factor.times(bounds.get(symbol))), bounds, cases);
            case Atom.Variable _ -> false;
            case Atom.Call(String function, Dim left, Dim right) -> {
                boolean rises = factor.isNeverNegative();
                boolean falls = factor.times(-1).isNeverNegative();
                boolean both = function.equals("min") && rises || function.equals("max") && falls;
                boolean either = function.equals("max") && rises || function.equals("min") && falls;
                if (!both && !either) {
                    yield false;
                }
                boolean first = isNeverNegative(rest.plus(factor.times(left)), bounds, cases);
                yield first == both
                        ? isNeverNegative(rest.plus(factor.times(right)), bounds, cases) : first;
            }
        };
    }
}
