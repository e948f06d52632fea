package dev.sinter.kernel;

import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Rounding;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Runs a kernel in Java and so says which bits native code gives. Accesses outside of a buffer throw. An
 * interpreter keeps its registers between runs and is used by one thread at a time; many may share a kernel.
 */
public final class Interpreter {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfByte I8 = ValueLayout.JAVA_BYTE;

    private record SizeCell(Dim dim, long[] cell) {}

    private final Kernel kernel;
    private final Cells[] registers;
    private final List<SizeCell> sizes = new ArrayList<>();
    private final MemorySegment[] memory;
    private final long[] tile;
    private final Runnable body;
    private int failure;
    private FailureDetail detail = FailureDetail.NONE;

    public Interpreter(Kernel kernel) {
        this.kernel = kernel;
        int count = 1 + Registers.greatest(kernel);
        this.registers = new Cells[count];
        this.memory = new MemorySegment[kernel.buffers().size()];
        this.tile = cells(kernel.tile()).i64();
        this.body = sequence(kernel.body().instrs());
    }

    /**
     * Computes all tiles in order.
     *
     * @param buffers one an argument of the kernel, long enough for it
     * @param dims    the value of a size
     * @return 0, or the code of the first {@link Failure}
     */
    public int run(List<MemorySegment> buffers, ToLongFunction<Dim> dims) {
        return run(buffers, dims, 0, dims.applyAsLong(kernel.tiles()));
    }

    /** What the last run says of an index that was out of range. */
    public FailureDetail detail() {
        return detail;
    }

    /** Computes the tiles of a range in order: 0, or the code of the first {@link Failure}. */
    public int run(List<MemorySegment> buffers, ToLongFunction<Dim> dims, long firstTile, long endTile) {
        if (buffers.size() != memory.length) {
            throw new CompilerBug("kernel " + kernel.name() + " takes " + memory.length + " buffers, not "
                    + buffers.size());
        }
        for (int i = 0; i < memory.length; i++) {
            memory[i] = buffers.get(i);
        }
        for (SizeCell size : sizes) {
            size.cell()[0] = dims.applyAsLong(size.dim());
        }
        failure = 0;
        detail = FailureDetail.NONE;
        for (long i = firstTile; i < endTile; i++) {
            tile[0] = i;
            body.run();
        }
        return failure;
    }

    private Cells cells(Reg reg) {
        if (registers[reg.id()] == null) {
            registers[reg.id()] = Cells.of(reg.type());
        }
        return registers[reg.id()];
    }

    private Runnable sequence(List<Instr> instrs) {
        List<Runnable> steps = new ArrayList<>();
        for (Instr instr : instrs) {
            switch (instr) {
                case Instr.Const constant -> cells(constant.out()).fill(constant.bits());
                case Instr.Size size -> sizes.add(new SizeCell(size.dim(), cells(size.out()).i64()));
                case Instr.Lanes lanes -> fillLanes(cells(lanes.out()));
                default -> steps.add(step(instr));
            }
        }
        Runnable[] array = steps.toArray(new Runnable[0]);
        return () -> {
            for (Runnable step : array) {
                step.run();
            }
        };
    }

    private static void fillLanes(Cells out) {
        for (int i = 0; i < out.lanes(); i++) {
            switch (out) {
                case Cells.I32(int[] v) -> v[i] = i;
                case Cells.I64(long[] v) -> v[i] = i;
                case Cells.F32 ignored -> throw new CompilerBug("lanes are integers");
                case Cells.F64 ignored -> throw new CompilerBug("lanes are integers");
                case Cells.I1 ignored -> throw new CompilerBug("lanes are integers");
            }
        }
    }

    private Runnable step(Instr instr) {
        return switch (instr) {
            case Instr.Const ignored -> throw new CompilerBug("constants are set once");
            case Instr.Size ignored -> throw new CompilerBug("sizes are set once a run");
            case Instr.Lanes ignored -> throw new CompilerBug("lanes are set once");
            case Instr.Arith arith -> LaneOps.of(arith.op(), cells(arith.out()),
                    arith.arguments().stream().map(this::cells).toArray(Cells[]::new));
            case Instr.Splat splat -> splat(cells(splat.out()), cells(splat.scalar()));
            case Instr.Extract extract -> {
                Cells out = cells(extract.out());
                Cells vector = cells(extract.vector());
                yield () -> out.copyFrom(vector, extract.lane(), 0, 1);
            }
            case Instr.Shuffle shuffle -> {
                Cells out = cells(shuffle.out());
                Cells first = cells(shuffle.first());
                Cells second = cells(shuffle.second());
                int[] lanes = shuffle.lanes().stream().mapToInt(Integer::intValue).toArray();
                int count = first.lanes();
                yield () -> {
                    for (int i = 0; i < lanes.length; i++) {
                        boolean low = lanes[i] < count;
                        out.copyFrom(low ? first : second, low ? lanes[i] : lanes[i] - count, i, 1);
                    }
                };
            }
            case Instr.Fold fold -> fold(fold);
            case Instr.Load load -> load(load);
            case Instr.Gather gather -> {
                long[] offsets = cells(gather.offsets()).i64();
                yield read(gather.buffer(), cells(gather.out()), mask(gather.mask()), lane -> offsets[lane]);
            }
            case Instr.Store store -> {
                long[] offset = cells(store.offset()).i64();
                int lanes = store.value().type().lanes();
                if (store.streaming()) {
                    Runnable write = write(store.buffer(), cells(store.value()), mask(store.mask()),
                            lane -> offset[0] + lane);
                    yield () -> {
                        if (offset[0] % lanes != 0) {
                            throw new CompilerBug("a streaming store at " + offset[0] + " is not aligned");
                        }
                        write.run();
                    };
                }
                yield write(store.buffer(), cells(store.value()), mask(store.mask()),
                        lane -> offset[0] + lane);
            }
            case Instr.Scatter scatter -> {
                long[] offsets = cells(scatter.offsets()).i64();
                yield write(scatter.buffer(), cells(scatter.value()), mask(scatter.mask()),
                        lane -> offsets[lane]);
            }
            case Instr.Prefetch ignored -> () -> {};
            case Instr.Loop loop -> loop(loop);
            case Instr.If choice -> choice(choice);
            case Instr.Fail fail -> {
                boolean[] condition = cells(fail.condition()).i1();
                int code = fail.failure().code();
                long[] index = fail.detail().map(detail -> cells(detail.index()).i64()).orElse(new long[0]);
                long[] position = fail.detail().map(detail -> cells(detail.position()).i64()).orElse(new long[0]);
                int site = fail.detail().map(Instr.Detail::site).orElse(0);
                yield () -> {
                    for (int lane = 0; lane < condition.length; lane++) {
                        if (condition[lane] && failure == 0) {
                            failure = code;
                            detail = site == 0 ? FailureDetail.NONE
                                    : new FailureDetail(site, index[lane], position[lane]);
                        }
                    }
                };
            }
        };
    }

    private Runnable splat(Cells out, Cells scalar) {
        return switch (out) {
            case Cells.F32(float[] v) -> {
                float[] from = scalar.f32();
                yield () -> java.util.Arrays.fill(v, from[0]);
            }
            case Cells.F64 ignored -> () -> out.fill(scalar.bits(0));
            case Cells.I32 ignored -> () -> out.fill(scalar.bits(0));
            case Cells.I64 ignored -> () -> out.fill(scalar.bits(0));
            case Cells.I1 ignored -> () -> out.fill(scalar.bits(0));
        };
    }

    private Runnable fold(Instr.Fold fold) {
        RegType type = fold.vector().type();
        Cells vector = cells(fold.vector());
        List<Runnable> steps = new ArrayList<>();
        Cells current = vector;
        for (int lanes = type.lanes() / 2; lanes >= 1; lanes /= 2) {
            int half = lanes;
            Cells from = current;
            Cells low = Cells.of(type.withLanes(half));
            Cells high = Cells.of(type.withLanes(half));
            Cells out = half == 1 ? cells(fold.out()) : Cells.of(type.withLanes(half));
            Runnable combine = LaneOps.of(fold.op(), out, low, high);
            steps.add(() -> {
                low.copyFrom(from, 0, 0, half);
                high.copyFrom(from, half, 0, half);
                combine.run();
            });
            current = out;
        }
        return () -> steps.forEach(Runnable::run);
    }

    private interface Offsets { long at(int lane); }

    private boolean[] mask(Optional<Reg> mask) {
        return mask.map(reg -> cells(reg).i1()).orElse(new boolean[0]);
    }

    private Runnable load(Instr.Load load) {
        Cells out = cells(load.out());
        long[] offset = cells(load.offset()).i64();
        int buffer = load.buffer();
        if (load.mask().isEmpty() && out instanceof Cells.F32(float[] v) && dtype(buffer) == DType.FLOAT32) {
            return v.length == 1 ? () -> v[0] = memory[buffer].get(F32, offset[0] * 4)
                    : () -> MemorySegment.copy(memory[buffer], F32, offset[0] * 4, v, 0, v.length);
        }
        return read(buffer, out, mask(load.mask()), lane -> offset[0] + lane);
    }

    private DType dtype(int buffer) {
        return kernel.buffers().get(buffer).dtype();
    }

    private Runnable read(int buffer, Cells out, boolean[] mask, Offsets offsets) {
        DType dtype = dtype(buffer);
        return switch (out) {
            case Cells.F32(float[] v) -> lanes(v.length, mask, lane -> v[lane] = 0, dtype.isHalf()
                    ? lane -> v[lane] = Rounding.halfFloat(dtype, memory[buffer].get(I16, offsets.at(lane) * 2))
                    : lane -> v[lane] = memory[buffer].get(F32, offsets.at(lane) * 4));
            case Cells.F64(double[] v) -> lanes(v.length, mask, lane -> v[lane] = 0,
                    lane -> v[lane] = memory[buffer].get(F64, offsets.at(lane) * 8));
            case Cells.I32(int[] v) -> lanes(v.length, mask, lane -> v[lane] = 0, switch (dtype.bytes()) {
                case 1 -> lane -> v[lane] = (int) dtype.wrap(memory[buffer].get(I8, offsets.at(lane)));
                case 2 -> lane -> v[lane] = (int) dtype.wrap(memory[buffer].get(I16, offsets.at(lane) * 2));
                default -> lane -> v[lane] = memory[buffer].get(I32, offsets.at(lane) * 4);
            });
            case Cells.I64(long[] v) -> lanes(v.length, mask, lane -> v[lane] = 0,
                    lane -> v[lane] = memory[buffer].get(I64, offsets.at(lane) * 8));
            case Cells.I1(boolean[] v) -> lanes(v.length, mask, lane -> v[lane] = false,
                    lane -> v[lane] = memory[buffer].get(I8, offsets.at(lane)) != 0);
        };
    }

    private Runnable write(int buffer, Cells value, boolean[] mask, Offsets offsets) {
        Lane nothing = lane -> {};
        DType dtype = dtype(buffer);
        return switch (value) {
            case Cells.F32(float[] v) -> lanes(v.length, mask, nothing, dtype.isHalf()
                    ? lane -> memory[buffer].set(I16, offsets.at(lane) * 2, Rounding.halfBits(dtype, v[lane]))
                    : lane -> memory[buffer].set(F32, offsets.at(lane) * 4, v[lane]));
            case Cells.F64(double[] v) -> lanes(v.length, mask, nothing,
                    lane -> memory[buffer].set(F64, offsets.at(lane) * 8, v[lane]));
            case Cells.I32(int[] v) -> lanes(v.length, mask, nothing, switch (dtype.bytes()) {
                case 1 -> lane -> memory[buffer].set(I8, offsets.at(lane), (byte) v[lane]);
                case 2 -> lane -> memory[buffer].set(I16, offsets.at(lane) * 2, (short) v[lane]);
                default -> lane -> memory[buffer].set(I32, offsets.at(lane) * 4, v[lane]);
            });
            case Cells.I64(long[] v) -> lanes(v.length, mask, nothing,
                    lane -> memory[buffer].set(I64, offsets.at(lane) * 8, v[lane]));
            case Cells.I1(boolean[] v) -> lanes(v.length, mask, nothing,
                    lane -> memory[buffer].set(I8, offsets.at(lane), (byte) (v[lane] ? 1 : 0)));
        };
    }

    private interface Lane { void run(int lane); }

    private static Runnable lanes(int count, boolean[] mask, Lane unmasked, Lane lane) {
        if (mask.length == 0) {
            return () -> {
                for (int i = 0; i < count; i++) {
                    lane.run(i);
                }
            };
        }
        return () -> {
            for (int i = 0; i < count; i++) {
                if (mask[i]) {
                    lane.run(i);
                } else {
                    unmasked.run(i);
                }
            }
        };
    }

    /** Copies registers at once, as if all were read before any is written. */
    private Runnable move(List<Reg> from, List<Reg> to) {
        int count = from.size();
        Cells[] sources = from.stream().map(this::cells).toArray(Cells[]::new);
        Cells[] targets = to.stream().map(this::cells).toArray(Cells[]::new);
        boolean overlapping = from.stream().anyMatch(to::contains);
        Cells[] between = overlapping ? from.stream().map(reg -> Cells.of(reg.type())).toArray(Cells[]::new)
                : sources;
        return () -> {
            for (int i = 0; overlapping && i < count; i++) {
                between[i].copyFrom(sources[i], 0, 0, sources[i].lanes());
            }
            for (int i = 0; i < count; i++) {
                targets[i].copyFrom(between[i], 0, 0, targets[i].lanes());
            }
        };
    }

    private Runnable loop(Instr.Loop loop) {
        long[] index = cells(loop.index()).i64();
        long[] lower = cells(loop.lower()).i64();
        long[] upper = cells(loop.upper()).i64();
        Runnable enter = move(loop.initial(), loop.carried());
        Runnable again = move(loop.body().yields(), loop.carried());
        Runnable leave = move(loop.carried(), loop.results());
        Runnable inner = sequence(loop.body().instrs());
        long step = loop.step();
        return () -> {
            enter.run();
            long end = upper[0];
            for (long i = lower[0]; i < end; i += step) {
                index[0] = i;
                inner.run();
                again.run();
            }
            leave.run();
        };
    }

    private Runnable choice(Instr.If choice) {
        boolean[] condition = cells(choice.condition()).i1();
        Runnable then = sequence(choice.then().instrs());
        Runnable thenYield = move(choice.then().yields(), choice.results());
        Runnable otherwise = sequence(choice.otherwise().instrs());
        Runnable otherwiseYield = move(choice.otherwise().yields(), choice.results());
        return () -> {
            if (condition[0]) {
                then.run();
                thenYield.run();
            } else {
                otherwise.run();
                otherwiseYield.run();
            }
        };
    }
}
