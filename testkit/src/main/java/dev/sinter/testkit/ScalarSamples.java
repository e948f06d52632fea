package dev.sinter.testkit;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Samples of the scalar functions: every dtype; special values, no, one and many elements; scalars; two axes. */
final class ScalarSamples {
    private static final Shape VECTOR = Shape.of(Dim.symbol("n"));

    private final List<OpSample> samples = new ArrayList<>();

    static List<OpSample> all() {
        ScalarSamples made = new ScalarSamples();
        for (ScalarFn fn : ScalarFn.values()) {
            for (DType dtype : DType.values()) {
                if (fn.takes(dtype)) {
                    made.add(fn, dtype);
                }
            }
            if (fn.takes(DType.FLOAT64)) {
                made.addSmooth(fn);
            }
        }
        return made.samples;
    }

    private void add(ScalarFn fn, DType dtype) {
        String name = fn.text() + " " + dtype.mnemonic();
        SampleData data = new SampleData(name);
        List<List<NDArray>> runs = new ArrayList<>();
        runs.add(special(fn, dtype));
        for (long size : new long[] {0, 1, 17, 64, 131}) {
            runs.add(random(fn, dtype, data, size));
        }
        samples.add(new OpSample(name + (isCommon(dtype) ? " symbolic" : " other"), function(fn, dtype, VECTOR), runs,
                false));
        if (!isCommon(dtype)) {
            return;
        }
        samples.add(new OpSample(name + " scalar", function(fn, dtype, Shape.SCALAR),
                List.of(random(fn, dtype, data)), false));
        samples.add(new OpSample(name + " matrix", function(fn, dtype, Shape.shape(3, 37)),
                List.of(random(fn, dtype, data, 3, 37)), false));
    }

    /** Whether a dtype is sampled with known sizes and on all machines. */
    private static boolean isCommon(DType dtype) {
        return switch (dtype) {
            case FLOAT32, FLOAT64, INT32, INT64, BOOL -> true;
            case FLOAT16, BFLOAT16, INT8, INT16, UINT8, UINT16, UINT32, UINT64 -> false;
        };
    }

    private void addSmooth(ScalarFn fn) {
        if (fn.derivative() instanceof Derivative.NotDifferentiable) {
            return;
        }
        String name = fn.text() + " f64 smooth";
        SampleData data = new SampleData(name);
        List<NDArray> run = new ArrayList<>();
        for (DType dtype : dtypes(fn, DType.FLOAT64)) {
            run.add(dtype == DType.BOOL ? data.random(dtype, 3, 4) : smooth(fn, run.size(), data));
        }
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < run.size(); i++) {
            boolean fixed = i < orders(fn);
            operands.add(fixed ? b.constant(run.get(i))
                    : b.add(new Parameter("x" + i, new TensorType(run.get(i).dtype(), Shape.shape(3, 4)))));
            if (!fixed) {
                parameters.add(operands.getLast());
            }
        }
        Value result = b.map(fn, operands.toArray(Value[]::new));
        samples.add(new OpSample(name, new Function("sample", parameters, List.of(result), b.locations()),
                List.of(run.subList(orders(fn), run.size())), true));
    }

    /** How many of the first operands have no gradient, or no second one. */
    private static int orders(ScalarFn fn) {
        return switch (fn) {
            case POLYGAMMA, ZETA, IGAMMA, IGAMMAC -> 1;
            case BETAINC -> 2;
            default -> 0;
        };
    }

    /** Inputs inside the domain and away from steps and kinks. */
    private static NDArray smooth(ScalarFn fn, int operand, SampleData data) {
        return switch (fn) {
            case SQRT, RSQRT, LOG, LOG1P -> data.between(0.5, 3, 3, 4);
            case POW -> operand == 0 ? data.between(0.5, 2, 3, 4) : data.between(-2, 3, 3, 4);
            case DIV -> operand == 0 ? data.between(-2, 2, 3, 4) : data.between(0.5, 2, 3, 4);
            case REM -> operand == 0 ? data.between(5.2, 5.8, 3, 4) : data.between(1.95, 2.05, 3, 4);
            case MAX, MIN, EQ, NE, LT, LE, GT, GE -> operand == 0 ? data.between(-2, 2, 3, 4)
                    : data.between(2.5, 3, 3, 4);
            case ABS, SIGN, FLOOR, CEIL, ROUND -> data.between(1.1, 1.4, 3, 4);
            case TAN, ASIN, ACOS, ATANH -> data.between(-0.9, 0.9, 3, 4);
            case ACOSH -> data.between(1.2, 3, 3, 4);
            case ERFINV -> data.between(-0.9, 0.9, 3, 4);
            case NDTRI -> data.between(0.1, 0.9, 3, 4);
            case LGAMMA, DIGAMMA, EXPINT, SPENCE, BESSEL_K0E, BESSEL_K1E, BESSEL_Y0, BESSEL_Y1, IGAMMA, IGAMMAC,
                    IGAMMA_GRAD_A -> data.between(0.6, 4, 3, 4);
            case POLYGAMMA -> operand == 0 ? data.integers(0, 3, 3, 4) : data.between(0.7, 3, 3, 4);
            case ZETA -> operand == 0 ? data.between(1.5, 4, 3, 4) : data.between(0.7, 3, 3, 4);
            case BETAINC -> operand < 2 ? data.between(0.6, 4, 3, 4) : data.between(0.2, 0.8, 3, 4);
            case BESSEL_I0E, BESSEL_I1E -> data.between(0.2, 3, 3, 4);
            case BESSEL_J0, BESSEL_J1, DAWSN, FRESNEL_COS, FRESNEL_SIN, ATAN, ATAN2, SINH, COSH, ASINH,
                    ADD, SUB, MUL, NEG, EXP, EXPM1, TANH, LOGISTIC, ERF, ERFC, SIN, COS, IS_NAN, IS_FINITE, SELECT, AND,
                    OR, XOR, NOT, SHIFT_LEFT, SHIFT_RIGHT_LOGICAL, SHIFT_RIGHT_ARITHMETIC -> data.between(-2, 2, 3, 4);
        };
    }

    private static List<DType> dtypes(ScalarFn fn, DType dtype) {
        List<DType> dtypes = new ArrayList<>();
        for (int i = 0; i < fn.arity(); i++) {
            dtypes.add(fn == ScalarFn.SELECT && i == 0 ? DType.BOOL : dtype);
        }
        return dtypes;
    }

    private static Function function(ScalarFn fn, DType dtype, Shape shape) {
        Builder b = new Builder();
        List<Value> parameters = new ArrayList<>();
        for (DType operand : dtypes(fn, dtype)) {
            parameters.add(b.add(new Parameter("x" + parameters.size(), new TensorType(operand, shape))));
        }
        Value result = b.map(fn, parameters.toArray(Value[]::new));
        return new Function("sample", parameters, List.of(result), b.locations());
    }

    private static List<NDArray> special(ScalarFn fn, DType dtype) {
        List<NDArray> run = new ArrayList<>();
        List<DType> dtypes = dtypes(fn, dtype);
        for (int i = 0; i < dtypes.size(); i++) {
            boolean condition = fn == ScalarFn.SELECT && i == 0;
            int which = fn == ScalarFn.SELECT ? i - 1 : i;
            int count = SampleData.specialCount(dtype);
            run.add(condition ? new SampleData(fn.text()).random(DType.BOOL, (long) count * count)
                    : fit(fn, i, SampleData.special(dtype, which, Math.min(2, fn.arity()))));
        }
        return run;
    }

    private static List<NDArray> random(ScalarFn fn, DType dtype, SampleData data, long... sizes) {
        List<NDArray> run = new ArrayList<>();
        for (DType operand : dtypes(fn, dtype)) {
            run.add(fit(fn, run.size(), data.random(operand, sizes)));
        }
        return run;
    }

    /** No integer is divided by 0. */
    private static NDArray fit(ScalarFn fn, int operand, NDArray array) {
        boolean divisor = (fn == ScalarFn.DIV || fn == ScalarFn.REM) && operand == 1 && array.dtype().isInteger();
        return divisor ? SampleData.withoutZeros(array) : array;
    }
}
