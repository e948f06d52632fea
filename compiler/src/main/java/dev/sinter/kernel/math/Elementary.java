package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.tensor.CompilerBug;

/** Elementary functions of floats, for registers of any lanes. */
public final class Elementary {
    private Elementary() {}

    /** {@code 1 / sqrt(x)}: two rounded operations, within 2 ULP. */
    public static Reg rsqrt(KernelBuilder k, Reg x) {
        return k.div(k.number(x.type(), 1), k.arith(ArithOp.SQRT, x));
    }

    public static Reg exp(KernelBuilder k, Reg x) {
        throw missing("exp");
    }

    public static Reg expm1(KernelBuilder k, Reg x) {
        throw missing("expm1");
    }

    public static Reg log(KernelBuilder k, Reg x) {
        throw missing("log");
    }

    public static Reg log1p(KernelBuilder k, Reg x) {
        throw missing("log1p");
    }

    public static Reg tanh(KernelBuilder k, Reg x) {
        throw missing("tanh");
    }

    public static Reg logistic(KernelBuilder k, Reg x) {
        throw missing("logistic");
    }

    public static Reg sin(KernelBuilder k, Reg x) {
        throw missing("sin");
    }

    public static Reg cos(KernelBuilder k, Reg x) {
        throw missing("cos");
    }

    public static Reg pow(KernelBuilder k, Reg x, Reg y) {
        throw missing("pow");
    }

    public static Reg rem(KernelBuilder k, Reg x, Reg y) {
        throw missing("rem");
    }

    private static CompilerBug missing(String name) {
        return new CompilerBug("no expansion of " + name);
    }
}
