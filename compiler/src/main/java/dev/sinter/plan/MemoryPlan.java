package dev.sinter.plan;

import dev.sinter.kernel.Kernel;
import dev.sinter.program.Program;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Where the temporaries of a program lie in one arena. Which of them live at the same time is found once;
 * {@link #bind} then gives each an offset for given sizes, largest first into the tightest gap, under three
 * orders of which the best is kept (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
 * Inference", 2020).
 */
public final class MemoryPlan {
    /** The alignment of buffers in bytes. */
    public static final long ALIGNMENT = 64;

    /** A temporary: the places from its first write to its last use, and how many threads have one each. */
    private record Slot(int buffer, Dim bytes, int first, int last, boolean perThread) {
        boolean overlaps(Slot other) {
            return first <= other.last && other.first <= last;
        }
    }

    /**
     * The offsets for one binding of the symbols.
     *
     * @param offsets    for each buffer of the program its place in the arena, -1 where it lies elsewhere
     * @param bytes      for each buffer in the arena its size there, padding included, 0 for others
     * @param peak       the size of the arena
     * @param lowerBound the most bytes that live at the same time
     */
    public record Binding(long[] offsets, long[] bytes, long peak, long lowerBound) {
        /** How much larger the arena is than what lives at the same time: 0 is perfect. */
        public double gap() {
            return lowerBound == 0 ? 0 : (double) (peak - lowerBound) / lowerBound;
        }
    }

    private final Program program;
    private final List<Slot> slots;
    private final int[][] conflicts;
    private final List<Dim> sizes = new ArrayList<>();
    private final int[] sizeOf;
    private final int places;

    private MemoryPlan(Program program, List<Slot> slots, int places) {
        this.program = program;
        this.places = places;
        this.slots = slots;
        this.conflicts = conflicts(slots);
        this.sizeOf = new int[slots.size()];
        Map<Dim, Integer> numbers = new HashMap<>();
        for (int i = 0; i < slots.size(); i++) {
            sizeOf[i] = numbers.computeIfAbsent(slots.get(i).bytes(), dim -> {
                sizes.add(dim);
                return sizes.size() - 1;
            });
        }
    }

    /** The plan for the temporaries of a program. */
    public static MemoryPlan of(Program program) {
        Lifetimes lifetimes = Lifetimes.of(program);
        Map<Integer, Dim> scratch = new HashMap<>();
        for (Program.Step step : program.allSteps()) {
            if (step instanceof Program.Step.Launch launch) {
                noteScratch(launch, scratch);
            }
        }
        List<Slot> slots = new ArrayList<>();
        lifetimes.lives().forEach((id, life) -> {
            Buffer buffer = program.buffers().get(id);
            if (buffer.role() instanceof Buffer.Role.Temporary) {
                Dim bytes = scratch.getOrDefault(id, buffer.bytes());
                slots.add(new Slot(id, bytes, life[0], life[1], scratch.containsKey(id)));
            }
        });
        return new MemoryPlan(program, slots, lifetimes.places());
    }

    private static void noteScratch(Program.Step.Launch launch, Map<Integer, Dim> scratch) {
        for (int i = 0; i < launch.buffers().size(); i++) {
            Kernel.Argument argument = launch.kernel().buffers().get(i);
            if (argument.access() == Kernel.Access.SCRATCH) {
                Dim bytes = argument.storage().times(argument.dtype().bytes());
                scratch.merge(launch.buffers().get(i), bytes, Dim::max);
            }
        }
    }

    private static int[][] conflicts(List<Slot> slots) {
        int[][] conflicts = new int[slots.size()][];
        for (int i = 0; i < slots.size(); i++) {
            int[] found = new int[slots.size()];
            int count = 0;
            for (int j = 0; j < slots.size(); j++) {
                if (i != j && slots.get(i).overlaps(slots.get(j))) {
                    found[count++] = j;
                }
            }
            conflicts[i] = Arrays.copyOf(found, count);
        }
        return conflicts;
    }

    /**
     * The offsets for given sizes.
     *
     * @param symbols the values of the symbols
     * @param threads how many threads may run
     * @throws GraphException where the bytes exceed a long
     */
    public Binding bind(ToLongFunction<Symbol> symbols, int threads) {
        return bind(symbols, threads, Long.MAX_VALUE);
    }

    /**
     * The offsets for given sizes, at most {@code limit} bytes.
     *
     * @throws GraphException where more is needed; the message says how much and for which sizes
     */
    public Binding bind(ToLongFunction<Symbol> symbols, int threads, long limit) {
        long[] bytes = new long[slots.size()];
        long lowerBound;
        Offsets best;
        try {
            long[] evaluated = sizes.stream().mapToLong(dim -> rounded(dim.evaluate(symbols))).toArray();
            for (int i = 0; i < bytes.length; i++) {
                int copies = slots.get(i).perThread() ? threads : 1;
                bytes[i] = Math.multiplyExact(evaluated[sizeOf[i]], copies);
            }
            lowerBound = mostAlive(bytes);
            best = best(bytes, lowerBound);
        } catch (ArithmeticException | GraphException overflow) {
            throw new GraphException("the run needs more memory than can be addressed" + where(symbols)
                    + "; feed smaller arrays", overflow);
        }
        if (best.peak() > limit) {
            throw new GraphException("the run needs " + text(best.peak()) + " of memory for intermediate results"
                    + where(symbols) + ", the limit is " + text(limit) + "; feed smaller arrays or raise the limit");
        }
        long[] offsets = new long[program.buffers().size()];
        long[] inArena = new long[offsets.length];
        Arrays.fill(offsets, -1);
        for (int i = 0; i < bytes.length; i++) {
            offsets[slots.get(i).buffer()] = best.offsets()[i];
            inArena[slots.get(i).buffer()] = bytes[i];
        }
        for (Buffer buffer : program.buffers()) {
            if (buffer.role() instanceof Buffer.Role.View) {
                offsets[buffer.id()] = offsets[Plan.owner(program.buffers(), buffer.id()).id()];
            }
        }
        return new Binding(offsets, inArena, best.peak(), lowerBound);
    }

    private static long rounded(long bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private long mostAlive(long[] bytes) {
        long[] change = new long[places + 1];
        for (int i = 0; i < bytes.length; i++) {
            change[slots.get(i).first()] = Math.addExact(change[slots.get(i).first()], bytes[i]);
            change[slots.get(i).last() + 1] -= bytes[i];
        }
        long alive = 0;
        long most = 0;
        for (long delta : change) {
            alive = Math.addExact(alive, delta);
            most = Math.max(most, alive);
        }
        return most;
    }

    private record Offsets(long[] offsets, long peak) {}

    private Offsets best(long[] bytes, long lowerBound) {
        Offsets best = pack(order(bytes, i -> bytes[i]), bytes);
        if (best.peak() > lowerBound) {
            for (ToLongFunction<Integer> key : List.<ToLongFunction<Integer>>of(
                    i -> bytes[i] / ALIGNMENT * length(i), this::length)) {
                Offsets other = pack(order(bytes, key), bytes);
                best = other.peak() < best.peak() ? other : best;
            }
        }
        return best;
    }

    private long length(int slot) {
        return slots.get(slot).last() - slots.get(slot).first() + 1;
    }

    /** The slots by falling key, then falling size, then number. */
    private static int[] order(long[] bytes, ToLongFunction<Integer> key) {
        Integer[] order = new Integer[bytes.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> {
            int byKey = Long.compare(key.applyAsLong(b), key.applyAsLong(a));
            int bySize = Long.compare(bytes[b], bytes[a]);
            return byKey != 0 ? byKey : bySize != 0 ? bySize : Integer.compare(a, b);
        });
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }

    private Offsets pack(int[] order, long[] bytes) {
        long[] offsets = new long[bytes.length];
        Arrays.fill(offsets, -1);
        long peak = 0;
        int[] neighbours = new int[bytes.length];
        for (int slot : order) {
            int count = 0;
            for (int other : conflicts[slot]) {
                if (offsets[other] >= 0 && bytes[other] > 0) {
                    int at = count++;
                    while (at > 0 && offsets[neighbours[at - 1]] > offsets[other]) {
                        neighbours[at] = neighbours[at - 1];
                        at--;
                    }
                    neighbours[at] = other;
                }
            }
            long end = 0;
            long bestOffset = -1;
            long bestGap = Long.MAX_VALUE;
            for (int i = 0; i < count; i++) {
                long gap = offsets[neighbours[i]] - end;
                if (gap >= bytes[slot] && gap < bestGap) {
                    bestGap = gap;
                    bestOffset = end;
                }
                end = Math.max(end, offsets[neighbours[i]] + bytes[neighbours[i]]);
            }
            offsets[slot] = bestOffset >= 0 ? bestOffset : end;
            peak = Math.max(peak, Math.addExact(offsets[slot], bytes[slot]));
        }
        return new Offsets(offsets, peak);
    }

    /**
     * The bytes of temporaries that live at the same time, as a formula of the symbols: the greatest of the
     * sums over steps, those left out that another one always exceeds. Rounding to the alignment and the
     * scratch memory of further threads are not counted.
     */
    public String peakFormula() {
        List<Dim> sums = new ArrayList<>(new LinkedHashSet<>(sums()));
        Set<Dim> greatest = new LinkedHashSet<>();
        for (Dim sum : sums) {
            if (sums.stream().noneMatch(other -> !other.equals(sum) && isNeverLess(other, sum))) {
                greatest.add(sum);
            }
        }
        if (greatest.isEmpty()) {
            return "0 bytes";
        }
        List<String> texts = greatest.stream().map(Dim::toString).toList();
        return (texts.size() == 1 ? texts.getFirst() : "max(" + String.join(", ", texts) + ")") + " bytes";
    }

    private List<Dim> sums() {
        int count = places;
        List<List<Dim>> changes = new ArrayList<>();
        for (int i = 0; i <= count; i++) {
            changes.add(new ArrayList<>());
        }
        for (Slot slot : slots) {
            changes.get(slot.first()).add(slot.bytes());
            changes.get(slot.last() + 1).add(slot.bytes().times(-1));
        }
        List<Dim> sums = new ArrayList<>();
        Dim alive = Dim.ZERO;
        for (List<Dim> step : changes) {
            for (Dim change : step) {
                alive = alive.plus(change);
            }
            sums.add(alive);
        }
        return sums;
    }

    /** Whether a difference has no negative term: sizes are never negative. */
    private static boolean isNeverLess(Dim dim, Dim other) {
        return dim.minus(other).toString().indexOf('-') < 0;
    }

    private String where(ToLongFunction<Symbol> symbols) {
        Set<Symbol> used = new LinkedHashSet<>();
        sizes.forEach(dim -> used.addAll(dim.symbols()));
        List<String> values = used.stream().map(symbol -> symbol + " = " + symbols.applyAsLong(symbol)).toList();
        return values.isEmpty() ? "" : " where " + String.join(", ", values);
    }

    private static String text(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " bytes"
                : String.format(java.util.Locale.ROOT, "%.1f %s (%d bytes)", value, units[unit], bytes);
    }
}
