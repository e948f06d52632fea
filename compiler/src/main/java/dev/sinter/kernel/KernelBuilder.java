package dev.sinter.kernel;

import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.Kernel.Argument;
import dev.sinter.kernel.Kernel.Work;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Writes a scheduled kernel. Instructions are appended to the innermost open body, with four comforts: a pure
 * instruction that stands already, its operands in either order, is not repeated; one whose operands are all
 * defined outside the innermost loops is placed outside of them (never outside an {@code if}, and integer
 * divisions stay where they are); operations on constants and with neutral elements fold, exactly; a bound on
 * floats that lie within it is left out. Operands of an operation have equal types: scalars are widened by {@link
 * #splat}.
 */
public final class KernelBuilder {
    private static final class Scope {
        final List<Instr> instrs = new ArrayList<>();
        final List<PureKey> keys = new ArrayList<>();
        final boolean conditional;

        Scope(boolean conditional) {
            this.conditional = conditional;
        }
    }

    /** A scalar I64 as another one and a constant. */
    public record Shifted(Reg base, long by) {}

    private final String name;
    private final List<Argument> buffers = new ArrayList<>();
    private final List<Scope> scopes = new ArrayList<>();
    private final Scope prologue = new Scope(false);
    private final List<Integer> depths = new ArrayList<>();
    /** What the open bodies have computed, each in one of them. */
    private final Map<PureKey, Reg> pure = new HashMap<>();
    private final Map<Dim, Reg> sizes = new HashMap<>();
    private final Map<Reg, Long> constants = new HashMap<>();
    private final Map<Reg, Shifted> shifted = new HashMap<>();
    private final Ranges ranges = new Ranges(this);
    private final Reg tile;

    public KernelBuilder(String name) {
        this.name = name;
        scopes.add(prologue);
        scopes.add(new Scope(false));
        this.tile = fresh(RegType.INDEX, 0);
    }

    /** Adds a buffer; its number is what loads and stores take. */
    public int buffer(String bufferName, DType dtype, Access access, Dim storage) {
        buffers.add(new Argument(bufferName, dtype, access, storage));
        return buffers.size() - 1;
    }

    /** The buffers so far. */
    public List<Argument> buffers() {
        return List.copyOf(buffers);
    }

    /** The number of the tile that the body computes, I64. */
    public Reg tile() {
        return tile;
    }

    /** Ends the kernel. */
    public Kernel build(Dim tiles, Work work) {
        if (scopes.size() != 2) {
            throw new CompilerBug("kernel " + name + " ends inside a body");
        }
        List<Instr> all = new ArrayList<>(prologue.instrs);
        all.addAll(scopes.getLast().instrs);
        return new Kernel(name, buffers, tile, tiles, new Instr.Body(all, List.of()), work);
    }

    /** Between which bounds the lanes of a float register lie. */
    Ranges.Range range(Reg reg) {
        return ranges.of(reg);
    }

    // Constants and sizes.

    /** A constant in every lane: the bits of a float, or an integer, or 0 and 1. */
    public Reg constant(RegType type, long bits) {
        long normal = switch (type.kind()) {
            case F32 -> bits & 0xffffffffL;
            case I32 -> (int) bits;
            case F64, I64 -> bits;
            case I1 -> bits == 0 ? 0 : 1;
        };
        PureKey key = new PureKey.Const(type, normal);
        Reg known = pure.get(key);
        if (known == null) {
            known = fresh(type, 0);
            prologue.instrs.add(new Instr.Const(known, normal));
            pure.put(key, known);
            constants.put(known, normal);
        }
        return known;
    }

    /** A float constant of a type, rounded to it; for integer types the nearest integer towards zero. */
    public Reg number(RegType type, double value) {
        return constant(type, switch (type.kind()) {
            case F32 -> Float.floatToRawIntBits((float) value);
            case F64 -> Double.doubleToRawLongBits(value);
            case I32, I64 -> (long) value;
            case I1 -> value != 0 ? 1 : 0;
        });
    }

    public Reg f32(float value) {
        return constant(new RegType(Kind.F32, 1), Float.floatToRawIntBits(value));
    }

    public Reg f64(double value) {
        return constant(new RegType(Kind.F64, 1), Double.doubleToRawLongBits(value));
    }

    public Reg i32(int value) {
        return constant(new RegType(Kind.I32, 1), value);
    }

    /** A scalar I64, the type of offsets and sizes. */
    public Reg index(long value) {
        return constant(RegType.INDEX, value);
    }

    public Reg bool(boolean value) {
        return constant(new RegType(Kind.I1, 1), value ? 1 : 0);
    }

    /** A size as a scalar I64. */
    public Reg size(Dim dim) {
        if (dim.isConstant()) {
            return index(dim.constant());
        }
        Reg known = sizes.get(dim);
        if (known == null) {
            known = fresh(RegType.INDEX, 0);
            prologue.instrs.add(new Instr.Size(known, dim));
            sizes.put(dim, known);
        }
        return known;
    }

    /** The bits of a register that is a constant. */
    public OptionalLong constantBits(Reg reg) {
        Long bits = constants.get(reg);
        return bits == null ? OptionalLong.empty() : OptionalLong.of(bits);
    }

    /** Whether a register is a constant of these bits. */
    public boolean isConstant(Reg reg, long bits) {
        Long known = constants.get(reg);
        return known != null && known == bits;
    }

    // Arithmetic.

    /** An operation whose result has the type of its first operand (comparisons: I1). Not for conversions. */
    public Reg arith(ArithOp op, Reg... arguments) {
        RegType type = switch (op) {
            case EQ, NE, LT, LE, GT, GE -> arguments[0].type().withKind(Kind.I1);
            case SELECT -> arguments[1].type();
            case CONVERT, BITCAST -> throw new CompilerBug(op + " needs a result type");
            default -> arguments[0].type();
        };
        return arith(op, type, arguments);
    }

    private Reg arith(ArithOp op, RegType type, Reg... operands) {
        Reg[] arguments = inOrder(op, operands);
        return Folding.fold(this, op, type, arguments).orElseGet(() -> {
            List<Reg> list = List.of(arguments);
            boolean traps = (op == ArithOp.DIV || op == ArithOp.REM) && !type.kind().isFloat();
            Reg result = place(new PureKey.Arith(op, type, list), type, list, !traps,
                    out -> new Instr.Arith(out, op, list));
            ranges.note(result, op, list);
            if (op == ArithOp.ADD && type.equals(RegType.INDEX) && constants.containsKey(list.get(1))) {
                Shifted before = shifted(list.get(0));
                shifted.put(result, new Shifted(before.base(), before.by() + constants.get(list.get(1))));
            }
            return result;
        });
    }

    /** Operands that can change places, those first that are no constants and were made first. */
    private Reg[] inOrder(ArithOp op, Reg... operands) {
        if (!op.isCommutative()) {
            return operands;
        }
        boolean isFirst = constants.containsKey(operands[0]) == constants.containsKey(operands[1])
                ? operands[0].id() <= operands[1].id() : constants.containsKey(operands[1]);
        if (isFirst) {
            return operands;
        }
        Reg[] ordered = operands.clone();
        ordered[0] = operands[1];
        ordered[1] = operands[0];
        return ordered;
    }

    /** A scalar I64 without the constants that were added to it; a constant is one beyond 0. */
    public Shifted shifted(Reg reg) {
        return constants.containsKey(reg) ? new Shifted(index(0), constants.get(reg))
                : shifted.getOrDefault(reg, new Shifted(reg, 0));
    }

    public Reg add(Reg a, Reg b) {
        return arith(ArithOp.ADD, a, b);
    }

    public Reg add(Reg a, long b) {
        return add(a, constant(a.type(), b));
    }

    public Reg sub(Reg a, Reg b) {
        return arith(ArithOp.SUB, a, b);
    }

    public Reg mul(Reg a, Reg b) {
        return arith(ArithOp.MUL, a, b);
    }

    public Reg mul(Reg a, long b) {
        return mul(a, constant(a.type(), b));
    }

    public Reg div(Reg a, Reg b) {
        return arith(ArithOp.DIV, a, b);
    }

    public Reg rem(Reg a, Reg b) {
        return arith(ArithOp.REM, a, b);
    }

    /** {@code a * b + c}, rounded once. */
    public Reg fma(Reg a, Reg b, Reg c) {
        return arith(ArithOp.FMA, a, b, c);
    }

    public Reg neg(Reg a) {
        return arith(ArithOp.NEG, a);
    }

    public Reg min(Reg a, Reg b) {
        return arith(ArithOp.MIN, a, b);
    }

    public Reg max(Reg a, Reg b) {
        return arith(ArithOp.MAX, a, b);
    }

    public Reg and(Reg a, Reg b) {
        return arith(ArithOp.AND, a, b);
    }

    public Reg or(Reg a, Reg b) {
        return arith(ArithOp.OR, a, b);
    }

    public Reg xor(Reg a, Reg b) {
        return arith(ArithOp.XOR, a, b);
    }

    public Reg not(Reg a) {
        return arith(ArithOp.NOT, a);
    }

    public Reg shl(Reg a, long count) {
        return arith(ArithOp.SHL, a, constant(a.type(), count));
    }

    public Reg lshr(Reg a, long count) {
        return arith(ArithOp.LSHR, a, constant(a.type(), count));
    }

    public Reg ashr(Reg a, long count) {
        return arith(ArithOp.ASHR, a, constant(a.type(), count));
    }

    public Reg eq(Reg a, Reg b) {
        return arith(ArithOp.EQ, a, b);
    }

    public Reg ne(Reg a, Reg b) {
        return arith(ArithOp.NE, a, b);
    }

    public Reg lt(Reg a, Reg b) {
        return arith(ArithOp.LT, a, b);
    }

    public Reg le(Reg a, Reg b) {
        return arith(ArithOp.LE, a, b);
    }

    public Reg gt(Reg a, Reg b) {
        return arith(ArithOp.GT, a, b);
    }

    public Reg ge(Reg a, Reg b) {
        return arith(ArithOp.GE, a, b);
    }

    public Reg select(Reg condition, Reg a, Reg b) {
        return arith(ArithOp.SELECT, condition, a, b);
    }

    /** The value in another kind, with {@link ArithOp#CONVERT}'s meaning. */
    public Reg convert(Reg a, Kind kind) {
        return a.type().kind() == kind ? a : arith(ArithOp.CONVERT, a.type().withKind(kind), a);
    }

    /** The same bits as another kind of the same size. */
    public Reg bitcast(Reg a, Kind kind) {
        return a.type().kind() == kind ? a : arith(ArithOp.BITCAST, a.type().withKind(kind), a);
    }

    // Lanes.

    /** A scalar in every lane; the scalar itself for one lane. */
    public Reg splat(Reg scalar, int lanes) {
        if (scalar.type().lanes() == lanes) {
            return scalar;
        }
        RegType type = scalar.type().withLanes(lanes);
        Long bits = constants.get(scalar);
        if (bits != null) {
            return constant(type, bits);
        }
        return place(new PureKey.Move("splat", type, List.of(scalar), 0), type, List.of(scalar), true,
                out -> new Instr.Splat(out, scalar));
    }

    /** 0, 1, 2, ... as I32 or I64. */
    public Reg lanes(Kind kind, int lanes) {
        RegType type = new RegType(kind, lanes);
        if (lanes == 1) {
            return constant(type, 0);
        }
        return place(new PureKey.Move("lanes", type, List.of(), 0), type, List.of(), true, Instr.Lanes::new);
    }

    public Reg extract(Reg vector, int lane) {
        RegType type = vector.type().withLanes(1);
        return place(new PureKey.Move("extract", type, List.of(vector), lane), type, List.of(vector), true,
                out -> new Instr.Extract(out, vector, lane));
    }

    /** Lanes of two vectors in any order, those of the first numbered before those of the second. */
    public Reg shuffle(Reg first, Reg second, List<Integer> lanes) {
        RegType type = first.type().withLanes(lanes.size());
        return place(new PureKey.Move(lanes, type, List.of(first, second), 0), type,
                List.of(first, second),
                true, out -> new Instr.Shuffle(out, first, second, lanes));
    }

    /** All lanes combined, halves first; the scalar itself for one lane. */
    public Reg fold(ArithOp op, Reg vector) {
        if (vector.type().lanes() == 1) {
            return vector;
        }
        RegType type = vector.type().withLanes(1);
        return place(new PureKey.Move(op, type, List.of(vector), 0), type, List.of(vector), true,
                out -> new Instr.Fold(out, op, vector));
    }

    // Memory.

    private RegType elements(int buffer, int lanes) {
        return RegType.of(buffers.get(buffer).dtype(), lanes);
    }

    /** {@code lanes} neighbouring elements from an offset in elements. */
    public Reg load(int buffer, Reg offset, int lanes) {
        return load(buffer, offset, lanes, Optional.empty());
    }

    /** Neighbouring elements where the mask is true, 0 elsewhere. */
    public Reg load(int buffer, Reg offset, int lanes, Optional<Reg> mask) {
        RegType type = elements(buffer, lanes);
        return read(buffer, "load", type, offset, mask, out -> new Instr.Load(out, buffer, offset, mask));
    }

    /** One element in every lane. */
    public Reg broadcast(int buffer, Reg offset, int lanes) {
        return splat(load(buffer, offset, 1), lanes);
    }

    /** Elements at offsets of their own; a single one is a plain load. */
    public Reg gather(int buffer, Reg offsets, Optional<Reg> mask) {
        if (offsets.type().lanes() == 1) {
            return load(buffer, offsets, 1, mask);
        }
        RegType type = elements(buffer, offsets.type().lanes());
        return read(buffer, "gather", type, offsets, mask,
                out -> new Instr.Gather(out, buffer, offsets, mask));
    }

    private Reg read(int buffer, String what, RegType type, Reg offset, Optional<Reg> mask,
            java.util.function.Function<Reg, Instr> make) {
        if (buffers.get(buffer).access() == Access.READ) {
            List<Reg> operands = new ArrayList<>(List.of(offset));
            mask.ifPresent(operands::add);
            return place(new PureKey.Move(what, type, operands, buffer), type, operands, false, make);
        }
        Reg out = fresh(type, scopes.size() - 1);
        append(make.apply(out));
        return out;
    }

    public void store(int buffer, Reg offset, Reg value) {
        store(buffer, offset, value, Optional.empty());
    }

    public void store(int buffer, Reg offset, Reg value, Optional<Reg> mask) {
        append(new Instr.Store(buffer, offset, value, mask, false));
    }

    /** Stores a full vector past the caches, at an offset that is a multiple of its lanes. */
    public void storeStreaming(int buffer, Reg offset, Reg value) {
        append(new Instr.Store(buffer, offset, value, Optional.empty(), true));
    }

    /** Stores elements at offsets of their own; a single one is a plain store. */
    public void scatter(int buffer, Reg offsets, Reg value, Optional<Reg> mask) {
        if (offsets.type().lanes() == 1) {
            store(buffer, offsets, value, mask);
            return;
        }
        append(new Instr.Scatter(buffer, offsets, value, mask));
    }

    public void prefetch(int buffer, Reg offset) {
        append(new Instr.Prefetch(buffer, offset));
    }

    // Control.

    /** A loop with carried values: {@code body} sees the index and them, and gives the next iteration's. */
    public List<Reg> loop(Reg lower, Reg upper, long step, List<Reg> initial,
            BiFunction<Reg, List<Reg>, List<Reg>> body) {
        int depth = scopes.size();
        Scope scope = new Scope(false);
        scopes.add(scope);
        Reg index = fresh(RegType.INDEX, depth);
        List<Reg> carried = initial.stream().map(reg -> fresh(reg.type(), depth)).toList();
        List<Reg> yields = body.apply(index, carried);
        close(scope);
        List<Reg> results = initial.stream().map(reg -> fresh(reg.type(), depth - 1)).toList();
        append(new Instr.Loop(index, lower, upper, step, carried, initial,
                new Instr.Body(scope.instrs, yields),
                results));
        return results;
    }

    /** A loop that carries nothing. */
    public void loop(Reg lower, Reg upper, long step, Consumer<Reg> body) {
        loop(lower, upper, step, List.of(), (index, carried) -> {
            body.accept(index);
            return List.of();
        });
    }

    /** One of two bodies and its values. */
    public List<Reg> choose(Reg condition, Supplier<List<Reg>> then, Supplier<List<Reg>> otherwise) {
        Long known = constants.get(condition);
        if (known != null) {
            return known != 0 ? then.get() : otherwise.get();
        }
        Instr.Body first = branch(then);
        Instr.Body second = branch(otherwise);
        List<Reg> results = first.yields().stream().map(reg -> fresh(reg.type(), scopes.size() - 1)).toList();
        append(new Instr.If(condition, first, second, results));
        return results;
    }

    /** A body that runs only where the condition, a scalar I1, is true. */
    public void when(Reg condition, Runnable then) {
        when(condition, then, () -> {});
    }

    /** One of two bodies. */
    public void when(Reg condition, Runnable then, Runnable otherwise) {
        choose(condition, () -> {
            then.run();
            return List.of();
        }, () -> {
            otherwise.run();
            return List.of();
        });
    }

    private Instr.Body branch(Supplier<List<Reg>> body) {
        Scope scope = new Scope(true);
        scopes.add(scope);
        List<Reg> yields = body.get();
        close(scope);
        return new Instr.Body(scope.instrs, yields);
    }

    private void close(Scope scope) {
        if (scopes.removeLast() != scope) {
            throw new CompilerBug("kernel " + name + ": bodies are not closed in order");
        }
        scope.keys.forEach(pure::remove);
    }

    /**
     * Writes parts that do not depend on each other's effects, and merges their instructions in turns, so
     * that a processor finds independent ones next to each other. A part may use what parts before it have
     * computed.
     */
    public void interleave(List<Runnable> parts) {
        List<Instr> target = scopes.getLast().instrs;
        int start = target.size();
        List<List<Instr>> written = new ArrayList<>();
        for (Runnable part : parts) {
            int from = target.size();
            part.run();
            written.add(List.copyOf(target.subList(from, target.size())));
        }
        target.subList(start, target.size()).clear();
        target.addAll(Interleaving.of(written));
    }

    /** Fails the run where any lane of the condition is true. */
    public void fail(Reg condition, Failure failure) {
        if (!isConstant(condition, 0)) {
            append(new Instr.Fail(condition, failure, Optional.empty()));
        }
    }

    /** Fails the run where any lane of the condition is true, for an index that is out of range. */
    public void fail(Reg condition, Instr.Detail detail) {
        if (!isConstant(condition, 0)) {
            append(new Instr.Fail(condition, Failure.INDEX_OUT_OF_RANGE, Optional.of(detail)));
        }
    }

    // Placement.

    private Reg fresh(RegType type, int depth) {
        depths.add(depth);
        return new Reg(depths.size() - 1, type);
    }

    private void append(Instr instr) {
        scopes.getLast().instrs.add(instr);
    }

    private Reg place(PureKey key, RegType type, List<Reg> operands, boolean movable,
            java.util.function.Function<Reg, Instr> make) {
        Reg known = pure.get(key);
        if (known != null) {
            return known;
        }
        int depth = scopes.size() - 1;
        if (movable) {
            int needed = 1;
            for (Reg operand : operands) {
                needed = Math.max(needed, depths.get(operand.id()));
            }
            while (depth > needed && !scopes.get(depth).conditional) {
                depth--;
            }
        }
        Reg out = fresh(type, depth);
        scopes.get(depth).instrs.add(make.apply(out));
        scopes.get(depth).keys.add(key);
        pure.put(key, out);
        return out;
    }

    @Override
    public String toString() {
        return "builder of " + name + Arrays.toString(buffers.toArray());
    }
}
