package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.op.Arithmetic;
import dev.sinter.op.Formula;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Vectors of float64 as a formula sees them. What no lane needs is branched around. */
final class KernelArithmetic implements Arithmetic<Reg> {
    /** More steps than this are two loops, so that few iterations are left once all lanes have their result. */
    private static final int STEPS = 64;

    private final KernelBuilder k;
    private final Floats d;

    private KernelArithmetic(KernelBuilder builder, RegType type) {
        this.k = builder;
        this.d = new Floats(builder, type);
    }

    /** The value of a formula, in float64, rounded to the kind of its operands. */
    static Reg apply(KernelBuilder k, Formula formula, List<Reg> operands) {
        RegType type = operands.getFirst().type();
        List<Reg> wide = operands.stream().map(operand -> k.convert(operand, Kind.F64)).toList();
        return k.convert(formula.of(new KernelArithmetic(k, type.withKind(Kind.F64)), wide), type.kind());
    }

    @Override
    public Reg number(double value) {
        return d.c(value);
    }

    @Override
    public Reg add(Reg x, Reg y) {
        return k.add(x, y);
    }

    @Override
    public Reg sub(Reg x, Reg y) {
        return k.sub(x, y);
    }

    @Override
    public Reg mul(Reg x, Reg y) {
        return k.mul(x, y);
    }

    @Override
    public Reg div(Reg x, Reg y) {
        return k.div(x, y);
    }

    @Override
    public Reg neg(Reg x) {
        return k.neg(x);
    }

    @Override
    public Reg abs(Reg x) {
        return d.abs(x);
    }

    @Override
    public Reg sqrt(Reg x) {
        return k.arith(ArithOp.SQRT, x);
    }

    @Override
    public Reg fma(Reg x, Reg y, Reg z) {
        return k.fma(x, y, z);
    }

    @Override
    public Reg floor(Reg x) {
        return k.arith(ArithOp.FLOOR, x);
    }

    @Override
    public Reg round(Reg x) {
        return k.arith(ArithOp.RINT, x);
    }

    @Override
    public Reg exp(Reg x) {
        return Elementary.exp(k, x);
    }

    @Override
    public Reg expm1(Reg x) {
        return Elementary.expm1(k, x);
    }

    @Override
    public Reg log(Reg x) {
        return Elementary.log(k, x);
    }

    @Override
    public Reg log1p(Reg x) {
        return Elementary.log1p(k, x);
    }

    @Override
    public Reg sin(Reg x) {
        return Elementary.sin(k, x);
    }

    @Override
    public Reg cos(Reg x) {
        return Elementary.cos(k, x);
    }

    @Override
    public Reg pow(Reg x, Reg y) {
        return Elementary.pow(k, x, y);
    }

    @Override
    public Reg exponent(Reg x) {
        Reg denormal = k.lt(x, d.c(0x1p-1022));
        Reg bits = d.toBits(k.select(denormal, k.mul(x, d.c(0x1p52)), x));
        Reg e = k.ashr(k.sub(bits, d.i(0x3fe6a09e667f3bcdL)), 52);
        return k.sub(k.convert(e, Kind.F64), k.select(denormal, d.c(52), d.c(0)));
    }

    @Override
    public Reg scale(Reg x, Reg e) {
        return k.arith(ArithOp.SCALE, x, e);
    }

    @Override
    public Reg lt(Reg x, Reg y) {
        return k.lt(x, y);
    }

    @Override
    public Reg le(Reg x, Reg y) {
        return k.le(x, y);
    }

    @Override
    public Reg eq(Reg x, Reg y) {
        return k.eq(x, y);
    }

    @Override
    public Reg and(Reg x, Reg y) {
        return k.and(x, y);
    }

    @Override
    public Reg or(Reg x, Reg y) {
        return k.or(x, y);
    }

    @Override
    public Reg not(Reg x) {
        return k.not(x);
    }

    @Override
    public Reg select(Reg condition, Reg x, Reg y) {
        return k.select(condition, x, y);
    }

    @Override
    public List<Reg> choose(Reg condition, Supplier<List<Reg>> then, Supplier<List<Reg>> otherwise) {
        OptionalLong known = k.constantBits(condition);
        if (known.isPresent()) {
            return known.getAsLong() != 0 ? then.get() : otherwise.get();
        }
        List<Reg> first = whereAny(condition, then);
        List<Reg> second = whereAny(k.not(condition), otherwise);
        List<Reg> chosen = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            chosen.add(k.select(condition, first.get(i), second.get(i)));
        }
        return chosen;
    }

    /** Values that are computed where a lane needs them. */
    private List<Reg> whereAny(Reg condition, Supplier<List<Reg>> values) {
        List<Reg> zeros = new ArrayList<>();
        return k.choose(k.fold(ArithOp.OR, condition), () -> {
            List<Reg> made = values.get();
            made.forEach(reg -> zeros.add(k.constant(reg.type(), 0)));
            return made;
        }, () -> zeros);
    }

    @Override
    public List<Reg> repeat(int most, List<Reg> state, Function<List<Reg>, Reg> goesOn,
            UnaryOperator<List<Reg>> step) {
        if (most <= STEPS) {
            return loop(most, state, goesOn, carried -> {
                Reg goes = goesOn.apply(carried);
                List<Reg> stepped = step.apply(carried);
                List<Reg> next = new ArrayList<>();
                for (int i = 0; i < carried.size(); i++) {
                    next.add(k.select(goes, stepped.get(i), carried.get(i)));
                }
                return next;
            });
        }
        return loop((most + STEPS - 1) / STEPS, state, goesOn, carried -> repeat(STEPS, carried, goesOn, step));
    }

    /** Iterations that do nothing once no lane goes on. */
    private List<Reg> loop(int most, List<Reg> state, Function<List<Reg>, Reg> goesOn,
            UnaryOperator<List<Reg>> body) {
        return k.loop(k.index(0), k.index(most), 1, state, (index, carried) -> k.choose(
                k.fold(ArithOp.OR, goesOn.apply(carried)), () -> body.apply(carried), () -> carried));
    }
}
