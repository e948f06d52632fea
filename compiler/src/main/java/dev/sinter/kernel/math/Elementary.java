package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.op.Formula;
import java.util.List;

/** Elementary functions of floats, for registers of float32 or float64 and any lanes. */
public final class Elementary {
    private Elementary() {}

    private static Floats floats(KernelBuilder k, Reg x) {
        return new Floats(k, x.type());
    }

    /** {@code 1 / sqrt(x)}: two rounded operations. */
    public static Reg rsqrt(KernelBuilder k, Reg x) {
        return k.div(k.number(x.type(), 1), k.arith(ArithOp.SQRT, x));
    }

    public static Reg exp(KernelBuilder k, Reg x) {
        return new Exponential(floats(k, x)).exp(x);
    }

    public static Reg expm1(KernelBuilder k, Reg x) {
        return new Exponential(floats(k, x)).expm1(x);
    }

    public static Reg log(KernelBuilder k, Reg x) {
        return new Logarithm(floats(k, x)).log(x);
    }

    public static Reg log1p(KernelBuilder k, Reg x) {
        return new Logarithm(floats(k, x)).log1p(x);
    }

    public static Reg tanh(KernelBuilder k, Reg x) {
        return new Hyperbolic(floats(k, x)).tanh(x);
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public static Reg logistic(KernelBuilder k, Reg x) {
        return new Hyperbolic(floats(k, x)).logistic(x);
    }

    public static Reg erf(KernelBuilder k, Reg x) {
        return new ErrorFunction(floats(k, x)).erf(x);
    }

    /** {@code 1 - erf(x)}, exact near 0. */
    public static Reg erfc(KernelBuilder k, Reg x) {
        return new ErrorFunction(floats(k, x)).erfc(x);
    }

    public static Reg sin(KernelBuilder k, Reg x) {
        return new Trigonometry(floats(k, x)).sin(x);
    }

    public static Reg cos(KernelBuilder k, Reg x) {
        return new Trigonometry(floats(k, x)).cos(x);
    }

    public static Reg tan(KernelBuilder k, Reg x) {
        return new Trigonometry(floats(k, x)).tan(x);
    }

    public static Reg asin(KernelBuilder k, Reg x) {
        return new InverseTrigonometry(floats(k, x)).asin(x);
    }

    public static Reg acos(KernelBuilder k, Reg x) {
        return new InverseTrigonometry(floats(k, x)).acos(x);
    }

    public static Reg atan(KernelBuilder k, Reg x) {
        return new InverseTrigonometry(floats(k, x)).atan(x);
    }

    /** The angle of the point (x, y). */
    public static Reg atan2(KernelBuilder k, Reg y, Reg x) {
        return new InverseTrigonometry(floats(k, x)).atan2(y, x);
    }

    public static Reg sinh(KernelBuilder k, Reg x) {
        return new Hyperbolic(floats(k, x)).sinh(x);
    }

    public static Reg cosh(KernelBuilder k, Reg x) {
        return new Hyperbolic(floats(k, x)).cosh(x);
    }

    public static Reg asinh(KernelBuilder k, Reg x) {
        return new InverseHyperbolic(floats(k, x)).asinh(x);
    }

    public static Reg acosh(KernelBuilder k, Reg x) {
        return new InverseHyperbolic(floats(k, x)).acosh(x);
    }

    public static Reg atanh(KernelBuilder k, Reg x) {
        return new InverseHyperbolic(floats(k, x)).atanh(x);
    }

    /** A formula's value for operands of float32 or float64. */
    public static Reg formula(KernelBuilder k, Formula formula, List<Reg> operands) {
        return KernelArithmetic.apply(k, formula, operands);
    }

    /** {@code x} to the power of {@code y}; with IEEE 754's exceptional cases. */
    public static Reg pow(KernelBuilder k, Reg x, Reg y) {
        return new Power(floats(k, x)).pow(x, y);
    }

    /** The remainder of the truncated division, with the sign of {@code x}; exact. */
    public static Reg rem(KernelBuilder k, Reg x, Reg y) {
        return new Remainder(floats(k, x)).rem(x, y);
    }
}
