package dev.sinter.testkit;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Combination;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Map;
import dev.sinter.op.Gather;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Random ops whose result has a given type, with the types that their operands then have. */
final class RandomOps {
    /** Sizes of longer texts are not made more complex. */
    private static final int MOST_TEXT = 40;
    private static final TensorType INDEX = new TensorType(DType.INT64, Shape.SCALAR);

    private static final List<Combination> COMBINATIONS = List.of(Combination.ADD, Combination.SET, Combination.MAX);

    /** The kinds of ops on tensors alone that have operands. */
    static final List<Class<? extends Op>> KINDS = List.of(Map.class, Convert.class, Broadcast.class,
            Reshape.class, Transpose.class, Reverse.class, Slice.class, Windows.class, DynamicSlice.class,
            DynamicUpdateSlice.class, Gather.class, Scatter.class, Recurrence.class, Pad.class, Concat.class,
            Reduce.class, Contract.class, RandomBits.class, StopGradient.class);

    /** An op and the types of its operands. */
    record Sample(Op op, List<TensorType> operands) {
        Sample(Op op, TensorType... operands) {
            this(op, List.of(operands));
        }
    }

    private final RandomValues values;

    RandomOps(RandomValues values) {
        this.values = values;
    }

    /** An op of a kind; empty where none gives such a result. */
    Optional<Sample> sample(Class<? extends Op> kind, TensorType result) {
        if (kind == Map.class) {
            return map(values.pick(List.of(ScalarFn.values())), result);
        } else if (kind == Convert.class) {
            return Optional.of(new Sample(new Convert(result.dtype()), result.withDtype(values.dtype())));
        } else if (kind == Broadcast.class) {
            return Optional.of(broadcast(result));
        } else if (kind == Reshape.class) {
            return Optional.of(new Sample(new Reshape(result.shape()),
                    result.withShape(reshaped(result.shape()))));
        } else if (kind == Transpose.class) {
            return Optional.of(transpose(result));
        } else if (kind == Reverse.class) {
            return Optional.of(new Sample(new Reverse(subset(result.rank())), result));
        } else if (kind == Slice.class) {
            return Optional.of(slice(result));
        } else if (kind == Windows.class) {
            return windows(result);
        } else if (kind == DynamicSlice.class) {
            return Optional.of(dynamicSlice(result));
        } else if (kind == DynamicUpdateSlice.class) {
            return Optional.of(dynamicUpdateSlice(result));
        } else if (kind == Gather.class) {
            return Optional.of(gather(result));
        } else if (kind == Recurrence.class) {
            return recurrence(result);
        } else if (kind == Scatter.class) {
            return scatter(result);
        } else if (kind == Pad.class) {
            return Optional.of(pad(result));
        } else if (kind == Concat.class) {
            return result.rank() == 0 ? Optional.empty() : Optional.of(concat(result));
        } else if (kind == Reduce.class) {
            return Optional.of(reduce(result));
        } else if (kind == Contract.class) {
            return result.dtype() == DType.BOOL || result.rank() > 6 ? Optional.empty()
                    : Optional.of(contract(result));
        } else if (kind == RandomBits.class) {
            return result.dtype() != DType.INT32 ? Optional.empty()
                    : Optional.of(new Sample(new RandomBits(values.random().nextInt(3),
                            values.random().nextInt(3), values.random().nextInt(4), result.shape()), INDEX));
        } else if (kind == StopGradient.class) {
            return Optional.of(new Sample(new StopGradient(), result));
        }
        return Optional.empty();
    }

    /** A scalar function; empty where it does not give such a result. */
    Optional<Sample> map(ScalarFn fn, TensorType result) {
        boolean compares = switch (fn) {
            case EQ, NE, LT, LE, GT, GE, IS_NAN, IS_FINITE -> true;
            default -> false;
        };
        if (compares && result.dtype() != DType.BOOL) {
            return Optional.empty();
        }
        DType operand = compares ? values.dtype() : result.dtype();
        if (!fn.takes(operand)) {
            return Optional.empty();
        }
        List<TensorType> operands = new ArrayList<>(Collections.nCopies(fn.arity(),
                result.withDtype(operand)));
        if (fn == ScalarFn.SELECT) {
            operands.set(0, result.withDtype(DType.BOOL));
        }
        return Optional.of(new Sample(new Map(fn), operands));
    }

    private List<Integer> subset(int rank) {
        return IntStream.range(0, rank).filter(axis -> values.chance(0.5)).boxed().toList();
    }

    private List<Integer> permutation(int rank) {
        List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        if (values.chance(0.9)) {
            Collections.shuffle(axes, java.util.Random.from(values.random()));
        }
        return axes;
    }

    private Sample broadcast(TensorType result) {
        List<Integer> axes = values.chance(0.2) ? IntStream.range(0, result.rank()).boxed().toList()
                : values.chance(0.2) ? List.of() : subset(result.rank());
        boolean stretch = values.chance(0.4);
        List<Dim> dims = axes.stream().map(axis -> !stretch || values.chance(0.6) ? result.shape().dim(axis)
                : values.chance(0.6) ? Dim.ONE : stretching(result.shape().dim(axis))).toList();
        return new Sample(new Broadcast(result.shape(), axes), result.withShape(new Shape(dims)));
    }

    /** A size that is 1 in some runs and that of the result in others; 1 without unknown sizes. */
    private Dim stretching(Dim size) {
        Dim own = values.symbol();
        return own.isConstant() || size.toString().length() > MOST_TEXT ? Dim.ONE : own.repeats(size);
    }

    /** Another shape of the same elements: axes of size 1 come and go, neighbours are merged or split. */
    private Shape reshaped(Shape shape) {
        List<Dim> dims = new ArrayList<>(shape.dims());
        if (values.chance(0.4)) {
            dims.removeIf(dim -> dim.isConstant(1) && values.chance(0.7));
        }
        if (dims.size() > 1 && values.chance(0.3)) {
            int axis = values.random().nextInt(dims.size() - 1);
            dims.set(axis, dims.get(axis).times(dims.remove(axis + 1)));
        }
        if (!dims.isEmpty() && values.chance(0.3)) {
            int axis = values.random().nextInt(dims.size());
            for (long factor = 2; factor < 5; factor++) {
                if (dims.get(axis).mod(Dim.of(factor)).equals(Dim.ZERO)) {
                    dims.set(axis, dims.get(axis).floorDiv(factor));
                    dims.add(axis + values.random().nextInt(2), Dim.of(factor));
                    break;
                }
            }
        }
        if (!dims.isEmpty() && dims.size() < 4 && values.chance(0.3)) {
            int axis = values.random().nextInt(dims.size());
            Dim own = stretching(dims.get(axis));
            dims.add(axis, own.repeats(dims.get(axis)));
            dims.set(axis + 1, own);
        }
        while (dims.size() < 4 && values.chance(0.3)) {
            dims.add(values.random().nextInt(dims.size() + 1), Dim.ONE);
        }
        if (dims.size() > 1 && values.chance(0.2)) {
            // Blocks of the axis behind are elements.
            int axis = values.random().nextInt(dims.size() - 1);
            for (long factor = 2; factor < 4; factor++) {
                if (dims.get(axis).mod(Dim.of(factor)).equals(Dim.ZERO)) {
                    dims.set(axis, dims.get(axis).floorDiv(factor));
                    dims.set(axis + 1, dims.get(axis + 1).times(factor));
                    break;
                }
            }
        }
        if (!dims.isEmpty() && values.chance(0.2)) {
            // The same size, as no normal form shows.
            int axis = values.random().nextInt(dims.size());
            dims.set(axis, dims.get(axis).max(Dim.ZERO));
        }
        return new Shape(dims);
    }

    private Sample transpose(TensorType result) {
        List<Integer> permutation = permutation(result.rank());
        List<Dim> dims = IntStream.range(0, result.rank())
                .mapToObj(axis -> result.shape().dim(permutation.indexOf(axis))).toList();
        return new Sample(new Transpose(permutation), result.withShape(new Shape(dims)));
    }

    private Sample slice(TensorType result) {
        List<Dim> dims = new ArrayList<>();
        List<Dim> starts = new ArrayList<>();
        List<Dim> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        boolean whole = values.chance(0.2);
        for (Dim dim : result.shape().dims()) {
            long start = whole ? 0 : values.random().nextInt(3);
            long stride = whole || !dim.isConstant() || values.chance(0.5) ? 1
                    : values.random().nextInt(1, 4);
            long cut = stride > 1 && dim.constant() > 0 ? values.random().nextLong(stride) : 0;
            Dim limit = dim.times(stride).minus(cut).plus(start);
            starts.add(Dim.of(start));
            limits.add(limit);
            strides.add(stride);
            dims.add(whole ? limit : limit.plus(values.random().nextInt(3)));
        }
        return new Sample(new Slice(starts, limits, strides), result.withShape(new Shape(dims)));
    }

    /** Windows along some of the first axes, whose positions are the last ones. */
    private Optional<Sample> windows(TensorType result) {
        int most = Math.min(2, result.rank() / 2);
        int count = most == 0 ? 0 : values.random().nextInt(most + 1);
        int rank = result.rank() - count;
        List<Dim> dims = new ArrayList<>(result.shape().dims().subList(0, rank));
        List<Windows.Window> windows = new ArrayList<>();
        for (int axis : permutation(rank).subList(0, count)) {
            Dim size = result.shape().dim(rank + windows.size());
            if (!size.isConstant() || size.isConstant(0)) {
                return Optional.empty();
            }
            Dim number = dims.get(axis);
            long stride = number.isConstant() ? values.random().nextInt(1, 4) : 1;
            Windows.Window window = new Windows.Window(axis, size.constant(), stride, values.random().nextInt(1, 4));
            Dim length = number.isConstant(0) ? Dim.ZERO : number.minus(1).times(stride).plus(window.reach()).plus(1)
                    .plus(stride == 1 ? 0 : values.random().nextLong(stride));
            if (!window.count(length).equals(number)) {
                return Optional.empty();
            }
            dims.set(axis, length);
            windows.add(window);
        }
        return Optional.of(new Sample(new Windows(windows), result.withShape(new Shape(dims))));
    }

    private Sample dynamicSlice(TensorType result) {
        boolean whole = values.chance(0.2);
        List<TensorType> operands = new ArrayList<>(Collections.nCopies(result.rank() + 1, INDEX));
        operands.set(0, result.withShape(new Shape(result.shape().dims().stream()
                .map(dim -> whole ? dim : dim.plus(values.random().nextInt(3))).toList())));
        return new Sample(new DynamicSlice(result.shape()), operands);
    }

    private Sample dynamicUpdateSlice(TensorType result) {
        boolean whole = values.chance(0.2);
        List<TensorType> operands = new ArrayList<>(Collections.nCopies(result.rank() + 2, INDEX));
        operands.set(0, result);
        operands.set(1, result.withShape(new Shape(result.shape().dims().stream()
                .map(dim -> whole || !dim.isConstant() ? dim
                        : Dim.of(values.random().nextLong(dim.constant() + 1)))
                .toList())));
        return new Sample(new DynamicUpdateSlice(), operands);
    }

    private Sample gather(TensorType result) {
        int rank = values.random().nextInt(result.rank() + 1);
        int batch = values.random().nextInt(rank + 1);
        List<Dim> dims = new ArrayList<>(result.shape().dims().subList(0, batch));
        List<Dim> others = result.shape().dims().subList(rank, result.rank());
        List<Integer> axes = new ArrayList<>();
        int count = 1 + values.random().nextInt(2);
        for (int i = 0; i < others.size() + count; i++) {
            boolean indexed = axes.size() < count && (i - axes.size() == others.size() || values.chance(0.5));
            if (indexed) {
                axes.add(dims.size());
            }
            dims.add(indexed ? Dim.of(1 + values.random().nextInt(4)) : others.get(i - axes.size()));
        }
        List<TensorType> operands = new ArrayList<>(List.of(result.withShape(new Shape(dims))));
        axes.forEach(_ -> operands.add(INDEX.withShape(new Shape(result.shape().dims().subList(0, rank)))));
        return new Sample(new Gather(axes, batch), operands);
    }

    private Optional<Sample> scatter(TensorType result) {
        List<Integer> known = IntStream.range(0, result.rank()).boxed().filter(axis ->
                result.shape().dim(axis).isConstant() && !result.shape().dim(axis).isConstant(0)).toList();
        if (known.isEmpty() || result.dtype() == DType.BOOL) {
            return Optional.empty();
        }
        int axis = values.pick(known);
        int batch = values.random().nextInt(axis + 1);
        List<Dim> indices = new ArrayList<>(result.shape().dims().subList(0, batch));
        indices.add(Dim.of(values.random().nextInt(4)));
        List<Dim> summands = new ArrayList<>(indices);
        summands.addAll(result.shape().dims().subList(batch, axis));
        summands.addAll(result.shape().dims().subList(axis + 1, result.rank()));
        return Optional.of(new Sample(new Scatter(values.pick(COMBINATIONS), List.of(axis), batch), result,
                result.withShape(new Shape(summands)), INDEX.withShape(new Shape(indices))));
    }

    private Optional<Sample> recurrence(TensorType result) {
        List<Integer> known = IntStream.range(0, result.rank()).boxed().filter(axis ->
                result.shape().dim(axis).isConstant() && !result.shape().dim(axis).isConstant(0)).toList();
        if (known.isEmpty() || result.dtype() == DType.BOOL) {
            return Optional.empty();
        }
        int axis = values.pick(known);
        List<Dim> elements = new ArrayList<>(result.shape().dims());
        elements.set(axis, elements.get(axis).minus(1));
        List<Dim> first = new ArrayList<>(elements);
        first.set(axis, Dim.ONE);
        TensorType type = result.withShape(new Shape(elements));
        Recurrence.Form form = values.pick(List.of(Recurrence.Form.values()));
        List<TensorType> operands = new ArrayList<>(List.of(result.withShape(new Shape(first)), type));
        if (form == Recurrence.Form.LINEAR) {
            operands.add(type);
        }
        return Optional.of(new Sample(new Recurrence(form, axis), operands));
    }

    private Sample pad(TensorType result) {
        List<Dim> dims = new ArrayList<>();
        List<Dim> low = new ArrayList<>();
        List<Dim> high = new ArrayList<>();
        List<Long> interior = new ArrayList<>();
        boolean nothing = values.chance(0.2);
        for (Dim dim : result.shape().dims()) {
            Optional<Dim> symbol = RandomValues.SYMBOLS.stream()
                    .filter(each -> dim.minus(each).isConstant()).findFirst();
            Dim least = symbol.orElse(dim.isConstant() ? Dim.ZERO : dim);
            long room = dim.minus(least).constant();
            long between = nothing || room < 1 || symbol.isPresent() ? 0 : values.random().nextInt(3);
            long inner = nothing ? room : values.random().nextLong(room + 1);
            while (between > 0 && inner + Math.max(inner - 1, 0) * between > room) {
                inner--;
            }
            long rest = room - inner - (between > 0 ? Math.max(inner - 1, 0) * between : 0);
            long before = values.random().nextLong(rest + 1);
            dims.add(least.plus(inner));
            low.add(Dim.of(before));
            high.add(Dim.of(rest - before));
            interior.add(between);
        }
        return new Sample(new Pad(low, high, interior), result.withShape(new Shape(dims)),
                result.withShape(Shape.SCALAR));
    }

    private Sample concat(TensorType result) {
        int axis = values.random().nextInt(result.rank());
        Dim rest = result.shape().dim(axis);
        List<Dim> parts = new ArrayList<>();
        long equal = values.random().nextLong(1, 7);
        if (equal < 4 && rest.mod(Dim.of(equal)).equals(Dim.ZERO)) {
            for (long i = 1; i < equal; i++) {
                parts.add(rest.floorDiv(equal));
            }
            rest = rest.floorDiv(equal);
        }
        for (int i = equal < 4 ? 0 : values.random().nextInt(3); i > 0; i--) {
            Dim left = rest;
            Optional<Dim> symbol = RandomValues.SYMBOLS.stream()
                    .filter(each -> left.minus(each).isConstant() || left.minus(each).asSymbol().isPresent())
                    .findFirst();
            Dim part = symbol.orElse(rest.isConstant() ? Dim.of(values.random().nextLong(rest.constant() + 1))
                    : Dim.ZERO);
            parts.add(part);
            rest = rest.minus(part);
        }
        parts.add(rest);
        return new Sample(new Concat(axis), parts.stream().map(part -> {
            List<Dim> dims = new ArrayList<>(result.shape().dims());
            dims.set(axis, part);
            return result.withShape(new Shape(dims));
        }).toList());
    }

    private Sample reduce(TensorType result) {
        List<ReduceFn> fns = result.dtype() == DType.BOOL ? List.of(ReduceFn.ALL, ReduceFn.ANY)
                : List.of(ReduceFn.SUM, ReduceFn.PROD, ReduceFn.MAX, ReduceFn.MIN);
        List<Dim> dims = new ArrayList<>(result.shape().dims());
        List<Integer> axes = new ArrayList<>();
        boolean units = values.chance(0.3);
        for (int i = values.random().nextInt(3); i > 0; i--) {
            int axis = values.random().nextInt(dims.size() + 1);
            dims.add(axis, units ? Dim.ONE : values.dim());
            axes.replaceAll(other -> other >= axis ? other + 1 : other);
            axes.add(axis);
        }
        return new Sample(new Reduce(values.pick(fns), axes), result.withShape(new Shape(dims)));
    }

    private Sample contract(TensorType result) {
        StringBuilder lhs = new StringBuilder();
        StringBuilder rhs = new StringBuilder();
        StringBuilder out = new StringBuilder();
        java.util.Map<Character, Dim> sizes = new java.util.HashMap<>();
        char letter = 'a';
        for (Dim dim : result.shape().dims()) {
            out.append(letter);
            int side = values.random().nextInt(3);
            (side == 0 ? rhs : lhs).append(letter);
            if (side == 2) {
                rhs.append(letter);
            }
            sizes.put(letter++, dim);
        }
        for (int i = values.random().nextInt(3); i > 0; i--) {
            insert(lhs, letter);
            insert(rhs, letter);
            sizes.put(letter++, values.dim());
        }
        return new Sample(new Contract(lhs.toString(), rhs.toString(), out.toString()),
                result.withShape(new Shape(lhs.chars().mapToObj(c -> sizes.get((char) c)).toList())),
                result.withShape(new Shape(rhs.chars().mapToObj(c -> sizes.get((char) c)).toList())));
    }

    private void insert(StringBuilder letters, char letter) {
        letters.insert(values.random().nextInt(letters.length() + 1), letter);
    }
}
