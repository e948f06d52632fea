package dev.sinter.llvm;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;
import java.util.List;

/** LLVM IR text of the arithmetic of kernels. No result is poison for any operands. */
final class ArithIr {
    private final KernelIr kernel;

    ArithIr(KernelIr kernel) {
        this.kernel = kernel;
    }

    /** A constant in every lane. */
    String constant(RegType type, long bits) {
        String scalar = switch (type.kind()) {
            case F32 -> hex(Float.intBitsToFloat((int) bits));
            case F64 -> "0x" + String.format("%016X", bits);
            case I32 -> String.valueOf((int) bits);
            case I64 -> String.valueOf(bits);
            case I1 -> bits == 0 ? "false" : "true";
        };
        return type.lanes() == 1 ? scalar : "splat (" + KernelIr.scalar(type.kind()) + " " + scalar + ")";
    }

    private static String hex(float value) {
        return "0x" + String.format("%016X", Double.doubleToRawLongBits(value));
    }

    void emit(Reg out, ArithOp op, List<Reg> arguments) {
        List<String> names = arguments.stream().map(kernel::name).toList();
        RegType type = arguments.getFirst().type();
        String result = kernel.name(out);
        switch (op) {
            case FMA -> intrinsic(result, type, "llvm.fma", names);
            case SELECT -> {
                String value = KernelIr.type(out.type());
                kernel.line(result + " = select " + KernelIr.type(type) + " " + names.get(0) + ", " + value + " "
                        + names.get(1) + ", " + value + " " + names.get(2));
            }
            case CONVERT -> convert(out, arguments.getFirst());
            case BITCAST -> kernel.line(result + " = bitcast " + kernel.typed(arguments.getFirst()) + " to "
                    + KernelIr.type(out.type()));
            case NEG -> unaryNegate(result, type, names.getFirst());
            case ABS -> {
                if (type.kind().isFloat()) {
                    intrinsic(result, type, "llvm.fabs", names);
                } else {
                    String t = KernelIr.type(type);
                    String function = "@llvm.abs." + suffix(type);
                    kernel.declare("declare " + t + " " + function + "(" + t + ", i1 immarg)");
                    kernel.line(result + " = call " + t + " " + function + "(" + t + " " + names.getFirst()
                            + ", i1 false)");
                }
            }
            case SCALE -> scale(result, type, names.get(0), names.get(1));
            case SQRT -> intrinsic(result, type, "llvm.sqrt", names);
            case FLOOR -> intrinsic(result, type, "llvm.floor", names);
            case CEIL -> intrinsic(result, type, "llvm.ceil", names);
            case RINT -> intrinsic(result, type, "llvm.roundeven", names);
            case TRUNC -> intrinsic(result, type, "llvm.trunc", names);
            case ROUND_F16 -> new HalfIr(kernel).roundToFloat16(result, type, names.getFirst());
            case ROUND_BF16 -> new HalfIr(kernel).roundToBfloat16(result, type, names.getFirst());
            case NOT -> kernel.line(result + " = xor " + KernelIr.type(type) + " " + names.getFirst() + ", "
                    + constant(type, type.kind() == Kind.I1 ? 1 : -1));
            case ADD, SUB, MUL, DIV, REM, MIN, MAX, AND, OR, XOR, SHL, LSHR, ASHR, MULHI_U, EQ, NE, LT, LE, GT, GE ->
                    binary(result, type, op, names.get(0), names.get(1));
        }
    }

    private void unaryNegate(String result, RegType type, String operand) {
        String t = KernelIr.type(type);
        kernel.line(type.kind().isFloat() ? result + " = fneg " + t + " " + operand
                : result + " = sub " + t + " " + constant(type, 0) + ", " + operand);
    }

    /** An op of two operands of one type. */
    void binary(String result, RegType type, ArithOp op, String x, String y) {
        boolean isFloat = type.kind().isFloat();
        String operands = " " + KernelIr.type(type) + " " + x + ", " + y;
        switch (op) {
            case ADD -> kernel.line(result + (isFloat ? " = fadd" : " = add") + operands);
            case SUB -> kernel.line(result + (isFloat ? " = fsub" : " = sub") + operands);
            case MUL -> kernel.line(result + (isFloat ? " = fmul" : " = mul") + operands);
            case DIV -> {
                if (isFloat) {
                    kernel.line(result + " = fdiv" + operands);
                } else {
                    divide(result, type, x, y);
                }
            }
            case REM -> remainder(result, type, x, y);
            case MIN -> extremum(result, type, isFloat ? "fcmp olt" : "icmp slt", x, y);
            case MAX -> extremum(result, type, isFloat ? "fcmp ogt" : "icmp sgt", x, y);
            case AND -> kernel.line(result + " = and" + operands);
            case OR -> kernel.line(result + " = or" + operands);
            case XOR -> kernel.line(result + " = xor" + operands);
            case SHL -> shift(result, type, "shl", x, y);
            case LSHR -> shift(result, type, "lshr", x, y);
            case ASHR -> shift(result, type, "ashr", x, y);
            case MULHI_U -> upperProduct(result, type, x, y);
            case EQ -> compare(result, type, "oeq", "eq", x, y);
            case NE -> compare(result, type, "une", "ne", x, y);
            case LT -> compare(result, type, "olt", "slt", x, y);
            case LE -> compare(result, type, "ole", "sle", x, y);
            case GT -> compare(result, type, "ogt", "sgt", x, y);
            case GE -> compare(result, type, "oge", "sge", x, y);
            case FMA, SCALE, SELECT, CONVERT, BITCAST, NEG, ABS, SQRT, FLOOR, CEIL, RINT, TRUNC, ROUND_F16,
                    ROUND_BF16, NOT ->
                    throw new IllegalArgumentException(op + " does not take two operands of one type");
        }
    }

    private void compare(String result, RegType type, String ordered, String signed, String x, String y) {
        String predicate = type.kind().isFloat() ? "fcmp " + ordered : "icmp " + signed;
        kernel.line(result + " = " + predicate + " " + KernelIr.type(type) + " " + x + ", " + y);
    }

    private void extremum(String result, RegType type, String predicate, String x, String y) {
        String t = KernelIr.type(type);
        String first = kernel.fresh();
        kernel.line(first + " = " + predicate + " " + t + " " + x + ", " + y);
        kernel.line(result + " = select " + KernelIr.type(type.withKind(Kind.I1)) + " " + first + ", " + t + " " + x
                + ", " + t + " " + y);
    }

    private void shift(String result, RegType type, String op, String x, String y) {
        String t = KernelIr.type(type);
        String count = kernel.fresh();
        kernel.line(count + " = and " + t + " " + y + ", " + constant(type, type.kind().bytes() * 8 - 1));
        kernel.line(result + " = " + op + " " + t + " " + x + ", " + count);
    }

    private void divide(String result, RegType type, String x, String y) {
        String quotient = kernel.fresh();
        String minusOne = safeDivision(quotient, type, "sdiv", x, y);
        String negated = kernel.fresh();
        String t = KernelIr.type(type);
        kernel.line(negated + " = sub " + t + " " + constant(type, 0) + ", " + x);
        kernel.line(result + " = select " + KernelIr.type(type.withKind(Kind.I1)) + " " + minusOne + ", " + t + " "
                + negated + ", " + t + " " + quotient);
    }

    private void remainder(String result, RegType type, String x, String y) {
        safeDivision(result, type, "srem", x, y);
    }

    /** Divides by 1 in the lanes where the divisor is 0 or -1; gives the lanes where it is -1. */
    private String safeDivision(String result, RegType type, String op, String x, String y) {
        String t = KernelIr.type(type);
        String mask = KernelIr.type(type.withKind(Kind.I1));
        String minusOne = kernel.fresh();
        String zero = kernel.fresh();
        String unsafe = kernel.fresh();
        String divisor = kernel.fresh();
        kernel.line(minusOne + " = icmp eq " + t + " " + y + ", " + constant(type, -1));
        kernel.line(zero + " = icmp eq " + t + " " + y + ", " + constant(type, 0));
        kernel.line(unsafe + " = or " + mask + " " + minusOne + ", " + zero);
        kernel.line(divisor + " = select " + mask + " " + unsafe + ", " + t + " " + constant(type, 1) + ", " + t + " "
                + y);
        kernel.line(result + " = " + op + " " + t + " " + x + ", " + divisor);
        return minusOne;
    }

    private void upperProduct(String result, RegType type, String x, String y) {
        String wide = KernelIr.type(type.withKind(Kind.I64));
        String t = KernelIr.type(type);
        String a = kernel.fresh();
        String b = kernel.fresh();
        String product = kernel.fresh();
        String upper = kernel.fresh();
        kernel.line(a + " = zext " + t + " " + x + " to " + wide);
        kernel.line(b + " = zext " + t + " " + y + " to " + wide);
        kernel.line(product + " = mul " + wide + " " + a + ", " + b);
        kernel.line(upper + " = lshr " + wide + " " + product + ", " + constant(type.withKind(Kind.I64), 32));
        kernel.line(result + " = trunc " + wide + " " + upper + " to " + t);
    }

    /** One instruction on full vectors of AVX-512; elsewhere two factors whose exponents halve the exponent. */
    private void scale(String result, RegType type, String x, String exponent) {
        String t = KernelIr.type(type);
        if (kernel.target().hasScale(type)) {
            boolean single = type.kind() == Kind.F32;
            String mask = single ? "i16" : "i8";
            String function = "@llvm.x86.avx512.mask.scalef." + (single ? "ps" : "pd") + ".512";
            kernel.declare("declare " + t + " " + function + "(" + String.join(", ", t, t, t, mask, "i32 immarg")
                    + ")");
            kernel.line(result + " = call " + t + " " + function + "(" + t + " " + x + ", " + t + " " + exponent
                    + ", " + t + " zeroinitializer, " + mask + " -1, i32 4)");
            return;
        }
        boolean single = type.kind() == Kind.F32;
        RegType bits = type.withKind(single ? Kind.I32 : Kind.I64);
        String integers = KernelIr.type(bits);
        int fraction = single ? 23 : 52;
        // The sum's low bits are the exponent plus twice the bias; each half of that is an exponent field.
        String biased = kernel.fresh();
        String low = kernel.fresh();
        String half = kernel.fresh();
        String rest = kernel.fresh();
        kernel.line(biased + " = fadd " + t + " " + exponent + ", " + constant(type, single
                ? Float.floatToRawIntBits(0x1.8p23f + 2 * 127) : Double.doubleToRawLongBits(0x1.8p52 + 2 * 1023)));
        kernel.line(low + " = bitcast " + t + " " + biased + " to " + integers);
        kernel.line(half + " = ashr " + integers + " " + low + ", " + constant(bits, 1));
        kernel.line(rest + " = sub " + integers + " " + low + ", " + half);
        String first = power(half, bits, t, fraction);
        String second = power(rest, bits, t, fraction);
        String scaled = kernel.fresh();
        kernel.line(scaled + " = fmul " + t + " " + x + ", " + first);
        kernel.line(result + " = fmul " + t + " " + scaled + ", " + second);
    }

    /** The float whose exponent field is the low bits of an integer. */
    private String power(String field, RegType bits, String floats, int fraction) {
        String integers = KernelIr.type(bits);
        String shifted = kernel.fresh();
        String power = kernel.fresh();
        kernel.line(shifted + " = shl " + integers + " " + field + ", " + constant(bits, fraction));
        kernel.line(power + " = bitcast " + integers + " " + shifted + " to " + floats);
        return power;
    }

    private void convert(Reg out, Reg operand) {
        Kind from = operand.type().kind();
        Kind to = out.type().kind();
        String result = kernel.name(out);
        String source = kernel.typed(operand);
        String target = KernelIr.type(out.type());
        if (from == to) {
            kernel.set(out, kernel.name(operand));
        } else if (to == Kind.I1) {
            kernel.line(result + " = " + (from.isFloat() ? "fcmp une " : "icmp ne ") + source + ", "
                    + constant(operand.type(), 0));
        } else if (from == Kind.I1) {
            kernel.line(result + " = " + (to.isFloat() ? "uitofp " : "zext ") + source + " to " + target);
        } else if (from.isFloat() && to.isFloat()) {
            kernel.line(result + " = " + (to == Kind.F64 ? "fpext " : "fptrunc ") + source + " to " + target);
        } else if (to.isFloat()) {
            kernel.line(result + " = sitofp " + source + " to " + target);
        } else if (from.isFloat()) {
            String function = "@llvm.fptosi.sat." + suffix(out.type()) + "." + suffix(operand.type());
            kernel.declare("declare " + target + " " + function + "(" + KernelIr.type(operand.type()) + ")");
            kernel.line(result + " = call " + target + " " + function + "(" + source + ")");
        } else {
            kernel.line(result + " = " + (to == Kind.I64 ? "sext " : "trunc ") + source + " to " + target);
        }
    }

    void intrinsic(String result, RegType type, String name, List<String> operands) {
        String t = KernelIr.type(type);
        String function = "@" + name + "." + suffix(type);
        String types = String.join(", ", java.util.Collections.nCopies(operands.size(), t));
        kernel.declare("declare " + t + " " + function + "(" + types + ")");
        kernel.line(result + " = call " + t + " " + function + "("
                + String.join(", ", operands.stream().map(operand -> t + " " + operand).toList()) + ")");
    }

    /** The suffix of an intrinsic's name: {@code v16f32}. */
    static String suffix(RegType type) {
        return (type.lanes() == 1 ? "" : "v" + type.lanes()) + switch (type.kind()) {
            case F32 -> "f32";
            case F64 -> "f64";
            case I32 -> "i32";
            case I64 -> "i64";
            case I1 -> "i1";
        };
    }
}
