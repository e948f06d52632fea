package dev.sinter.kernel.schedule;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.Term;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The partial results of a nest's reductions. A sum of products is a chain of fused multiply-adds. */
final class Accumulators {
    private final KernelBuilder k;
    private final Nest nest;
    private final ScalarLowering lowering;

    Accumulators(KernelBuilder builder, Nest nest) {
        this.k = builder;
        this.nest = nest;
        this.lowering = new ScalarLowering(builder);
    }

    private DType dtype(Nest.Reduction reduction) {
        return nest.terms().get(reduction.term()).dtype();
    }

    int count() {
        return nest.reductions().size();
    }

    /** What each reduction starts with. */
    List<Reg> start(int lanes) {
        return nest.reductions().stream().map(reduction -> lowering.identity(reduction.fn(), dtype(reduction),
                lanes)).toList();
    }

    /** The partial results after elements along a reduced axis; what the mask hides does not count. */
    List<Reg> addExisting(List<Reg> partial, TermEmitter.Values values) {
        List<Reg> sums = new ArrayList<>(add(partial, values));
        values.point().mask().ifPresent(mask -> {
            for (int i = 0; i < sums.size(); i++) {
                sums.set(i, k.select(mask, sums.get(i), partial.get(i)));
            }
        });
        return sums;
    }

    /** The partial results after the elements at a point, in every lane. */
    List<Reg> add(List<Reg> partial, TermEmitter.Values values) {
        List<Reg> sums = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            Nest.Reduction reduction = nest.reductions().get(i);
            Reg before = partial.get(i);
            Reg after = factors(reduction)
                    .map(term ->
                            k.fma(values.vector(term.arguments().get(0)),
                                    values.vector(term.arguments().get(1)),
                            before))
                    .orElseGet(() ->
                            lowering.combine(reduction.fn(), dtype(reduction), before,
                                    values.vector(reduction.term())));
            sums.add(after);
        }
        return sums;
    }

    /** The factors of a product that is summed. Those of half floats are elements: other products are rounded. */
    private Optional<Term.Apply> factors(Nest.Reduction reduction) {
        return reduction.fn() == ReduceFn.SUM && nest.terms().get(reduction.term()) instanceof Term.Apply term
                && term.fn() == ScalarFn.MUL && term.dtype().isFloat() && (!term.dtype().isHalf()
                || term.arguments().stream().allMatch(factor -> nest.terms().get(factor) instanceof Term.Element))
                ? Optional.of(term) : Optional.empty();
    }

    /** Several partial results as one: neighbours first. */
    List<Reg> merge(List<List<Reg>> partials) {
        List<List<Reg>> left = partials;
        while (left.size() > 1) {
            List<List<Reg>> next = new ArrayList<>();
            for (int i = 0; i < left.size(); i += 2) {
                next.add(i + 1 < left.size() ? both(left.get(i), left.get(i + 1)) : left.get(i));
            }
            left = next;
        }
        return left.getFirst();
    }

    private List<Reg> both(List<Reg> a, List<Reg> b) {
        List<Reg> merged = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            Nest.Reduction reduction = nest.reductions().get(i);
            merged.add(lowering.combine(reduction.fn(), dtype(reduction), a.get(i), b.get(i)));
        }
        return merged;
    }

    /** The lanes of each partial result as one scalar. */
    List<Reg> fold(List<Reg> partial) {
        List<Reg> scalars = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            Nest.Reduction reduction = nest.reductions().get(i);
            scalars.add(lowering.fold(reduction.fn(), dtype(reduction), partial.get(i)));
        }
        return scalars;
    }
}
