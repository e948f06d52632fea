package dev.sinter.kernel.schedule;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.IndexMap.Indirect;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import java.util.ArrayList;
import java.util.List;

/** Which terms and inputs of a nest matter. */
final class Used {
    private Used() {}

    /** The terms that some terms need, themselves included. */
    static boolean[] by(Nest nest, List<Integer> wanted) {
        boolean[] used = new boolean[nest.terms().size()];
        wanted.forEach(term -> used[term] = true);
        for (int term = used.length - 1; term >= 0; term--) {
            if (used[term]) {
                TermEmitter.arguments(nest.terms().get(term)).forEach(argument -> used[argument] = true);
            }
        }
        return used;
    }

    /** The terms that the reductions fold. */
    static List<Integer> folded(Nest nest) {
        return nest.reductions().stream().map(Nest.Reduction::term).toList();
    }

    /** The terms that the outputs store. */
    static List<Integer> stored(Nest nest) {
        return nest.outputs().stream().map(Nest.Output::term).toList();
    }

    /** The nest with the terms that matter alone, and the inputs that they read. */
    static Nest trimmed(Nest nest) {
        List<Integer> wanted = new ArrayList<>(folded(nest));
        wanted.addAll(stored(nest));
        return keep(nest, by(nest, wanted), nest.outputs());
    }

    /** The nest up to its reductions. */
    static Nest withoutOutputs(Nest nest) {
        return keep(nest, by(nest, folded(nest)), List.of());
    }

    private static Nest keep(Nest nest, boolean[] used, List<Nest.Output> outputs) {
        int[] moved = new int[used.length];
        List<Term> terms = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            if (used[i]) {
                moved[i] = terms.size();
                terms.add(renumber(nest.terms().get(i), moved));
            }
        }
        return inputsOf(new Nest(nest.name(), nest.domain(), nest.reduced(), nest.inputs(), terms,
                nest.reductions().stream().map(r -> new Nest.Reduction(r.fn(), moved[r.term()])).toList(),
                outputs.stream().map(out -> new Nest.Output(out.buffer(), out.map(), moved[out.term()]))
                        .toList()));
    }

    /** A term whose arguments have moved. */
    static Term renumber(Term term, int[] moved) {
        return switch (term) {
            case Term.Apply(var fn, var dtype, var arguments) ->
                    new Term.Apply(fn, dtype, arguments.stream().map(argument -> moved[argument]).toList());
            case Term.Cast(var dtype, int argument) -> new Term.Cast(dtype, moved[argument]);
            case Term.Bits(var dtype, int argument) -> new Term.Bits(dtype, moved[argument]);
            case Term.Check check ->
                    new Term.Check(check.site(), check.size(), moved[check.index()], moved[check.position()]);
            case Term.Random r ->
                    new Term.Random(r.graphSeed(), r.opSeed(), r.word(), moved[r.index()], moved[r.run()]);
            case Term.Element other -> other;
            case Term.Position other -> other;
            case Term.Literal other -> other;
            case Term.Size other -> other;
            case Term.Reduced other -> other;
        };
    }

    /** The nest without the inputs that neither a term nor the place of an output reads. */
    static Nest inputsOf(Nest nest) {
        boolean[] used = new boolean[nest.inputs().size()];
        for (Term term : nest.terms()) {
            if (term instanceof Term.Element(int input, var dtype)) {
                used[input] = true;
                markStarts(nest.inputs().get(input).map(), used);
            }
        }
        nest.outputs().forEach(output -> markStarts(output.map(), used));
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
        List<Term> terms = nest.terms().stream()
                .map(term -> term instanceof Term.Element(int input, var dtype)
                ? new Term.Element(moved[input], dtype) : term).toList();
        List<Nest.Output> outputs = nest.outputs().stream()
                .map(out -> new Nest.Output(out.buffer(), moved(out.map(), moved), out.term())).toList();
        return new Nest(nest.name(), nest.domain(), nest.reduced(), inputs, terms, nest.reductions(),
                outputs);
    }

    private static void markStarts(IndexMap map, boolean[] used) {
        map.coordinates().forEach(at -> at.indirect().ifPresent(indirect -> used[indirect.input()] = true));
    }

    private static IndexMap moved(IndexMap map, int[] moved) {
        return new IndexMap(map.coordinates().stream()
                .map(at -> new Coordinate(at.constant(), at.coefficients(),
                at.indirect().map(indirect -> new Indirect(moved[indirect.input()], indirect.limit()))))
                        .toList());
    }
}
