package dev.sinter.formats.onnx.export;

import dev.sinter.ir.Value;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/** Functions of single elements. */
final class Scalars {
    private Scalars() {}

    static Term of(Emitter e, ScalarFn fn, Value value) {
        List<Term> operands = value.operands().stream().map(e::term).toList();
        String name = name(e, fn, operands.getLast().dtype(), operands.stream().map(Term::name).toList());
        return new Term(name, value.tensorType(), Term.joined(operands));
    }

    /** The function of some values of a dtype. */
    static String name(Emitter e, ScalarFn fn, DType dtype, List<String> x) {
        Block b = e.block();
        return switch (fn) {
            case ADD -> b.add("Add", x);
            case SUB -> b.add("Sub", x);
            case MUL -> b.add("Mul", x);
            case DIV -> b.add("Div", x);
            case REM -> dtype == DType.INT64 || dtype == DType.UINT64 ? remainder(b, x)
                    : b.add("Mod", x, Attributes.integer("fmod", 1));
            case POW -> b.add("Pow", x);
            case MAX -> extremum(b, "Max", dtype, x);
            case MIN -> extremum(b, "Min", dtype, x);
            case NEG -> dtype.isUnsigned() ? b.add("Sub", b.scalar(dtype, 0), x.getFirst()) : b.add("Neg", x);
            case ABS -> b.add("Abs", x);
            case SIGN -> b.add("Sign", x);
            case SQRT -> b.add("Sqrt", x);
            case EXP -> b.add("Exp", x);
            case LOG -> b.add("Log", x);
            case TANH -> b.add("Tanh", x);
            case LOGISTIC -> b.add("Sigmoid", x);
            case ERF -> b.add("Erf", x);
            case FLOOR -> b.add("Floor", x);
            case CEIL -> b.add("Ceil", x);
            case SIN -> wide(b, "Sin", dtype, x);
            case COS -> wide(b, "Cos", dtype, x);
            case TAN -> wide(b, "Tan", dtype, x);
            case ASIN -> wide(b, "Asin", dtype, x);
            case ACOS -> wide(b, "Acos", dtype, x);
            case ATAN -> wide(b, "Atan", dtype, x);
            case SINH -> wide(b, "Sinh", dtype, x);
            case COSH -> wide(b, "Cosh", dtype, x);
            case ASINH -> wide(b, "Asinh", dtype, x);
            case ACOSH -> wide(b, "Acosh", dtype, x);
            case ATANH -> wide(b, "Atanh", dtype, x);
            case ROUND -> wide(b, "Round", dtype, x);
            case IS_NAN -> b.add("IsNaN", x);
            case IS_FINITE -> b.add("Not", b.add("Or", b.add("IsNaN", x), b.add("IsInf", x)));
            case AND -> b.add(dtype == DType.BOOL ? "And" : "BitwiseAnd", x);
            case OR -> b.add(dtype == DType.BOOL ? "Or" : "BitwiseOr", x);
            case XOR -> b.add(dtype == DType.BOOL ? "Xor" : "BitwiseXor", x);
            case NOT -> b.add(dtype == DType.BOOL ? "Not" : "BitwiseNot", x);
            case EQ -> b.add("Equal", x);
            case NE -> b.add("Not", b.add("Equal", x));
            case LT -> compared(b, "Less", dtype, x);
            case LE -> compared(b, "LessOrEqual", dtype, x);
            case GT -> compared(b, "Greater", dtype, x);
            case GE -> compared(b, "GreaterOrEqual", dtype, x);
            case SELECT -> dtype == DType.BOOL ? b.add("Or", b.add("And", x.get(0), x.get(1)),
                    b.add("And", b.add("Not", x.get(0)), x.get(2))) : chosen(b, dtype, x);
            case SHIFT_LEFT -> shifted(b, dtype, "LEFT", x);
            case SHIFT_RIGHT_LOGICAL -> shifted(b, dtype, "RIGHT", x);
            case SHIFT_RIGHT_ARITHMETIC -> arithmetic(b, dtype, x);
            case RSQRT, EXPM1, LOG1P, ATAN2, ERFC, LGAMMA, DIGAMMA, POLYGAMMA, ZETA, IGAMMA, IGAMMAC, IGAMMA_GRAD_A,
                    BETAINC, ERFINV, NDTRI, BESSEL_I0E, BESSEL_I1E, BESSEL_K0E, BESSEL_K1E, BESSEL_J0, BESSEL_J1,
                    BESSEL_Y0, BESSEL_Y1, DAWSN, EXPINT, FRESNEL_COS, FRESNEL_SIN, SPENCE ->
                    OwnFunctions.call(e, fn, dtype, x);
        };
    }

    /** Short integers as others, which all take. */
    private static String extremum(Block b, String op, DType dtype, List<String> x) {
        return dtype == DType.INT16 || dtype == DType.UINT16 ? b.cast(b.add(op, x.stream()
                .map(each -> b.cast(each, DType.INT32)).toList()), dtype) : b.add(op, x);
    }

    private static String chosen(Block b, DType dtype, List<String> x) {
        DType computed = dtype == DType.UINT8 ? dtype : Reductions.narrow(dtype);
        return computed == dtype ? b.add("Where", x) : b.cast(b.add("Where", List.of(x.get(0),
                b.cast(x.get(1), computed), b.cast(x.get(2), computed))), dtype);
    }

    /** The remainder of long integers, which some compute in floats where it is an operator. */
    private static String remainder(Block b, List<String> x) {
        return b.add("Sub", x.get(0), b.add("Mul", b.add("Div", x), x.get(1)));
    }

    /** An operator that does not take bfloat16. */
    private static String wide(Block b, String op, DType dtype, List<String> x) {
        return dtype == DType.BFLOAT16 ? b.cast(b.add(op, b.cast(x.getFirst(), DType.FLOAT32)), dtype) : b.add(op, x);
    }

    /** Bools are compared as the numbers 0 and 1. */
    private static String compared(Block b, String op, DType dtype, List<String> x) {
        return b.add(op, dtype == DType.BOOL ? x.stream().map(each -> b.cast(each, DType.UINT8)).toList() : x);
    }

    /** Bits of unsigned integers moved, by a count that is masked. */
    private static String shifted(Block b, DType dtype, String direction, List<String> x) {
        DType bits = unsigned(dtype);
        List<String> operands = new ArrayList<>(x.stream().map(each -> bits == dtype ? each : b.cast(each, bits))
                .toList());
        operands.set(1, b.add("BitwiseAnd", operands.get(1), b.constant(NDArray.scalar(bits, bits.bits() - 1))));
        String moved = b.add("BitShift", operands, Attributes.text("direction", direction));
        return bits == dtype ? moved : b.cast(moved, dtype);
    }

    /** Of a negative number the bits that are not set are moved. */
    private static String arithmetic(Block b, DType dtype, List<String> x) {
        if (dtype.isUnsigned()) {
            return shifted(b, dtype, "RIGHT", x);
        }
        String moved = shifted(b, dtype, "RIGHT", x);
        String others = b.add("BitwiseNot", shifted(b, dtype, "RIGHT", List.of(b.add("BitwiseNot", x.getFirst()),
                x.get(1))));
        return b.add("Where", List.of(b.add("Less", x.getFirst(), b.scalar(dtype, 0)), others, moved));
    }

    private static DType unsigned(DType dtype) {
        return switch (dtype) {
            case INT8 -> DType.UINT8;
            case INT16 -> DType.UINT16;
            case INT32 -> DType.UINT32;
            case INT64 -> DType.UINT64;
            default -> dtype;
        };
    }
}
