package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scaled dot-product attention: {@code softmax(q k^T + bias) v} by batch and head. A key that the mask, the causal
 * order, the window or the number of keys excludes has no weight; a query without keys gives zeros.
 */
final class AttentionOperator {
    private static final int MASK = 3;
    private static final int PAST_KEY = 4;
    private static final int PAST_VALUE = 5;
    private static final int LENGTHS = 6;

    private final Call call;
    private final Tensor query;
    private final Tensor key;
    private final Tensor value;
    private final DType dtype;

    AttentionOperator(Call call) {
        this.call = call;
        if (call.has(PAST_KEY) != call.has(PAST_VALUE)) {
            throw call.wrong("past_key and past_value must be given together");
        }
        if (call.has(PAST_KEY) && call.has(LENGTHS)) {
            throw call.wrong("nonpad_kv_seqlen must not be given together with past_key and past_value");
        }
        this.query = headed(0, "q_num_heads");
        this.key = joined(PAST_KEY, headed(1, "kv_num_heads"));
        this.value = joined(PAST_VALUE, headed(2, "kv_num_heads"));
        this.dtype = query.dtype();
    }

    /** An input with axes for batch, heads, sequence and elements. */
    private Tensor headed(int position, String attribute) {
        Tensor x = call.input(position);
        if (x.rank() != call.input(0).rank() || x.rank() != 3 && x.rank() != 4) {
            throw call.wrong("query, key and value must all have 3 or all have 4 axes; input " + position + " is "
                    + x.dtype() + x.shape());
        }
        return x.rank() == 4 ? x : AttentionOperators.heads(call, x, call.integer(attribute));
    }

    private Tensor joined(int past, Tensor x) {
        return call.maybe(past).map(before -> Ops.concat(2, before, x)).orElse(x);
    }

    List<Tensor> outputs() {
        Tensor product = AttentionOperators.product(call, query, key);
        double cap = call.number("softcap", 0);
        Tensor capped = cap > 0 ? Ops.tanh(product.div(cap)).times(cap) : product;
        Optional<Tensor> allowed = allowed();
        Optional<Tensor> added = call.maybe(MASK).filter(mask -> mask.dtype() != DType.BOOL).map(this::fitted);
        Tensor biased = added.map(capped::plus).orElse(capped);
        Tensor scores = allowed.map(some -> Ops.where(some, biased, constant(dtype, Double.NEGATIVE_INFINITY)))
                .orElse(biased);
        Tensor weights = weights(scores, without(allowed, added));
        Tensor y = Ops.matmul(weights, AttentionOperators.repeated(call, value, query.dim(1)));
        long mode = call.integer("qk_matmul_output_mode", 0);
        if (mode < 0 || mode > 3) {
            throw call.wrong("qk_matmul_output_mode must be one of 0 to 3, not " + mode);
        }
        Tensor shown = List.of(product, capped, scores, weights).get((int) mode);
        return List.of(call.input(0).rank() == 3 ? AttentionOperators.joined(y) : y, key, value, shown);
    }

    // --- which keys a query sees -------------------------------------------------------------------------------

    /** Where a query sees a key, broadcast to batch, heads, queries and keys; empty where it sees all. */
    private Optional<Tensor> allowed() {
        List<Tensor> conditions = new ArrayList<>();
        long left = call.integer("left_window_size", -1);
        long right = call.integer("right_window_size", -1);
        if (left < -1 || right < -1) {
            throw call.wrong("left_window_size and right_window_size must be -1 or sizes, not " + left + " and "
                    + right);
        }
        if (call.flag("is_causal", false)) {
            right = 0;
        }
        Tensor keys = numbers(key.dim(2));
        if (left >= 0 || right >= 0) {
            Tensor places = Ops.expandDims(numbers(query.dim(2)), 1).plus(before());
            if (right >= 0) {
                conditions.add(Ops.lessEqual(keys, places.plus(right)));
            }
            if (left >= 0) {
                conditions.add(Ops.greaterEqual(keys, places.minus(left)));
            }
        }
        if (call.has(LENGTHS)) {
            conditions.add(Ops.less(keys, lengths()));
        }
        call.maybe(MASK).ifPresent(mask -> {
            if (mask.dtype() == DType.BOOL) {
                conditions.add(fitted(mask));
            }
            inside(mask, keys).ifPresent(conditions::add);
        });
        return conditions.stream().reduce(Ops::logicalAnd);
    }

    private Tensor numbers(Dim size) {
        return call.graph().tensor(Ops.range(DType.INT64, size));
    }

    private Tensor constant(DType type, double number) {
        return call.graph().constant(NDArray.scalar(type, number));
    }

    /** How many keys lie before those of the first query: a scalar, or for each of a batch. */
    private Tensor before() {
        if (call.has(LENGTHS)) {
            return lengths().minus(Axes.size(call, query.dim(2)));
        }
        return call.maybe(PAST_KEY).map(past -> Axes.size(call, past.dim(2)))
                .orElseGet(() -> call.graph().constant(0L));
    }

    /** How many keys there are for each of a batch. */
    private Tensor lengths() {
        Tensor given = call.input(LENGTHS);
        if (given.rank() != 1) {
            throw call.wrong("nonpad_kv_seqlen must be a vector, not " + given.dtype() + given.shape());
        }
        return Ops.reshape(Axes.cast(given, DType.INT64), Shape.of(given.dim(0), Dim.ONE, Dim.ONE, Dim.ONE));
    }

    private Dim maskSize(Tensor mask) {
        if (mask.rank() < 1 || mask.rank() > 4) {
            throw call.wrong("attn_mask must have 1 to 4 axes, not " + mask.dtype() + mask.shape());
        }
        Dim size = mask.dim(mask.rank() - 1);
        if (size.isConstant() && key.dim(2).isConstant() && size.constant() > key.dim(2).constant()) {
            throw call.wrong("the last axis of attn_mask has " + size + " elements for " + key.dim(2) + " keys");
        }
        return size;
    }

    /** Where keys have an element in a mask that may be shorter than they are many. */
    private Optional<Tensor> inside(Tensor mask, Tensor keys) {
        Dim size = maskSize(mask);
        return size.equals(key.dim(2)) ? Optional.empty()
                : Optional.of(Ops.less(keys, Axes.size(call, size)));
    }

    /** A mask with an element for each key; those that it has too few are any. */
    private Tensor fitted(Tensor mask) {
        Dim size = maskSize(mask);
        if (mask.dtype() != DType.BOOL && mask.dtype() != dtype) {
            throw call.wrong("attn_mask must be of bools or of the dtype of the query, " + dtype + ", not "
                    + mask.dtype());
        }
        if (size.equals(key.dim(2))) {
            return mask;
        }
        if (size.isConstant(0)) {
            List<Dim> dims = new ArrayList<>(mask.shape().dims());
            dims.set(mask.rank() - 1, key.dim(2));
            Tensor zeros = call.graph().tensor(Ops.zeros(DType.UINT8, new Shape(dims)));
            return Ops.cast(zeros, mask.dtype());
        }
        Tensor places = Ops.minimum(numbers(key.dim(2)), Axes.size(call, size.minus(1)));
        return Ops.gather(mask, places, mask.rank() - 1);
    }

    /** Where a query sees no key at all, with keys of size 1. */
    private static Optional<Tensor> without(Optional<Tensor> allowed, Optional<Tensor> added) {
        Optional<Tensor> some = added.map(bias -> Ops.greater(bias, Double.NEGATIVE_INFINITY));
        Optional<Tensor> sees = allowed.isPresent() && some.isPresent()
                ? Optional.of(Ops.logicalAnd(allowed.get(), some.get())) : allowed.or(() -> some);
        return sees.map(seen -> Ops.logicalNot(Axes.kept(Ops.reduceAny(seen, seen.rank() - 1), seen,
                seen.rank() - 1)));
    }

    /** Softmax over the keys, zeros for queries without. */
    private Tensor weights(Tensor scores, Optional<Tensor> without) {
        DType precision = call.dtype("softmax_precision").orElse(dtype);
        if (!precision.isFloat()) {
            throw call.wrong("softmax_precision must be a dtype of floats, not " + precision);
        }
        Tensor cast = Axes.cast(scores, precision);
        if (without.isEmpty()) {
            return Axes.cast(ActivationOperators.softmax(call, cast, cast.rank() - 1), dtype);
        }
        Tensor zero = constant(precision, 0);
        Tensor safe = Ops.where(without.get(), zero, cast);
        return Axes.cast(Ops.where(without.get(), zero, ActivationOperators.softmax(call, safe, safe.rank() - 1)),
                dtype);
    }
}
