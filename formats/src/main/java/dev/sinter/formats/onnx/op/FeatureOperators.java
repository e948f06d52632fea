package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Debugging;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What prepares features: rows of numbers, one row an example. Strings are refused. */
final class FeatureOperators {
    private FeatureOperators() {}

    static void addTo(Operators table) {
        table.learnerOfOne("ArrayFeatureExtractor", FeatureOperators::columns);
        table.learnerOfOne("Binarizer", call -> Axes.cast(Ops.greater(call.input(0), call.number("threshold", 0)),
                call.input(0).dtype()));
        table.learnerOfOne("FeatureVectorizer", FeatureOperators::joined);
        table.learnerOfOne("Imputer", FeatureOperators::imputed);
        table.learnerOfOne("LabelEncoder", FeatureOperators::encoded);
        table.learnerOfOne("Normalizer", FeatureOperators::normalized);
        table.learnerOfOne("OneHotEncoder", FeatureOperators::oneHot);
        table.learnerOfOne("Scaler", FeatureOperators::scaled);
    }

    /** The rows of an input: a vector is one row. */
    static Tensor rows(Call call, int position) {
        Tensor x = call.input(position);
        if (x.rank() != 1 && x.rank() != 2) {
            throw call.wrong("rows of features are needed, not " + x.dtype() + x.shape());
        }
        return x.rank() == 2 ? x : Ops.expandDims(x, 0);
    }

    /** Refuses attributes that hold strings. */
    static void refuseStrings(Call call, String... names) {
        for (String name : names) {
            call.texts(name).filter(texts -> !texts.isEmpty()).ifPresent(_ -> {
                throw call.unsupported("attribute '" + name + "' holds strings, which are not supported");
            });
        }
    }

    private static Tensor columns(Call call) {
        Tensor x = call.input(0);
        Tensor indices = call.input(1);
        Tensor flat = Ops.reshape(indices, Shape.of(indices.shape().elementCount()));
        Tensor columns = Ops.gather(x, flat, x.rank() - 1);
        return x.rank() == 1 ? Ops.expandDims(columns, 0) : columns;
    }

    /** Numbers of an attribute, one for all features or one for each. */
    private static Tensor perFeature(Call call, String name, double[] numbers, Tensor x) {
        Dim features = x.rank() == 0 ? Dim.ONE : x.dim(x.rank() - 1);
        if (numbers.length != 1 && features.isConstant() && numbers.length != features.constant()) {
            throw call.wrong("attribute '" + name + "' has " + numbers.length + " numbers, neither 1 nor one for each"
                    + " of the features of " + x.dtype() + x.shape());
        }
        NDArray array = NDArray.of(numbers).cast(x.dtype());
        return call.graph().constant(numbers.length == 1 ? array.reshape() : array);
    }

    private static Tensor scaled(Call call) {
        Tensor x = Axes.cast(call.input(0), call.input(0).dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
        Optional<double[]> offset = call.numbers("offset");
        Optional<double[]> scale = call.numbers("scale");
        Tensor moved = offset.isPresent() ? x.minus(perFeature(call, "offset", offset.get(), x)) : x;
        Tensor scaled = scale.isPresent() ? moved.times(perFeature(call, "scale", scale.get(), x)) : moved;
        return Axes.cast(scaled, DType.FLOAT32);
    }

    /** Rows by their largest number, the sum of absolute values or the root of that of squares; as they are by 0. */
    private static Tensor normalized(Call call) {
        Tensor given = call.input(0);
        if (given.rank() != 1 && given.rank() != 2) {
            throw call.wrong("rows of features are needed, not " + given.dtype() + given.shape());
        }
        Tensor x = Axes.cast(given, DType.FLOAT32);
        int axis = x.rank() - 1;
        Tensor norm = switch (call.text("norm", "MAX")) {
            case "MAX" -> Ops.reduceMax(x, axis);
            case "L1" -> Ops.reduceSum(Ops.abs(x), axis);
            case "L2" -> Ops.sqrt(Ops.reduceSum(Ops.square(x), axis));
            case String other -> throw call.wrong("norm must be MAX, L1 or L2, not " + other);
        };
        Tensor kept = Axes.kept(norm, x, axis);
        return x.div(Ops.where(Ops.equal(kept, Ops.zerosLike(kept)), Ops.onesLike(kept), kept));
    }

    private static Tensor imputed(Call call) {
        Tensor x = call.input(0);
        boolean floats = x.dtype().isFloat();
        String name = floats ? "imputed_value_floats" : "imputed_value_int64s";
        double[] values = (floats ? call.numbers(name)
                : call.integers(name).map(list -> Arrays.stream(list).asDoubleStream().toArray()))
                .orElseThrow(() -> call.wrong("attribute '" + name + "' is missing"));
        double replaced = floats ? call.number("replaced_value_float", 0)
                : call.integer("replaced_value_int64", 0);
        Tensor missing = Double.isNaN(replaced) ? Ops.isNan(x)
                : Ops.equal(x, call.graph().constant(NDArray.scalar(x.dtype(), replaced)));
        Tensor value = perFeature(call, name, values, x);
        return Ops.where(missing, Ops.broadcastTo(value, x.shape()), x);
    }

    /** The features of several inputs beside each other, each cut, or filled with 0, to a number of features. */
    private static Tensor joined(Call call) {
        Optional<long[]> sizes = call.integers("inputdimensions");
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < call.inputCount(); i++) {
            Tensor x = Axes.cast(rows(call, i), DType.FLOAT32);
            if (sizes.isPresent() && i < sizes.get().length) {
                if (!x.dim(1).isConstant() || sizes.get()[i] < 0) {
                    throw call.unsupported("input " + i + " must have a known number of features, and 0 or more of"
                            + " them are taken");
                }
                long there = x.dim(1).constant();
                long wanted = sizes.get()[i];
                x = wanted > there ? Ops.pad(x, new long[][] {{0, 0}, {0, wanted - there}})
                        : wanted < there ? Ops.split(x, new long[] {wanted, there - wanted}, 1).getFirst() : x;
            }
            parts.add(x);
        }
        return Ops.concat(1, parts);
    }

    private static Tensor oneHot(Call call) {
        refuseStrings(call, "cats_strings");
        Tensor x = call.input(0);
        Tensor categories = call.graph().constant(NDArray.of(call.integersOf("cats_int64s")));
        Tensor hits = Ops.equal(Ops.expandDims(Axes.cast(x, DType.INT64), x.rank()), categories);
        Tensor ones = Ops.cast(hits, DType.FLOAT32);
        return call.flag("zeros", true) ? ones : Control.withDependencies(ones, Debugging.assertTrue(
                Ops.reduceAny(hits, x.rank()), "OneHotEncoder: a number is none of the categories"));
    }

    // --- LabelEncoder ------------------------------------------------------------------------------------------

    /** Keys, values or the default of a LabelEncoder, in the dtype of the attribute that has them. */
    private static Optional<NDArray> numbers(Call call, String floats, String integers, String tensor) {
        Optional<NDArray> found = call.array(tensor);
        if (found.isEmpty()) {
            found = call.integers(integers).map(NDArray::of);
        }
        return found.or(() -> call.numbers(floats).map(list -> NDArray.of(list).cast(DType.FLOAT32)));
    }

    /** The values of keys, found by halves among the sorted keys; the first of several equal keys counts. */
    private static Tensor encoded(Call call) {
        refuseStrings(call, "keys_strings", "values_strings", "classes_strings");
        NDArray keys = numbers(call, "keys_floats", "keys_int64s", "keys_tensor")
                .orElseThrow(() -> call.wrong("there are no keys"));
        NDArray values = numbers(call, "values_floats", "values_int64s", "values_tensor")
                .orElseThrow(() -> call.wrong("there are no values"));
        if (keys.rank() != 1 || keys.elementCount() != values.elementCount() || keys.elementCount() == 0) {
            throw call.wrong("there must be as many keys as values, and one at least: " + keys.elementCount() + " and "
                    + values.elementCount());
        }
        Tensor x = call.input(0);
        if (x.dtype() != keys.dtype()) {
            throw call.wrong("the keys are " + keys.dtype() + ", and the input is " + x.dtype());
        }
        Tensor otherwise = call.graph().constant(otherwise(call, values.dtype()));
        List<Integer> order = new ArrayList<>();
        Optional<Integer> ofNan = Optional.empty();
        for (int i = 0; i < keys.elementCount(); i++) {
            if (keys.dtype().isFloat() && Double.isNaN(keys.getDouble(i))) {
                ofNan = ofNan.isPresent() ? ofNan : Optional.of(i);
            } else {
                order.add(i);
            }
        }
        order.sort((a, b) -> keys.dtype().isFloat() ? Double.compare(keys.getDouble(a) + 0.0, keys.getDouble(b) + 0.0)
                : Long.compare(keys.getLong(a), keys.getLong(b)));
        Tensor result = Ops.broadcastTo(otherwise, x.shape());
        if (!order.isEmpty()) {
            int[] places = order.stream().mapToInt(Integer::intValue).toArray();
            Tensor sorted = call.graph().constant(picked(keys, places));
            Tensor flat = Ops.reshape(x, Shape.of(x.shape().elementCount()));
            Tensor place = Ops.minimum(Ops.searchSorted(sorted, flat, false), order.size() - 1.0);
            Tensor found = Ops.equal(Ops.gather(sorted, place), flat);
            result = Ops.reshape(Ops.where(found, Ops.gather(call.graph().constant(picked(values, places)), place),
                    Ops.broadcastTo(otherwise, flat.shape())), x.shape());
        }
        if (ofNan.isPresent()) {
            Tensor value = call.graph().constant(picked(values, ofNan.get()).reshape());
            result = Ops.where(Ops.isNan(x), Ops.broadcastTo(value, x.shape()), result);
        }
        return result;
    }

    private static NDArray otherwise(Call call, DType dtype) {
        Optional<NDArray> given = call.array("default_tensor");
        if (given.isPresent()) {
            if (given.get().dtype() != dtype || given.get().elementCount() != 1) {
                throw call.wrong("default_tensor must be one " + dtype + ", not " + given.get().elementCount() + " of "
                        + given.get().dtype());
            }
            return given.get().reshape();
        }
        return dtype.isFloat() ? NDArray.scalar(dtype, call.number("default_float", -0.0))
                : NDArray.scalar(call.integer("default_int64", -1)).cast(dtype);
    }

    /** The elements of a vector at some places. */
    static NDArray picked(NDArray array, int... places) {
        NDArray picked = NDArray.zeros(array.dtype(), places.length);
        for (int i = 0; i < places.length; i++) {
            picked.setBits(i, array.getBits(places[i]));
        }
        return picked;
    }
}
