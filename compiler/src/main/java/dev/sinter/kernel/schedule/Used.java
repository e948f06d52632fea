package dev.sinter.kernel.schedule;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.IndexMap.Indirect;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import java.util.ArrayList;
import java.util.List;

/** Leaves out the inputs of a nest that no term reads. */
final class Used {
    private Used() {}

    static Nest inputsOf(Nest nest) {
        boolean[] used = new boolean[nest.inputs().size()];
        for (Term term : nest.terms()) {
            if (term instanceof Term.Element(int input, var dtype)) {
                used[input] = true;
                nest.inputs().get(input).map().coordinates()
                        .forEach(at -> at.indirect().ifPresent(indirect -> used[indirect.input()] = true));
            }
        }
        int[] moved = new int[used.length];
        int count = 0;
        for (int i = 0; i < used.length; i++) {
            moved[i] = count;
            count += used[i] ? 1 : 0;
        }
        List<Nest.Input> inputs = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            if (used[i]) {
                Nest.Input input = nest.inputs().get(i);
                inputs.add(new Nest.Input(input.buffer(), moved(input.map(), moved)));
            }
        }
        List<Term> terms = nest.terms().stream().map(term -> term instanceof Term.Element(int input, var dtype)
                ? new Term.Element(moved[input], dtype) : term).toList();
        return new Nest(nest.name(), nest.domain(), nest.reduced(), inputs, terms, nest.reductions(), nest.outputs());
    }

    private static IndexMap moved(IndexMap map, int[] moved) {
        return new IndexMap(map.coordinates().stream().map(at -> new Coordinate(at.constant(), at.coefficients(),
                at.indirect().map(indirect -> new Indirect(moved[indirect.input()], indirect.limit())))).toList());
    }
}
