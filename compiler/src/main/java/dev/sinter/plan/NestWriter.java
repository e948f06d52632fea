package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.IndexMap.Indirect;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.op.Bitcast;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.DimSize;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.Iota;
import dev.sinter.op.Map;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;

/** Writes a region down as a nest: every op inside becomes terms at the coordinates where it is needed. */
final class NestWriter {
    /** A start that is clamped along every axis that has an element, and stays far from overflow in sums with sizes. */
    private static final long BEYOND_ANY_AXIS = 1L << 62;

    private record Place(Value value, List<Coordinate> at) {}

    private final Region region;
    private final RegionGraph graph;
    private final ToIntFunction<Value> bufferOf;
    private final int axisCount;
    private final List<Nest.Input> inputs = new ArrayList<>();
    private final List<Term> terms = new ArrayList<>();
    private final List<Nest.Reduction> reductions = new ArrayList<>();
    private final List<Nest.Output> outputs = new ArrayList<>();
    private final java.util.Map<Nest.Input, Integer> inputNumbers = new HashMap<>();
    private final java.util.Map<Term, Integer> termNumbers = new HashMap<>();
    private final java.util.Map<Place, Integer> places = new HashMap<>();
    private final List<Coordinate> point;

    /**
     * A writer for one region.
     *
     * @param bufferOf the buffer in which the region finds a leaf
     */
    NestWriter(Region region, RegionGraph graph, ToIntFunction<Value> bufferOf) {
        this.region = region;
        this.graph = graph;
        this.bufferOf = bufferOf;
        this.axisCount = region.domain().size() + region.reduced().size();
        this.point = IndexMap.identity(region.domain().size(), axisCount).coordinates();
    }

    Nest write(String name, List<Store> stores) {
        for (Store store : stores) {
            List<Coordinate> at = store.isFill() ? List.of() : point;
            int term = graph.copies(region, store.value()) && !store.isFill()
                    ? element(store.value(), at) : term(store.value(), at);
            IndexMap place = placed(store.placement());
            outputs.add(new Nest.Output(store.buffer(), place, combined(store, place, term)));
        }
        return new Nest(name, region.domain(), region.reduced(), inputs, terms, reductions, outputs);
    }

    /** What is written: a term, or what it makes of an element that has been written before. */
    private int combined(Store store, IndexMap place, int term) {
        return switch (store.placement()) {
            case Store.Scattered scattered -> scattered.how().fn()
                    .map(fn -> apply(fn, store.value().dtype(), before(store, place), term)).orElse(term);
            case Store.Chain chain -> chained(store, chain, place, term);
            case Store.Whole _, Store.Box _, Store.Fill _, Store.Window _ -> term;
        };
    }

    private int chained(Store store, Store.Chain chain, IndexMap place, int term) {
        DType dtype = store.value().dtype();
        List<Coordinate> coordinates = new ArrayList<>(place.coordinates());
        coordinates.set(chain.axis(), point.get(chain.axis()));
        int before = before(store, new IndexMap(coordinates));
        return switch (chain.form()) {
            case LINEAR -> apply(ScalarFn.ADD, dtype, apply(ScalarFn.MUL, dtype,
                    term(chain.factors().orElseThrow(), point), before), term);
            case SUM -> apply(ScalarFn.ADD, dtype, before, term);
            case PROD -> apply(ScalarFn.MUL, dtype, before, term);
            case MAX -> apply(ScalarFn.MAX, dtype, before, term);
            case MIN -> apply(ScalarFn.MIN, dtype, before, term);
        };
    }

    /** An element of what a store writes. */
    private int before(Store store, IndexMap place) {
        inputs.add(new Nest.Input(store.buffer(), place));
        return add(new Term.Element(inputs.size() - 1, store.value().dtype()));
    }

    private int apply(ScalarFn fn, DType dtype, int x, int y) {
        return add(new Term.Apply(fn, dtype, List.of(x, y)));
    }

    private IndexMap placed(Store.Placement placement) {
        List<Coordinate> coordinates = new ArrayList<>();
        switch (placement) {
            case Store.Whole whole -> coordinates.addAll(point);
            case Store.Box box -> {
                for (int axis = 0; axis < point.size(); axis++) {
                    coordinates.add(Accesses.affine(box.offsets().get(axis), Dim.of(box.strides().get(axis)),
                            point.get(axis)));
                }
            }
            case Store.Fill fill -> {
                for (int axis = 0; axis < point.size(); axis++) {
                    coordinates.add(Accesses.affine(fill.offsets().get(axis), Dim.ONE, point.get(axis)));
                }
            }
            case Store.Window window -> coordinates.addAll(shifted(point, window.starts(), window.room()));
            case Store.Scattered written ->
                    coordinates.addAll(indexed(written.gather(), point, written.indices(), written.shape()));
            case Store.Chain chain -> {
                coordinates.addAll(point);
                coordinates.set(chain.axis(), Accesses.affine(Dim.ONE, Dim.ONE, point.get(chain.axis())));
            }
        }
        return new IndexMap(coordinates);
    }

    /** Where a gather reads a tensor of a shape. */
    private List<Coordinate> indexed(Gather gather, List<Coordinate> at, List<Value> indices, Shape shape) {
        int rank = indices.getFirst().rank();
        List<Integer> places = gather.places(shape.rank(), rank);
        List<Coordinate> result = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (places.get(axis) >= 0) {
                result.add(at.get(places.get(axis)));
            } else {
                Coordinate start = Coordinate.constant(Dim.ZERO, axisCount);
                int input = input(indices.get(-1 - places.get(axis)), at.subList(0, rank));
                result.add(new Coordinate(start.constant(), start.coefficients(),
                        Optional.of(new Indirect(input, shape.dim(axis).minus(1)))));
            }
        }
        return result;
    }

    private List<Coordinate> shifted(List<Coordinate> at, List<Value> starts, List<Dim> room) {
        List<Coordinate> result = new ArrayList<>();
        for (int axis = 0; axis < at.size(); axis++) {
            Coordinate coordinate = at.get(axis);
            OptionalLong known = Constants.integer(starts.get(axis));
            if (known.isPresent()) {
                Dim start = known.getAsLong() <= 0 ? Dim.ZERO
                        : Dim.of(Math.min(known.getAsLong(), BEYOND_ANY_AXIS)).min(room.get(axis));
                coordinate = Accesses.affine(start, Dim.ONE, coordinate);
            } else if (!room.get(axis).isConstant(0)) {
                int input = input(starts.get(axis), List.of());
                coordinate = new Coordinate(coordinate.constant(), coordinate.coefficients(),
                        Optional.of(new Indirect(input, room.get(axis))));
            }
            result.add(coordinate);
        }
        return result;
    }

    /** The term of a value at coordinates; of a root at the point of the domain, the one all readers share. */
    private int term(Value value, List<Coordinate> at) {
        Place place = new Place(value, at);
        Integer known = places.get(place);
        if (known != null) {
            return known;
        }
        boolean own = graph.home(value).filter(home -> home == region).isPresent() && at.equals(point);
        int term = graph.isLeaf(value) && !own ? element(value, at) : compute(value, at);
        places.put(place, term);
        return term;
    }

    private int element(Value leaf, List<Coordinate> at) {
        return add(new Term.Element(input(leaf, at), leaf.dtype()));
    }

    private int input(Value leaf, List<Coordinate> at) {
        if (!graph.isLeaf(leaf)) {
            throw new CompilerBug(leaf + " is read from memory but lies nowhere");
        }
        Nest.Input input = new Nest.Input(bufferOf.applyAsInt(leaf), new IndexMap(at));
        return inputNumbers.computeIfAbsent(input, key -> {
            inputs.add(key);
            return inputs.size() - 1;
        });
    }

    private int compute(Value value, List<Coordinate> at) {
        return switch (graph.flow().category(value)) {
            case ELEMENTWISE -> elementwise(value, at);
            case GENERATOR -> generate(value, at);
            case ACCESS -> access(value, at);
            case REDUCE, CONTRACT -> fold(value);
            case SOURCE, VIEW, ASSEMBLE, HOST, NONE -> throw new CompilerBug(value + " has no scalar form");
        };
    }

    private int elementwise(Value value, List<Coordinate> at) {
        List<Integer> arguments = graph.flow().operands(value).stream().map(operand -> term(operand, at)).toList();
        return switch (value.op()) {
            case Map map -> add(new Term.Apply(map.fn(), value.dtype(), arguments));
            case CheckIndex check -> add(new Term.Check(check.site(), check.size(), arguments.getFirst(),
                    rowMajor(value, at)));
            case Convert convert -> add(new Term.Cast(convert.dtype(), arguments.getFirst()));
            case Bitcast bitcast -> add(new Term.Bits(bitcast.dtype(), arguments.getFirst()));
            default -> throw new CompilerBug(value + " is not computed from elements");
        };
    }

    private int generate(Value value, List<Coordinate> at) {
        return switch (value.op()) {
            case Constant constant -> add(new Term.Literal(value.dtype(),
                    Constants.splat(constant.array()).orElseThrow()));
            case DimSize size -> add(new Term.Size(size.dim()));
            case Iota iota -> cast(coordinate(at.get(iota.axis())), value.dtype());
            case RandomBits bits -> {
                int run = term(graph.flow().operand(value, 0), List.of());
                yield add(new Term.Random(bits.graphSeed(), bits.opSeed(), bits.word(), rowMajor(value, at), run));
            }
            default -> throw new CompilerBug(value + " is not computed from an index");
        };
    }

    private int access(Value value, List<Coordinate> at) {
        Value operand = graph.flow().operand(value, 0);
        if (value.op() instanceof DynamicSlice slice) {
            List<Value> operands = graph.flow().operands(value);
            return element(operand, shifted(at, operands.subList(1, operands.size()),
                    Accesses.room(operand.shape(), slice.shape())));
        }
        if (value.op() instanceof Gather gather) {
            List<Value> operands = graph.flow().operands(value);
            return element(operand, indexed(gather, at, operands.subList(1, operands.size()), operand.shape()));
        }
        return term(operand, Accesses.operand(value, at, axisCount));
    }

    private int fold(Value value) {
        int body;
        ReduceFn fn;
        if (value.op() instanceof Contract contract) {
            fn = ReduceFn.SUM;
            int x = term(graph.flow().operand(value, 0), lettered(contract, contract.lhs()));
            int y = term(graph.flow().operand(value, 1), lettered(contract, contract.rhs()));
            body = add(new Term.Apply(ScalarFn.MUL, value.dtype(), List.of(x, y)));
        } else {
            Reduce reduce = (Reduce) value.op();
            fn = reduce.fn();
            List<Coordinate> coordinates = new ArrayList<>();
            int next = 0;
            for (int axis = 0; axis < value.operand(0).rank(); axis++) {
                int folded = reduce.axes().indexOf(axis);
                coordinates.add(axis(folded >= 0 ? region.domain().size() + folded : next));
                next += folded >= 0 ? 0 : 1;
            }
            body = term(graph.flow().operand(value, 0), coordinates);
        }
        if (region.reduced().isEmpty()) {
            return body;
        }
        Nest.Reduction reduction = new Nest.Reduction(fn, body);
        int number = reductions.indexOf(reduction);
        if (number < 0) {
            reductions.add(reduction);
            number = reductions.size() - 1;
        }
        return add(new Term.Reduced(number, value.dtype()));
    }

    private List<Coordinate> lettered(Contract contract, String letters) {
        List<Coordinate> coordinates = new ArrayList<>();
        String summed = contract.summed();
        for (char letter : letters.toCharArray()) {
            int kept = contract.out().indexOf(letter);
            coordinates.add(axis(kept >= 0 ? kept : region.domain().size() + summed.indexOf(letter)));
        }
        return coordinates;
    }

    private Coordinate axis(int axis) {
        return Coordinate.axis(axis, axisCount);
    }

    /** A coordinate as an {@code int64} term. */
    private int coordinate(Coordinate coordinate) {
        if (coordinate.indirect().isPresent()) {
            throw new CompilerBug("an index with a computed start is used as a number");
        }
        List<Integer> summands = new ArrayList<>();
        for (int axis = 0; axis < axisCount; axis++) {
            Dim coefficient = coordinate.coefficients().get(axis);
            if (!coefficient.isConstant(0)) {
                int position = add(new Term.Position(axis));
                summands.add(scaled(position, coefficient));
            }
        }
        if (!coordinate.constant().isConstant(0) || summands.isEmpty()) {
            summands.add(size(coordinate.constant()));
        }
        return sum(summands);
    }

    private int rowMajor(Value value, List<Coordinate> at) {
        List<Dim> strides = Layout.RowMajor.strides(value.shape());
        List<Coordinate> parts = new ArrayList<>(at);
        Coordinate index = new Coordinate(Dim.ZERO, Collections.nCopies(axisCount, Dim.ZERO), Optional.empty());
        for (int axis = 0; axis < parts.size(); axis++) {
            index = Accesses.sum(index, Accesses.affine(Dim.ZERO, strides.get(axis), parts.get(axis)));
        }
        return coordinate(index);
    }

    private int scaled(int term, Dim factor) {
        return factor.isConstant(1) ? term : apply(ScalarFn.MUL, term, size(factor));
    }

    private int sum(List<Integer> summands) {
        int total = summands.getFirst();
        for (int summand : summands.subList(1, summands.size())) {
            total = apply(ScalarFn.ADD, total, summand);
        }
        return total;
    }

    private int apply(ScalarFn fn, int x, int y) {
        return apply(fn, DType.INT64, x, y);
    }

    private int size(Dim dim) {
        return dim.isConstant() ? add(new Term.Literal(DType.INT64, dim.constant())) : add(new Term.Size(dim));
    }

    private int cast(int term, DType dtype) {
        return dtype == DType.INT64 ? term : add(new Term.Cast(dtype, term));
    }

    private int add(Term term) {
        return termNumbers.computeIfAbsent(term, key -> {
            terms.add(key);
            return terms.size() - 1;
        });
    }
}
