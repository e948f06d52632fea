package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Bitwise;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Arithmetic, comparisons and functions of single elements. */
final class ElementwiseOperators {
    private ElementwiseOperators() {}

    static void addTo(Operators table) {
        addFunctions(table);
        addArithmetic(table);
        addComparisons(table);
        addBits(table);
        table.one("Clip", 1, call -> clipped(call, bound(call, "min"), bound(call, "max")));
        table.one("Clip", 11, call -> clipped(call, call.maybe(1).map(ControlOperators::single),
                call.maybe(2).map(ControlOperators::single)));
        table.one("Where", call -> {
            Axes.letStretch(0, call.input(0), call.input(1), call.input(2));
            return Ops.where(call.input(0), call.input(1), call.input(2));
        });
        table.one("Identity", call -> call.input(0));
        table.one("Cast", call -> Ops.cast(call.input(0), call.dtype("to")
                .orElseThrow(() -> call.wrong("attribute 'to' is missing"))));
        table.one("BitCast", ElementwiseOperators::bitcast);
        table.one("CastLike", call -> Ops.cast(call.input(0), call.input(1).dtype()));
    }

    /** The same bits as another dtype; those of a bool are the number 0 or 1. */
    private static Tensor bitcast(Call call) {
        Tensor x = call.input(0);
        DType to = call.dtype("to").orElseThrow(() -> call.wrong("attribute 'to' is missing"));
        if (x.dtype().bytes() != to.bytes()) {
            throw call.wrong("attribute 'to' must be a dtype as wide as that of the input, not " + to + " for "
                    + x.dtype());
        }
        if (x.dtype() == DType.BOOL) {
            return Ops.bitcast(Ops.cast(x, DType.UINT8), to);
        }
        return to == DType.BOOL ? Ops.cast(Ops.bitcast(x, DType.UINT8), to) : Ops.bitcast(x, to);
    }

    private static void addFunctions(Operators table) {
        unary(table, "Abs", Ops::abs);
        unary(table, "Neg", Ops::negative);
        unary(table, "Ceil", Ops::ceil);
        unary(table, "Floor", Ops::floor);
        unary(table, "Round", Ops::round);
        unary(table, "Sqrt", Ops::sqrt);
        unary(table, "Reciprocal", Ops::reciprocal);
        unary(table, "Exp", Ops::exp);
        unary(table, "Log", Ops::log);
        unary(table, "Sin", Ops::sin);
        unary(table, "Cos", Ops::cos);
        unary(table, "Tan", Ops::tan);
        unary(table, "Asin", Ops::asin);
        unary(table, "Acos", Ops::acos);
        unary(table, "Atan", Ops::atan);
        unary(table, "Sinh", Ops::sinh);
        unary(table, "Cosh", Ops::cosh);
        unary(table, "Asinh", Ops::asinh);
        unary(table, "Acosh", Ops::acosh);
        unary(table, "Atanh", Ops::atanh);
        unary(table, "Erf", Ops::erf);
        unary(table, "Sign", Ops::sign);
        unary(table, "IsNaN", Ops::isNan);
        table.one("IsInf", ElementwiseOperators::isInfinite);
    }

    private static Tensor isInfinite(Call call) {
        Tensor x = call.input(0);
        boolean positive = call.flag("detect_positive", true);
        boolean negative = call.flag("detect_negative", true);
        Tensor infinite = Ops.isInf(x);
        if (positive && negative) {
            return infinite;
        }
        if (!positive && !negative) {
            return Ops.cast(Ops.zerosLike(x), DType.BOOL);
        }
        return Ops.logicalAnd(infinite, positive ? Ops.greater(x, 0) : Ops.less(x, 0));
    }

    private static void addArithmetic(Operators table) {
        binary(table, "Add", Ops::add);
        binary(table, "Sub", Ops::subtract);
        binary(table, "Mul", Ops::multiply);
        binary(table, "Div", Ops::divide);
        table.one("Pow", ElementwiseOperators::power);
        table.one("Mod", ElementwiseOperators::modulo);
        variadic(table, "Max", Ops::maximum);
        variadic(table, "Min", Ops::minimum);
        variadic(table, "Sum", Ops::add);
        table.one("Mean", call -> {
            Tensor sum = joined(call, Ops::add);
            return Ops.divide(sum, call.graph().constant(NDArray.scalar(sum.dtype(), call.inputCount())));
        });
    }

    /** The remainder has the sign of the divisor, even where it is 0. */
    private static Tensor modulo(Call call) {
        Tensor x = call.input(0);
        Tensor y = call.input(1);
        Axes.letStretch(0, x, y);
        if (call.flag("fmod", false)) {
            return Ops.remainder(x, y);
        }
        if (x.dtype().isFloat()) {
            Tensor rest = Ops.floormod(x, y);
            Tensor zero = call.graph().constant(NDArray.scalar(x.dtype(), 0));
            Tensor signed = Ops.where(Ops.less(y, zero), call.graph().constant(NDArray.scalar(x.dtype(), -0.0)), zero);
            return Ops.where(Ops.equal(rest, zero), signed, rest);
        }
        return sizeModulo(call, x, y).orElseGet(() -> Ops.floormod(x, y));
    }

    /** The remainder of one number that is made of sizes by a size, which is a size then. */
    private static Optional<Tensor> sizeModulo(Call call, Tensor x, Tensor y) {
        boolean isOne = x.rank() <= 1 && x.shape().equals(y.shape()) && x.shape().elementCount().isConstant(1);
        if (!isOne || !x.dtype().isInteger()) {
            return Optional.empty();
        }
        Optional<Dim> number = Ops.staticShape(x).map(shape -> shape.dim(0));
        return Ops.staticShape(y).map(shape -> shape.dim(0))
                .filter(divisor -> divisor.isNeverNegative() && !divisor.isConstant(0))
                .flatMap(divisor -> number.map(dividend -> dividend.mod(divisor)))
                .map(size -> Ops.reshape(Axes.size(call, size, x.dtype()), x.shape()));
    }

    /** The exponent may have another dtype; the result has that of the base. */
    private static Tensor power(Call call) {
        Tensor x = call.input(0);
        Tensor y = call.input(1);
        Axes.letStretch(0, x, y);
        if (!x.dtype().isFloat()) {
            return y.dtype().isFloat() ? Ops.cast(Ops.pow(Ops.cast(x, DType.FLOAT64), Ops.cast(y, DType.FLOAT64)),
                    x.dtype()) : x.dtype() == y.dtype() ? Ops.pow(x, y)
                    : Ops.cast(Ops.pow(Ops.cast(x, DType.INT64), Ops.cast(y, DType.INT64)), x.dtype());
        }
        boolean isWider = y.dtype().isFloat() && y.dtype().precision() > x.dtype().precision();
        DType common = isWider ? y.dtype() : x.dtype();
        return Axes.cast(Ops.pow(Axes.cast(x, common), Axes.cast(y, common)), x.dtype());
    }

    private static void addComparisons(Operators table) {
        binary(table, "Equal", Ops::equal);
        binary(table, "Less", Ops::less);
        binary(table, "LessOrEqual", Ops::lessEqual);
        binary(table, "Greater", Ops::greater);
        binary(table, "GreaterOrEqual", Ops::greaterEqual);
        binary(table, "And", Ops::logicalAnd);
        binary(table, "Or", Ops::logicalOr);
        binary(table, "Xor", Ops::logicalXor);
        unary(table, "Not", Ops::logicalNot);
    }

    private static void addBits(Operators table) {
        binary(table, "BitwiseAnd", Bitwise::bitwiseAnd);
        binary(table, "BitwiseOr", Bitwise::bitwiseOr);
        binary(table, "BitwiseXor", Bitwise::bitwiseXor);
        unary(table, "BitwiseNot", Bitwise::invert);
        table.one("BitShift", call -> switch (call.text("direction")) {
            case "LEFT" -> shifted(call, true);
            case "RIGHT" -> shifted(call, false);
            case String other -> throw call.wrong("direction must be LEFT or RIGHT, not " + other);
        });
    }

    /** A distance that is negative or not less than the width moves all bits out. */
    private static Tensor shifted(Call call, boolean left) {
        Tensor x = call.input(0);
        Tensor distance = call.input(1);
        Axes.letStretch(0, x, distance);
        int width = x.dtype().bits();
        Tensor inside = Ops.less(distance, width);
        if (!x.dtype().isUnsigned()) {
            inside = Ops.logicalAnd(inside, Ops.greaterEqual(distance,
                    call.graph().constant(NDArray.scalar(distance.dtype(), 0))));
        }
        Tensor safe = Ops.where(inside, distance, Ops.zerosLike(distance));
        Tensor moved = left ? Bitwise.leftShift(x, safe) : Bitwise.rightShift(x, safe);
        Tensor rest = left || x.dtype().isUnsigned() ? Ops.zerosLike(x)
                : Ops.where(Ops.less(x, 0), Ops.negative(Ops.onesLike(x)), Ops.zerosLike(x));
        return Ops.where(inside, moved, rest);
    }

    private static Optional<Tensor> bound(Call call, String attribute) {
        return call.hasAttribute(attribute) ? Optional.of(call.graph().constant(
                NDArray.scalar(call.input(0).dtype(), call.number(attribute, 0)))) : Optional.empty();
    }

    private static Tensor clipped(Call call, Optional<Tensor> low, Optional<Tensor> high) {
        Tensor x = call.input(0);
        Tensor raised = low.isPresent() ? Ops.maximum(x, low.get()) : x;
        return high.isPresent() ? Ops.minimum(raised, high.get()) : raised;
    }

    private static void unary(Operators table, String name, UnaryOperator<Tensor> function) {
        table.one(name, call -> function.apply(call.input(0)));
    }

    private static void binary(Operators table, String name, BinaryOperator<Tensor> function) {
        table.one(name, call -> {
            Axes.letStretch(0, call.input(0), call.input(1));
            return function.apply(call.input(0), call.input(1));
        });
    }

    private static void variadic(Operators table, String name, BinaryOperator<Tensor> function) {
        table.one(name, call -> joined(call, function));
    }

    private static Tensor joined(Call call, BinaryOperator<Tensor> function) {
        Axes.letStretch(0, call.all().toArray(Tensor[]::new));
        return call.all().stream().reduce(function).orElseThrow(() -> call.wrong("an input is needed"));
    }
}
