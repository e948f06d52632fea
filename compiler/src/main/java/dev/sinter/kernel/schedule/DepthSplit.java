package dev.sinter.kernel.schedule;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.op.ReduceFn;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A product whose right operand is a variable that the same program updates in place: its sums are cut so that each
 * thread reads the rows of the variable that it also writes. They stay in that thread's caches from run to run, where a
 * cut along the result's rows would send half of them from core to core twice a run. One kernel stores the sums of each
 * part, a second adds them up and goes on as the original. Where columns are many, threads own columns, and nothing
 * needs to be cut.
 *
 * @param parts the product, with the part as the outermost axis
 * @param total the nest that adds the parts up
 * @param sums  the parts' sums
 */
record DepthSplit(Nest parts, Nest total, Buffer sums) {
    /** The rows of a part, at least. */
    private static final long LEAST_DEPTH = 256;
    /** The elements of a variable that is worth a cut, at least. */
    private static final long LEAST_ELEMENTS = 16384;
    /** So many times the rows of the result does a variable have at least, where both are known. */
    private static final long DEEPER = 8;
    /** The elements that a tile adds up: few, since most of them come from another core. */
    private static final long TOTAL_TILE = 1024;

    /**
     * The cut of a product, where one pays.
     *
     * @param groupWidth the columns that a tile takes
     */
    static Optional<DepthSplit> of(Nest nest, MatrixProduct product, long groupWidth, List<Buffer> buffers,
            Target target) {
        int rank = nest.domain().size();
        if (nest.reduced().size() != 1 || !product.outer().isEmpty() || product.row() < 0
                || !isUpdatedInPlace(buffers.get(nest.inputs().get(product.right()).buffer()), buffers)) {
            return Optional.empty();
        }
        OptionalLong depth = nest.reduced().getFirst().asConstant();
        OptionalLong columns = product.space().extent(product.column()).asConstant();
        OptionalLong rows = product.space().extent(product.row()).asConstant();
        if (depth.isEmpty() || columns.isEmpty() || columns.getAsLong() > groupWidth
                || depth.getAsLong() * columns.getAsLong() < LEAST_ELEMENTS
                || rows.isPresent() && rows.getAsLong() * DEEPER > depth.getAsLong()) {
            return Optional.empty();
        }
        long count = Long.highestOneBit(target.threads());
        while (count > 1 && (depth.getAsLong() % count != 0 || depth.getAsLong() / count < LEAST_DEPTH)) {
            count /= 2;
        }
        return count > 1 ? Optional.of(split(nest, rank, Dim.of(count), buffers)) : Optional.empty();
    }

    private static boolean isUpdatedInPlace(Buffer operand, List<Buffer> buffers) {
        return operand.role() instanceof Buffer.Role.State(String variable) && buffers.stream()
                .anyMatch(other -> other.role().equals(new Buffer.Role.NextState(variable, true)));
    }

    private static DepthSplit split(Nest nest, int rank, Dim count, List<Buffer> buffers) {
        Dim chunk = nest.reduced().getFirst().floorDiv(count);
        Nest front = Used.withoutOutputs(nest);
        int product = front.reductions().getFirst().term();
        List<Dim> domain = new ArrayList<>(List.of(count));
        domain.addAll(nest.domain());
        Buffer sums = new Buffer(buffers.size(), nest.name() + ".parts",
                new TensorType(front.terms().get(product).dtype().accumulator(), new Shape(domain)), Layout.ROW_MAJOR,
                new Buffer.Role.Temporary());
        List<Term> terms = new ArrayList<>(front.terms());
        terms.add(new Term.Reduced(0, sums.type().dtype()));
        Nest parts = new Nest(sums.name(), domain, List.of(chunk),
                front.inputs().stream().map(input -> new Nest.Input(input.buffer(), cut(input.map(), rank, chunk)))
                        .toList(),
                terms, List.of(new Nest.Reduction(ReduceFn.SUM, product)),
                List.of(new Nest.Output(sums.id(), IndexMap.identity(rank + 1, rank + 1), terms.size() - 1)));
        return new DepthSplit(parts, ReductionSplit.second(nest, List.of(sums)), sums);
    }

    /** A map over the parts, the domain and the rows of a part. */
    private static IndexMap cut(IndexMap map, int rank, Dim chunk) {
        return new IndexMap(map.coordinates().stream().map(coordinate -> {
            List<Dim> coefficients = new ArrayList<>();
            coefficients.add(coordinate.coefficients().get(rank).times(chunk));
            coefficients.addAll(coordinate.coefficients());
            return new Coordinate(coordinate.constant(), coefficients, coordinate.indirect());
        }).toList());
    }

    /** The buffers and the sums. */
    List<Buffer> buffers(List<Buffer> before) {
        List<Buffer> all = new ArrayList<>(before);
        all.add(sums);
        return all;
    }

    /** The kernels of the parts, then those that add them up. */
    Scheduled after(Scheduled product, List<Buffer> buffers, Target target) {
        Scheduled last = ReductionSchedule.whole(total, buffers(buffers), target, TOTAL_TILE);
        List<Scheduled.Launch> launches = new ArrayList<>(product.launches());
        launches.addAll(last.launches());
        List<Buffer> temporaries = new ArrayList<>(List.of(sums));
        temporaries.addAll(product.temporaries());
        return new Scheduled(launches, temporaries);
    }
}
