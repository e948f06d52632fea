package dev.sinter.kernel;

import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.Kernel.Argument;
import dev.sinter.kernel.Kernel.Work;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes one kernel of several that are launched one after the other, where no tile needs what another tile has written:
 * its tile is the same tile of each of them. What one writes, the next finds in the caches. Memory that nothing else
 * needs becomes memory of the thread, as much as one tile touches; what is that already stays it. What comes from afar
 * is asked for while the kernel that computes most has the processor busy: what that reads, for the next tile, and
 * where the tile will write.
 */
public final class Joining {
    private static final Reg TILE = new Reg(0, RegType.INDEX);

    private final List<Kernel> kernels;
    private final List<List<Integer>> buffers;
    private final long near;
    private final int heaviest;
    private final Map<Integer, Shared> shared = new LinkedHashMap<>();
    private final List<Instr> prologue = new ArrayList<>();
    private final Map<Long, Reg> steps = new HashMap<>();
    private int registers = TILE.id();

    /** A buffer of the joined kernel. */
    private static final class Shared {
        private final int number;
        private final Argument first;
        private Access access;
        /** Where the kernels name it: which of them, and which argument. */
        private final List<Integer> users = new ArrayList<>();
        private final List<Integer> arguments = new ArrayList<>();
        private Optional<Footprints.Stretches> own = Optional.empty();
        /** How many bytes tiles of the heaviest kernel, or of the one that writes it, are apart; 0 where near. */
        private long step;
        /** Whether vectors are stored past the caches. */
        private boolean isStreamed;

        Shared(int number, Argument first) {
            this.number = number;
            this.first = first;
            this.access = first.access();
        }

        long elements(long bytes) {
            return bytes / first.dtype().bytes();
        }

        Argument argument() {
            return new Argument(first.name(), first.dtype(), access,
                    own.map(stretch -> Dim.of(elements(stretch.length()))).orElse(first.storage()));
        }
    }

    private Joining(List<Kernel> kernels, List<List<Integer>> buffers, long near) {
        this.kernels = kernels;
        this.buffers = buffers;
        this.near = near;
        this.heaviest = IntStream.range(0, kernels.size()).boxed().max(Comparator.comparingLong(i ->
                kernels.get(i).work().flops().assumed())).orElseThrow();
    }

    /** The kernel and the buffer of each of its arguments. */
    public record Joined(Kernel kernel, List<Integer> buffers) {}

    /**
     * Joins kernels.
     *
     * @param kernels in order
     * @param buffers for each kernel the buffer of each argument; equal numbers are the same memory, others are apart
     * @param isInner whether nothing but these kernels needs what they leave in a buffer
     * @param near    the bytes of a buffer that is not worth asking for
     * @return nothing where a tile might need another one
     */
    public static Optional<Joined> join(List<Kernel> kernels, List<List<Integer>> buffers, IntPredicate isInner,
            long near) {
        Joining joining = new Joining(kernels, buffers, near);
        return joining.share() && joining.areSeparate(isInner) ? Optional.of(joining.joined()) : Optional.empty();
    }

    /** Finds the arguments that are the same buffer; those of one kernel are told apart already. */
    private boolean share() {
        Dim tiles = kernels.getFirst().tiles();
        for (int i = 0; i < kernels.size(); i++) {
            Kernel kernel = kernels.get(i);
            if (!kernel.tiles().equals(tiles)) {
                return false;
            }
            for (int j = 0; j < kernel.buffers().size(); j++) {
                Argument argument = kernel.buffers().get(j);
                Shared same = shared.computeIfAbsent(buffers.get(i).get(j),
                        id -> new Shared(shared.size(), argument));
                same.access = both(same.access, argument.access());
                same.isStreamed |= Registers.any(kernel.body(), instr -> instr instanceof Instr.Store store
                        && store.streaming() && kernel.buffers().get(store.buffer()) == argument);
                same.users.add(i);
                same.arguments.add(j);
            }
        }
        return true;
    }

    /** What two kernels, one after the other, do with a buffer. */
    private static Access both(Access earlier, Access later) {
        if (earlier == later) {
            return earlier;
        }
        return earlier == Access.WRITE || earlier == Access.WRITE_THEN_READ ? Access.WRITE_THEN_READ
                : Access.READ_WRITE;
    }

    private boolean areSeparate(IntPredicate isInner) {
        if (kernels.getFirst().tiles().isConstant(1)) {
            return true;
        }
        List<Footprints> footprints = kernels.stream().map(Footprints::new).toList();
        for (Map.Entry<Integer, Shared> entry : shared.entrySet()) {
            Shared buffer = entry.getValue();
            Dim bytes = buffer.first.storage().times(buffer.first.dtype().bytes());
            int user = buffer.access == Access.READ ? buffer.users.indexOf(heaviest) : buffer.users.size() - 1;
            if (user >= 0 && !(bytes.isConstant() && bytes.constant() < near)) {
                buffer.step = footprints.get(buffer.users.get(user)).step(buffer.arguments.get(user));
            }
            if (buffer.access == Access.READ || buffer.users.size() == 1) {
                continue;
            }
            if (buffer.access == Access.SCRATCH) {
                return false;
            }
            Optional<Footprints.Stretches> stretches = Footprints.stretches(
                    buffer.users.stream().map(footprints::get).toList(), buffer.arguments);
            if (stretches.isEmpty()) {
                return false;
            }
            if (isInner.test(entry.getKey())) {
                buffer.own = stretches;
                buffer.access = Access.SCRATCH;
            }
        }
        return true;
    }

    private Joined joined() {
        List<Instr> instrs = new ArrayList<>();
        Dim flops = Dim.ZERO;
        for (int i = 0; i < kernels.size(); i++) {
            List<Shared> arguments = buffers.get(i).stream().map(shared::get).toList();
            instrs.addAll(new Renaming(kernels.get(i), arguments, i == heaviest).body(kernels.get(i).body()).instrs());
            flops = flops.plus(kernels.get(i).work().flops());
        }
        instrs.addAll(0, prologue);
        List<Argument> arguments = shared.values().stream().map(Shared::argument).toList();
        Dim bytes = arguments.stream().filter(argument -> argument.access() != Access.SCRATCH)
                .map(argument -> argument.storage().times(argument.dtype().bytes())).reduce(Dim.ZERO, Dim::plus);
        String name = kernels.stream().map(Kernel::name).collect(Collectors.joining("_"));
        return new Joined(new Kernel(name, arguments, TILE, kernels.getFirst().tiles(),
                new Instr.Body(instrs, List.of()), new Work(flops, bytes)), List.copyOf(shared.keySet()));
    }

    private Reg constant(long value) {
        Reg constant = fresh(RegType.INDEX);
        prologue.add(new Instr.Const(constant, value));
        return constant;
    }

    private Reg fresh(RegType type) {
        registers++;
        return new Reg(registers, type);
    }

    /** One kernel's instructions with other registers and arguments. */
    private final class Renaming {
        private final Map<Reg, Reg> registersOf = new HashMap<>();
        private final List<Shared> arguments;
        /** Whether it asks for what comes from afar. */
        private final boolean asks;
        private List<Instr> out = new ArrayList<>();
        /** Where the tile's stretch begins in a buffer of which the thread has its own part. */
        private final Map<Shared, Reg> starts = new HashMap<>();

        Renaming(Kernel kernel, List<Shared> arguments, boolean asks) {
            this.arguments = arguments;
            this.asks = asks;
            registersOf.put(kernel.tile(), TILE);
        }

        private Reg of(Reg reg) {
            return registersOf.computeIfAbsent(reg, old -> fresh(old.type()));
        }

        private List<Reg> of(List<Reg> regs) {
            return regs.stream().map(this::of).toList();
        }

        private int buffer(int argument) {
            return arguments.get(argument).number;
        }

        /** An offset into an argument. */
        private Reg offset(int argument, Reg offset) {
            Shared buffer = arguments.get(argument);
            if (buffer.own.isEmpty()) {
                return of(offset);
            }
            Reg start = starts.computeIfAbsent(buffer, this::start);
            Reg inside = fresh(offset.type());
            if (offset.type().lanes() > 1) {
                Reg scalar = start;
                start = fresh(offset.type());
                out.add(new Instr.Splat(start, scalar));
            }
            out.add(new Instr.Arith(inside, ArithOp.SUB, List.of(of(offset), start)));
            return inside;
        }

        private Reg start(Shared buffer) {
            Reg step = steps.computeIfAbsent(buffer.elements(buffer.own.orElseThrow().step()),
                    Joining.this::constant);
            Reg start = fresh(RegType.INDEX);
            prologue.add(new Instr.Arith(start, ArithOp.MUL, List.of(TILE, step)));
            return start;
        }

        Instr.Body body(Instr.Body body) {
            List<Instr> around = out;
            out = new ArrayList<>();
            for (Instr instr : body.instrs()) {
                out.add(instr(instr));
                if (asks) {
                    ask(instr);
                }
            }
            Instr.Body renamed = new Instr.Body(out, of(body.yields()));
            out = around;
            return renamed;
        }

        /** Asks for what belongs to a vector in memory: that of the next tile, and where this one will be written. */
        private void ask(Instr instr) {
            if (instr instanceof Instr.Load(Reg vector, int argument, Reg offset, var mask)
                    && vector.type().lanes() > 1 && arguments.get(argument).access == Access.READ) {
                Shared source = arguments.get(argument);
                askForNext(source, offset);
                shared.values().stream().filter(goal -> !arguments.contains(goal) && goal.access != Access.READ
                                && goal.own.isEmpty() && !goal.isStreamed && goal.step > 0 && goal.step == source.step
                                && goal.first.dtype().bytes() == source.first.dtype().bytes())
                        .forEach(goal -> out.add(new Instr.Prefetch(goal.number, of(offset))));
            } else if (instr instanceof Instr.Store(int argument, Reg offset, Reg vector, var mask, boolean streaming)
                    && vector.type().lanes() > 1 && arguments.get(argument).own.isEmpty() && !streaming) {
                askForNext(arguments.get(argument), offset);
            }
        }

        private void askForNext(Shared buffer, Reg offset) {
            if (buffer.step > 0) {
                Reg step = steps.computeIfAbsent(buffer.elements(buffer.step), Joining.this::constant);
                Reg next = fresh(RegType.INDEX);
                out.add(new Instr.Arith(next, ArithOp.ADD, List.of(of(offset), step)));
                out.add(new Instr.Prefetch(buffer.number, next));
            }
        }

        private Instr instr(Instr instr) {
            return switch (instr) {
                case Instr.Const i -> new Instr.Const(of(i.out()), i.bits());
                case Instr.Size i -> new Instr.Size(of(i.out()), i.dim());
                case Instr.Arith i -> new Instr.Arith(of(i.out()), i.op(), of(i.arguments()));
                case Instr.Splat i -> new Instr.Splat(of(i.out()), of(i.scalar()));
                case Instr.Lanes i -> new Instr.Lanes(of(i.out()));
                case Instr.Extract i -> new Instr.Extract(of(i.out()), of(i.vector()), i.lane());
                case Instr.Shuffle i -> new Instr.Shuffle(of(i.out()), of(i.first()), of(i.second()), i.lanes());
                case Instr.Fold i -> new Instr.Fold(of(i.out()), i.op(), of(i.vector()));
                case Instr.Load i -> new Instr.Load(of(i.out()), buffer(i.buffer()), offset(i.buffer(), i.offset()),
                        i.mask().map(this::of));
                case Instr.Gather i -> new Instr.Gather(of(i.out()), buffer(i.buffer()),
                        offset(i.buffer(), i.offsets()), i.mask().map(this::of));
                case Instr.Store i -> new Instr.Store(buffer(i.buffer()), offset(i.buffer(), i.offset()), of(i.value()),
                        i.mask().map(this::of), i.streaming());
                case Instr.Scatter i -> new Instr.Scatter(buffer(i.buffer()), offset(i.buffer(), i.offsets()),
                        of(i.value()), i.mask().map(this::of));
                case Instr.Prefetch i -> new Instr.Prefetch(buffer(i.buffer()), offset(i.buffer(), i.offset()));
                case Instr.Loop i -> new Instr.Loop(of(i.index()), of(i.lower()), of(i.upper()), i.step(),
                        of(i.carried()), of(i.initial()), body(i.body()), of(i.results()));
                case Instr.If i -> new Instr.If(of(i.condition()), body(i.then()), body(i.otherwise()),
                        of(i.results()));
                case Instr.Fail i -> new Instr.Fail(of(i.condition()), i.failure(), i.detail().map(detail ->
                        new Instr.Detail(detail.site(), of(detail.index()), of(detail.position()))));
            };
        }
    }
}
