package dev.sinter.kernel.schedule;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.Term;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A large reduction to few results, cut into chunks of its outermost axis so that threads can share it: one
 * kernel stores each chunk's partial results, a second combines them. Sizes alone say where the cuts are.
 *
 * @param space    the loops of the nest
 * @param chunk    how much of the outermost reduced axis a chunk takes
 * @param partials a buffer for each reduction: chunks, then the domain
 */
record ReductionSplit(LoopSpace space, Dim chunk, List<Buffer> partials) {
    /** The elements of a chunk, about. */
    private static final long CHUNK = 2 * Choices.TILE;
    private static final long FEW_ROWS = 16;
    private static final long FEW_COLUMNS = 4096;

    static Optional<ReductionSplit> of(Nest nest, LoopSpace space, int vectorAxis, List<Buffer> buffers) {
        if (space.axisCount() == space.domainCount()) {
            return Optional.empty();
        }
        Dim domain = space.points(0, space.domainCount());
        Dim all = space.points(space.domainCount(), space.axisCount());
        Dim inner = space.points(space.domainCount() + 1, space.axisCount());
        boolean along = vectorAxis >= space.domainCount();
        long few = along ? FEW_ROWS : FEW_COLUMNS;
        if (!domain.isConstant() || domain.constant() > few || domain.constant() == 0
                || all.isConstant() && all.constant() * (along ? 1 : domain.constant()) <= 2 * CHUNK) {
            return Optional.empty();
        }
        Dim row = along ? inner : inner.times(domain);
        // Along the cut axis itself a chunk starts with a whole vector.
        long step = vectorAxis == space.domainCount() ? 64 : along ? 1 : 16;
        Dim chunk = Dim.of(CHUNK).floorDiv(row.max(Dim.ONE)).floorDiv(step).times(step).max(Dim.of(step));
        Dim chunks = space.extent(space.domainCount()).plus(chunk).minus(1).floorDiv(chunk);
        List<Buffer> partials = new ArrayList<>();
        for (int i = 0; i < nest.reductions().size(); i++) {
            DType dtype = nest.terms().get(nest.reductions().get(i).term()).dtype().accumulator();
            List<Dim> dims = new ArrayList<>(List.of(chunks));
            dims.addAll(nest.domain());
            partials.add(new Buffer(buffers.size() + i, nest.name() + ".partial" + i,
                    new TensorType(dtype, new Shape(dims)), Layout.ROW_MAJOR, new Buffer.Role.Temporary()));
        }
        return Optional.of(new ReductionSplit(space, chunk, partials));
    }

    Dim chunks() {
        return partials.getFirst().type().shape().dim(0);
    }

    /** How many elements a chunk folds for each point of the domain. */
    Dim chunkPoints() {
        return chunk.times(space.points(space.domainCount() + 1, space.axisCount()));
    }

    /** Stores a chunk's partial results at a point of the domain. */
    void store(KernelBuilder k, List<Integer> arguments, Reg number, Point point, List<Reg> values) {
        Reg offset = k.mul(number, k.size(space.points(0, space.domainCount())));
        for (int axis = 0; axis < space.domainCount(); axis++) {
            offset = k.add(offset,
                    k.mul(point.at().get(axis), k.size(space.points(axis + 1, space.domainCount()))));
        }
        boolean neighbours = point.axis() < 0 || point.axis() == space.domainCount() - 1;
        for (int i = 0; i < values.size(); i++) {
            if (neighbours) {
                k.store(arguments.get(i), offset, values.get(i), point.mask());
            } else {
                Reg stride = k.size(space.points(point.axis() + 1, space.domainCount()));
                Reg lane = k.lanes(dev.sinter.kernel.RegType.Kind.I64, point.lanes());
                k.scatter(arguments.get(i), k.add(k.splat(offset, point.lanes()),
                        k.mul(lane, k.splat(stride, point.lanes()))), values.get(i), point.mask());
            }
        }
    }

    /**
     * The nest that combines partial results and goes on as the original.
     *
     * @param partials a buffer for each reduction: chunks, then the domain
     */
    static Nest second(Nest nest, List<Buffer> partials) {
        int rank = nest.domain().size();
        List<Nest.Input> inputs = new ArrayList<>();
        List<Term> terms = new ArrayList<>();
        for (Nest.Input input : nest.inputs()) {
            inputs.add(new Nest.Input(input.buffer(), domainOnly(input.map(), rank)));
        }
        List<Nest.Reduction> reductions = new ArrayList<>();
        for (int i = 0; i < partials.size(); i++) {
            List<Coordinate> coordinates = new ArrayList<>(List.of(Coordinate.axis(rank, rank + 1)));
            for (int axis = 0; axis < rank; axis++) {
                coordinates.add(Coordinate.axis(axis, rank + 1));
            }
            inputs.add(new Nest.Input(partials.get(i).id(), new IndexMap(coordinates)));
            terms.add(new Term.Element(inputs.size() - 1, partials.get(i).type().dtype()));
            reductions.add(new Nest.Reduction(nest.reductions().get(i).fn(), i));
        }
        boolean[] used = Used.by(nest, Used.stored(nest));
        int[] moved = new int[used.length];
        for (int i = 0; i < used.length; i++) {
            if (used[i]) {
                moved[i] = terms.size();
                terms.add(Used.renumber(nest.terms().get(i), moved));
            }
        }
        List<Nest.Output> outputs = nest.outputs().stream()
                .map(out -> new Nest.Output(out.buffer(), out.map(), moved[out.term()])).toList();
        Dim chunks = partials.getFirst().type().shape().dim(0);
        return Used.inputsOf(new Nest(nest.name() + ".total", nest.domain(), List.of(chunks), inputs, terms,
                reductions, outputs));
    }

    private static IndexMap domainOnly(IndexMap map, int rank) {
        return new IndexMap(map.coordinates().stream().map(coordinate -> {
            List<Dim> coefficients = new ArrayList<>(coordinate.coefficients().subList(0,
                    Math.min(rank, coordinate.coefficients().size())));
            while (coefficients.size() < rank + 1) {
                coefficients.add(Dim.ZERO);
            }
            return new Coordinate(coordinate.constant(), coefficients, coordinate.indirect());
        }).toList());
    }
}
