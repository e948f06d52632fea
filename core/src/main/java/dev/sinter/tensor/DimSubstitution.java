package dev.sinter.tensor;

import dev.sinter.tensor.Dim.Atom;
import dev.sinter.tensor.Dim.Monomial;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Dims in the place of symbols. What has no such symbol stays the object that it is. */
final class DimSubstitution {
    private final Function<Symbol, Dim> replacement;

    DimSubstitution(Function<Symbol, Dim> replacement) {
        this.replacement = replacement;
    }

    Dim in(Dim dim) {
        Map<Monomial, Long> sum = new TreeMap<>();
        boolean same = true;
        for (Map.Entry<Monomial, Long> term : dim.terms().entrySet()) {
            Optional<Dim> product = in(term.getKey().atoms());
            same &= product.isEmpty();
            if (product.isEmpty()) {
                Dim.merge(sum, term.getKey(), term.getValue());
            } else {
                product.get().times(term.getValue()).terms()
                        .forEach((monomial, coefficient) -> Dim.merge(sum, monomial, coefficient));
            }
        }
        return same ? dim : new Dim(sum);
    }

    /** The product of atoms; empty where none changes. */
    private Optional<Dim> in(List<Atom> atoms) {
        List<Optional<Dim>> factors = atoms.stream().map(this::in).toList();
        if (factors.stream().allMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        Dim product = Dim.ONE;
        for (int i = 0; i < atoms.size(); i++) {
            Atom atom = atoms.get(i);
            product = product.times(factors.get(i).orElseGet(() -> Dim.ofAtom(atom)));
        }
        return Optional.of(product);
    }

    private Optional<Dim> in(Atom atom) {
        return switch (atom) {
            case Atom.Variable(Symbol symbol) -> {
                Dim value = replacement.apply(symbol);
                yield value.asSymbol().filter(symbol::equals).isPresent() ? Optional.empty() : Optional.of(value);
            }
            case Atom.Call(String function, Dim left, Dim right) -> {
                Dim first = in(left);
                Dim second = in(right);
                yield first == left && second == right ? Optional.empty()
                        : Optional.of(Dim.call(function, first, second));
            }
        };
    }
}
