package dev.sinter.kernel;

import dev.sinter.op.ReduceFn;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The unscheduled form of a kernel: for each point of a domain a scalar body, reductions of it over further
 * axes, a body on the reductions' results, and stores. It says what is computed and not in which order.
 *
 * <p>Without reductions every term is computed once a point of the domain. With reductions, the terms that
 * they fold are computed at each point of domain and reduced axes; terms that use a {@link Term.Reduced} and
 * the outputs' terms are computed once a point of the domain and read inputs whose maps use its axes alone.
 * A contraction is a nest with one sum of products of two elements; its epilogue is the body that follows.
 *
 * @param name       of the kernel, for texts
 * @param domain     the sizes of the parallel axes
 * @param reduced    the sizes of the reduced axes, numbered after those of the domain
 * @param inputs     the buffers that are read
 * @param terms      the body, each term after its arguments
 * @param reductions what is folded over the reduced axes
 * @param outputs    what is stored
 */
public record Nest(String name, List<Dim> domain, List<Dim> reduced, List<Input> inputs, List<Term> terms,
        List<Reduction> reductions, List<Output> outputs) {

    /** A buffer of the plan, read through a map over all axes of the nest. */
    public record Input(int buffer, IndexMap map) {}

    /** A fold of a term over all reduced axes. */
    public record Reduction(ReduceFn fn, int term) {}

    /**
     * A store of a term into a buffer of the plan, through an injective map over the domain's axes. Where a start of
     * the map is read at axes, these may lead to one place several times, and the term may be made of what lies there;
     * or it is made of the element before, along an axis: then such axes are walked in order.
     */
    public record Output(int buffer, IndexMap map, int term) {}

    public Nest {
        domain = List.copyOf(domain);
        reduced = List.copyOf(reduced);
        inputs = List.copyOf(inputs);
        terms = List.copyOf(terms);
        reductions = List.copyOf(reductions);
        outputs = List.copyOf(outputs);
    }

    public int axisCount() {
        return domain.size() + reduced.size();
    }

    /**
     * The same with the axes of the domain in another order.
     *
     * @param order for each axis of the domain the one that it has been
     */
    public Nest turned(List<Integer> order) {
        List<Integer> all = new ArrayList<>(order);
        IntStream.range(order.size(), axisCount()).forEach(all::add);
        return new Nest(name, order.stream().map(domain::get).toList(), reduced,
                inputs.stream().map(input -> new Input(input.buffer(), input.map().turned(all))).toList(),
                terms.stream().map(term -> term instanceof Term.Position(int axis)
                        ? new Term.Position(all.indexOf(axis)) : term).toList(), reductions,
                outputs.stream().map(output -> new Output(output.buffer(), output.map().turned(all), output.term()))
                        .toList());
    }
}
