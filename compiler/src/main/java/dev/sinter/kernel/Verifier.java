package dev.sinter.kernel;

import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.Kernel.Argument;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.GraphException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Checks that a kernel is well formed: every register is assigned once and before its uses, types agree, each
 * buffer is used as its access says, and no offset, loop bound or tile depends on loaded data unless it has
 * been through a minimum and a maximum with values that do not.
 */
public final class Verifier {
    private final Kernel kernel;
    private final Set<Integer> assigned = new HashSet<>();
    private final Set<Reg> visible = new HashSet<>();

    private Verifier(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Throws {@link CompilerBug}, with the kernel's text, where the kernel is not well formed. */
    public static void verify(Kernel kernel) {
        Verifier verifier = new Verifier(kernel);
        verifier.check(kernel.tile().type().equals(RegType.INDEX), "the tile is not i64");
        verifier.define(kernel.tile());
        verifier.body(kernel.body());
        verifier.check(kernel.body().yields().isEmpty(), "the kernel's body yields");
        new OffsetTaint(kernel).check();
    }

    static CompilerBug broken(Kernel kernel, String why) {
        String text;
        try {
            text = Printer.print(kernel);
        } catch (GraphException | CompilerBug unprintable) {
            text = unprintable.getMessage();
        }
        return new CompilerBug("kernel " + kernel.name() + ": " + why + "\n" + text);
    }

    private void check(boolean condition, String why) {
        if (!condition) {
            throw broken(kernel, why);
        }
    }

    /** The text is made where it is read: a kernel has thousands of checks. */
    private void check(boolean condition, Supplier<String> why) {
        if (!condition) {
            throw broken(kernel, why.get());
        }
    }

    private void define(Reg reg) {
        check(reg.type().lanes() >= 1, () -> reg + " has no lanes");
        check(assigned.add(reg.id()), () -> reg + " is assigned twice");
        visible.add(reg);
    }

    private void use(Reg reg, Instr instr) {
        check(visible.contains(reg),
                () -> reg + " is used where it is not defined, in " + instr.getClass().getSimpleName());
    }

    /** Checks a body; what it defines is not visible after it. */
    private void body(Instr.Body body) {
        Set<Reg> inside = new HashSet<>();
        for (Instr instr : body.instrs()) {
            for (Reg reg : Registers.operands(instr)) {
                use(reg, instr);
            }
            types(instr);
            if (instr instanceof Instr.Loop loop) {
                loop(loop);
            } else if (instr instanceof Instr.If choice) {
                body(choice.then());
                body(choice.otherwise());
            }
            for (Reg reg : Registers.results(instr)) {
                define(reg);
                inside.add(reg);
            }
        }
        for (Reg reg : body.yields()) {
            check(visible.contains(reg), () -> reg + " is yielded where it is not defined");
        }
        visible.removeAll(inside);
    }

    private void loop(Instr.Loop loop) {
        define(loop.index());
        loop.carried().forEach(this::define);
        body(loop.body());
        visible.remove(loop.index());
        loop.carried().forEach(visible::remove);
    }

    private void types(Instr instr) {
        switch (instr) {
            case Instr.Const i -> {}
            case Instr.Size i -> is(i.out(), RegType.INDEX);
            case Instr.Arith i -> arith(i);
            case Instr.Splat i -> {
                check(i.scalar().type().lanes() == 1, "a splat of a vector");
                is(i.scalar(), i.out().type().withLanes(1));
            }
            case Instr.Lanes i -> check(integer(i.out().type().kind()), "lanes are i32 or i64");
            case Instr.Extract i -> {
                is(i.out(), i.vector().type().withLanes(1));
                check(i.lane() >= 0 && i.lane() < i.vector().type().lanes(),
                        () -> "lane " + i.lane() + " does not exist");
            }
            case Instr.Shuffle i -> {
                is(i.second(), i.first().type());
                is(i.out(), i.first().type().withLanes(i.lanes().size()));
                int most = 2 * i.first().type().lanes();
                check(i.lanes().stream().allMatch(lane -> lane >= 0 && lane < most),
                        "a shuffled lane does not exist");
            }
            case Instr.Fold i -> {
                is(i.out(), i.vector().type().withLanes(1));
                check(Integer.bitCount(i.vector().type().lanes()) == 1,
                        "a fold needs a power of two of lanes");
                operation(i.op(), i.out().type(), List.of(i.out(), i.out()));
            }
            case Instr.Load i -> {
                is(i.offset(), RegType.INDEX);
                access(i.buffer(), i.out().type(), i.mask(), true);
            }
            case Instr.Gather i -> {
                is(i.offsets(), i.out().type().withKind(Kind.I64));
                access(i.buffer(), i.out().type(), i.mask(), true);
            }
            case Instr.Store i -> {
                is(i.offset(), RegType.INDEX);
                check(!i.streaming() || i.mask().isEmpty(), "a streaming store has a mask");
                access(i.buffer(), i.value().type(), i.mask(), false);
            }
            case Instr.Scatter i -> {
                is(i.offsets(), i.value().type().withKind(Kind.I64));
                access(i.buffer(), i.value().type(), i.mask(), false);
            }
            case Instr.Prefetch i -> {
                is(i.offset(), RegType.INDEX);
                argument(i.buffer());
            }
            case Instr.Loop i -> {
                is(i.index(), RegType.INDEX);
                is(i.lower(), RegType.INDEX);
                is(i.upper(), RegType.INDEX);
                check(i.step() > 0, () -> "a loop steps by " + i.step());
                same(i.carried(), i.initial(), "carried and initial values");
                same(i.carried(), i.body().yields(), "carried and yielded values");
                same(i.carried(), i.results(), "carried values and results");
            }
            case Instr.If i -> {
                is(i.condition(), new RegType(Kind.I1, 1));
                same(i.results(), i.then().yields(), "results and the first body's yields");
                same(i.results(), i.otherwise().yields(), "results and the second body's yields");
            }
            case Instr.Fail i -> {
                check(i.condition().type().kind() == Kind.I1, "fail takes i1");
                i.detail().ifPresent(detail -> check(detail.site() != 0 && detail.index().type().kind() == Kind.I64
                        && detail.index().type().equals(detail.position().type())
                        && detail.index().type().lanes() == i.condition().type().lanes(),
                        "a detail is an index and a position in each lane"));
            }
        }
    }

    private void is(Reg reg, RegType type) {
        check(reg.type().equals(type), () -> reg + " is " + reg.type() + ", not " + type);
    }

    private void same(List<Reg> left, List<Reg> right, String what) {
        check(haveSameTypes(left, right),
                () -> what + " differ in type: " + left + " and " + right);
    }

    private static boolean haveSameTypes(List<Reg> left, List<Reg> right) {
        boolean same = left.size() == right.size();
        for (int i = 0; same && i < left.size(); i++) {
            same = left.get(i).type().equals(right.get(i).type());
        }
        return same;
    }

    private Argument argument(int buffer) {
        check(buffer >= 0 && buffer < kernel.buffers().size(), () -> "there is no buffer " + buffer);
        return kernel.buffers().get(buffer);
    }

    private void access(int buffer, RegType type, Optional<Reg> mask, boolean reads) {
        Argument argument = argument(buffer);
        check(Kind.of(argument.dtype()) == type.kind(),
                () -> "buffer " + argument.name() + " does not hold " + type);
        mask.ifPresent(reg -> is(reg, type.withKind(Kind.I1)));
        Access forbidden = reads ? Access.WRITE : Access.READ;
        check(argument.access() != forbidden, () -> "buffer " + argument.name() + " is only "
                + (reads ? "written" : "read"));
    }

    private void arith(Instr.Arith arith) {
        check(arith.arguments().size() == arith.op().arity(), () -> arith.op() + " takes " + arith.op().arity()
                + " arguments");
        operation(arith.op(), arith.out().type(), arith.arguments());
    }

    private static boolean integer(Kind kind) {
        return kind == Kind.I32 || kind == Kind.I64;
    }

    private void operation(ArithOp op, RegType out, List<Reg> arguments) {
        Kind kind = out.kind();
        RegType first = arguments.getFirst().type();
        boolean allowed = switch (op) {
            case ADD, SUB, MUL, DIV, NEG, ABS, MIN, MAX -> kind != Kind.I1;
            case FMA, SCALE, SQRT, FLOOR, CEIL, RINT, TRUNC -> kind.isFloat();
            case REM, SHL, LSHR, ASHR -> integer(kind);
            case AND, OR, XOR, NOT -> !kind.isFloat();
            case MULHI_U -> kind == Kind.I32;
            case ROUND_F16, ROUND_BF16 -> kind == Kind.F32;
            case EQ, NE, LT, LE, GT, GE -> kind == Kind.I1 && first.kind() != Kind.I1;
            case SELECT, CONVERT -> true;
            case BITCAST -> kind != Kind.I1 && first.kind() != Kind.I1 && kind.bytes() == first.kind().bytes()
                    && kind.isFloat() != first.kind().isFloat();
        };
        check(allowed, () -> op + " does not give " + out + " of " + first);
        switch (op) {
            case CONVERT, BITCAST -> is(arguments.getFirst(), out.withKind(first.kind()));
            case SELECT -> {
                is(arguments.get(0), out.withKind(Kind.I1));
                is(arguments.get(1), out);
                is(arguments.get(2), out);
            }
            case EQ, NE, LT, LE, GT, GE -> {
                is(arguments.get(0), out.withKind(first.kind()));
                is(arguments.get(1), first);
            }
            default -> arguments.forEach(argument -> is(argument, out));
        }
    }
}
