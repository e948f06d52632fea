package dev.sinter.op;

import dev.sinter.kernel.Interpreter;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Verifier;
import dev.sinter.kernel.schedule.ScalarLowering;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How far kernels of elementary functions are from the true values, in units of the last place. As a program
 * it walks float32 patterns of one operand: {@code Accuracy [stride]}, 1 for all.
 */
public final class Accuracy {
    private static final int BLOCK = 4096;
    static final List<ScalarFn> UNARY = List.of(ScalarFn.EXP, ScalarFn.EXPM1, ScalarFn.LOG, ScalarFn.LOG1P,
            ScalarFn.TANH, ScalarFn.LOGISTIC, ScalarFn.ERF, ScalarFn.ERFC, ScalarFn.SIN, ScalarFn.COS, ScalarFn.RSQRT,
            ScalarFn.TAN, ScalarFn.ASIN, ScalarFn.ACOS, ScalarFn.ATAN, ScalarFn.SINH, ScalarFn.COSH, ScalarFn.ASINH,
            ScalarFn.ACOSH, ScalarFn.ATANH);

    private final ScalarFn fn;
    private final Interpreter interpreter;
    private final int arity;
    private double worst;
    private double worstX;
    private double worstY;
    private long count;

    Accuracy(ScalarFn fn, DType dtype) {
        this.fn = fn;
        this.arity = fn.arity();
        KernelBuilder k = new KernelBuilder(fn.text());
        List<Integer> inputs = new ArrayList<>();
        for (int i = 0; i < arity; i++) {
            inputs.add(k.buffer("x" + i, dtype, Access.READ, Dim.of(BLOCK)));
        }
        int out = k.buffer("y", dtype, Access.WRITE, Dim.of(BLOCK));
        int lanes = 64 / dtype.bytes();
        k.loop(k.index(0), k.index(BLOCK), lanes, i -> k.store(out, i, new ScalarLowering(k).apply(fn, dtype,
                inputs.stream().map(input -> k.load(input, i, lanes)).toList(), Optional.empty())));
        Kernel kernel = k.build(Dim.ONE, new Kernel.Work(Dim.ZERO, Dim.ZERO));
        Verifier.verify(kernel);
        this.interpreter = new Interpreter(kernel);
    }

    double worst() {
        return worst;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%-9s %10d values, worst %.3f ULP at %s%s", fn.text(), count, worst,
                Double.toHexString(worstX), arity == 2 ? ", " + Double.toHexString(worstY) : "");
    }

    /** Values of float32, computed by the kernel. */
    float[] apply(float[] x, float[] y) {
        float[] result = new float[BLOCK];
        List<MemorySegment> memory = new ArrayList<>(List.of(MemorySegment.ofArray(x)));
        if (arity == 2) {
            memory.add(MemorySegment.ofArray(y));
        }
        memory.add(MemorySegment.ofArray(result));
        interpreter.run(memory, Dim::constant);
        return result;
    }

    /** Values of float64, computed by the kernel. */
    double[] apply(double[] x, double[] y) {
        double[] result = new double[BLOCK];
        List<MemorySegment> memory = new ArrayList<>(List.of(MemorySegment.ofArray(x)));
        if (arity == 2) {
            memory.add(MemorySegment.ofArray(y));
        }
        memory.add(MemorySegment.ofArray(result));
        interpreter.run(memory, Dim::constant);
        return result;
    }

    /** The operand's value without the rounding that its definition has in float64. */
    private double reference(double x, double y) {
        return fn.onFloats(x, y, 0);
    }

    /** Takes a block of float32 operands into account. */
    void measure(float[] x, float[] y) {
        float[] actual = apply(x, y);
        for (int i = 0; i < BLOCK; i++) {
            note(ulps(actual[i], reference(x[i], y[i])), x[i], y[i]);
        }
    }

    /** The same for float64, against a function that is itself within 1 ULP. */
    void measure(double[] x, double[] y) {
        double[] actual = apply(x, y);
        for (int i = 0; i < BLOCK; i++) {
            double expected = reference(x[i], y[i]);
            note(ulps(actual[i], expected), x[i], y[i]);
        }
    }

    private void note(double error, double x, double y) {
        count++;
        if (!(error <= worst)) {
            worst = error;
            worstX = x;
            worstY = y;
        }
    }

    /**
     * The distance of a float32 from a true value in the true value's units; infinite where they do not
     * agree.
     */
    static double ulps(float actual, double expected) {
        float rounded = (float) expected;
        if (Float.isNaN(actual) || Float.isNaN(rounded)) {
            return Float.isNaN(actual) && Float.isNaN(rounded) ? 0 : Double.POSITIVE_INFINITY;
        }
        if (actual == rounded) {
            boolean signs = actual != 0
                    || Float.floatToRawIntBits(actual) == Float.floatToRawIntBits(rounded);
            return !signs ? Double.POSITIVE_INFINITY
                    : Float.isInfinite(actual) ? 0 : Math.abs(actual - expected) / Math.ulp(rounded);
        }
        float unit = Math.ulp(Float.isInfinite(rounded) ? Float.MAX_VALUE : rounded);
        double from = Float.isInfinite(actual) ? Math.copySign(0x1p128, actual) : actual;
        double to = Float.isInfinite(rounded) ? Math.copySign(0x1p128, expected) : expected;
        return Math.abs(from - to) / unit;
    }

    /** The distance of two float64 in units of the second. */
    static double ulps(double actual, double expected) {
        if (Double.doubleToLongBits(actual) == Double.doubleToLongBits(expected)) {
            return 0;
        }
        if (Double.isNaN(actual) || Double.isNaN(expected) || Double.isInfinite(actual)
                || Double.isInfinite(expected)
                || actual == 0 && expected == 0) {
            return Double.POSITIVE_INFINITY;
        }
        return Math.abs(actual - expected) / Math.ulp(expected);
    }

    /** Walks the patterns of float32 in steps. */
    static Accuracy ofPatterns(ScalarFn fn, long stride) {
        Accuracy accuracy = new Accuracy(fn, DType.FLOAT32);
        float[] block = new float[BLOCK];
        int filled = 0;
        for (long pattern = 0; pattern < 1L << 32; pattern += stride) {
            block[filled++] = Float.intBitsToFloat((int) pattern);
            if (filled == BLOCK) {
                accuracy.measure(block, block);
                filled = 0;
            }
        }
        java.util.Arrays.fill(block, filled, BLOCK, 1f);
        accuracy.measure(block, block);
        return accuracy;
    }

    public static void main(String[] arguments) {
        long stride = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1;
        for (ScalarFn fn : UNARY) {
            System.out.println(ofPatterns(fn, stride));
        }
    }
}
