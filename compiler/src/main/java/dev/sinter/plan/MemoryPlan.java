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

    /** As many neighbours are looked at one by one; more are found among all that is placed. */
    private static final int FEW = 40;
    private static final int[] MANY = {-1};

    /** A temporary: the places from its first write to its last use, and whether each thread has one. */
    private record Slot(int buffer, Dim bytes, int first, int last, boolean perThread) {}

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
    private final List<Dim> sizes = new ArrayList<>();
    private final int[] sizeOf;
    private final int places;
    private final int[] first;
    private final int[] last;
    private final int[][] neighbours;

    private MemoryPlan(Program program, List<Slot> slots, int places) {
        this.program = program;
        this.places = places;
        this.slots = slots;
        this.first = slots.stream().mapToInt(Slot::first).toArray();
        this.last = slots.stream().mapToInt(Slot::last).toArray();
        this.neighbours = neighbours(first, last);
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
        Map<Symbol, Dim> bounds = program.bounds();
        List<Slot> slots = new ArrayList<>();
        lifetimes.lives().forEach((id, life) -> {
            Buffer buffer = program.buffers().get(id);
            if (buffer.role() instanceof Buffer.Role.Temporary) {
                Dim bytes = scratch.getOrDefault(id, buffer.bytes()).atMost(bounds);
                slots.add(new Slot(id, bytes, life[0], life[1], scratch.containsKey(id)));
            }
        });
        return new MemoryPlan(program, slots, lifetimes.places());
    }

    /** The most bytes that live at the same time, where open sizes are assumed and one thread runs. */
    public double assumedPeak() {
        double[] changes = new double[places + 1];
        for (Slot slot : slots) {
            double bytes = slot.bytes().assumed();
            changes[slot.first()] += bytes;
            changes[slot.last() + 1] -= bytes;
        }
        double live = 0;
        double most = 0;
        for (double change : changes) {
            live += change;
            most = Math.max(most, live);
        }
        return most;
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

    /** For each slot those that live at the same time, where they are at most {@value #FEW}; else nothing. */
    private static int[][] neighbours(int[] first, int[] last) {
        int count = first.length;
        long[] starts = new long[count];
        for (int i = 0; i < count; i++) {
            starts[i] = (long) first[i] << Integer.SIZE | i;
        }
        Arrays.sort(starts);
        int[][] found = new int[count][FEW];
        int[] sizes = new int[count];
        int[] alive = new int[count];
        int living = 0;
        for (long start : starts) {
            int slot = (int) start;
            int kept = 0;
            for (int i = 0; i < living; i++) {
                int other = alive[i];
                if (last[other] >= first[slot]) {
                    alive[kept++] = other;
                    note(found, sizes, slot, other);
                    note(found, sizes, other, slot);
                }
            }
            alive[kept] = slot;
            living = kept + 1;
        }
        for (int i = 0; i < count; i++) {
            found[i] = sizes[i] <= FEW ? Arrays.copyOf(found[i], sizes[i]) : MANY;
        }
        return found;
    }

    private static void note(int[][] found, int[] sizes, int slot, int neighbour) {
        if (sizes[slot] < FEW) {
            found[slot][sizes[slot]] = neighbour;
        }
        sizes[slot] = Math.min(sizes[slot] + 1, FEW + 1);
    }

    /**
     * The offsets for given sizes.
     *
     * @param symbols the values of the symbols
     * @param threads how many threads may run
     * @throws GraphException where the bytes exceed a long
     */
    public Binding bind(ToLongFunction<Symbol> symbols, int threads) {
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

    /**
     * Checks that a binding needs at most {@code limit} bytes.
     *
     * @param symbols the values of the symbols that it was made for
     * @throws GraphException where it needs more; the message says how much and for which sizes
     */
    public void require(Binding binding, long limit, ToLongFunction<Symbol> symbols) {
        if (binding.peak() > limit) {
            throw new GraphException("the run needs " + text(binding.peak()) + " of memory for intermediate results"
                    + where(symbols) + ", the limit is " + text(limit) + "; feed smaller arrays or raise the limit");
        }
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
        int count = bytes.length;
        long[] key = new long[count];
        int[] rank = new int[count];
        for (int i = 0; i < count; i++) {
            key[i] = bytes[i] / ALIGNMENT;
            rank[i] = count - 1 - i;
        }
        int[] bySize = falling(key, rank);
        Offsets best = new Arena(bySize, bytes, Long.MAX_VALUE).pack();
        if (best.peak() == lowerBound) {
            return best;
        }
        for (int i = 0; i < count; i++) {
            rank[bySize[i]] = count - 1 - i;
        }
        for (int i = 0; i < count; i++) {
            key[i] = bytes[i] / ALIGNMENT * length(i);
        }
        best = better(best, new Arena(falling(key, rank), bytes, best.peak()).pack());
        if (best.peak() == lowerBound) {
            return best;
        }
        for (int i = 0; i < count; i++) {
            key[i] = length(i);
        }
        return better(best, new Arena(falling(key, rank), bytes, best.peak()).pack());
    }

    private static Offsets better(Offsets one, Offsets other) {
        return other.peak() < one.peak() ? other : one;
    }

    private long length(int slot) {
        return last[slot] - first[slot] + 1;
    }

    /** The numbers of keys, the largest first, of equal ones that of the greatest rank. */
    private static int[] falling(long[] keys, int[] ranks) {
        int count = keys.length;
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(count);
        int[] ofRank = new int[count];
        long[] sorted = new long[count];
        for (int i = 0; i < count; i++) {
            ofRank[ranks[i]] = i;
            sorted[i] = Math.min(keys[i], Long.MAX_VALUE >> bits) << bits | ranks[i];
        }
        Arrays.sort(sorted);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = ofRank[(int) sorted[count - 1 - i] & (1 << bits) - 1];
        }
        return order;
    }

    /**
     * Slots on their way into an arena, each into the tightest gap between those of its time that are there. All
     * that are there are kept in arrays by rising offset.
     */
    private final class Arena {
        private final int[] order;
        private final long[] bytes;
        private final long limit;
        private final long[] offsets;
        private final int[] placed;
        private final int[] near;
        private int count;

        /** An arena that is given up once it is known to be no smaller than {@code limit}. */
        Arena(int[] order, long[] bytes, long limit) {
            this.order = order;
            this.bytes = bytes;
            this.limit = limit;
            this.offsets = new long[order.length];
            this.placed = new int[order.length];
            this.near = new int[order.length];
            Arrays.fill(offsets, -1);
        }

        Offsets pack() {
            long peak = 0;
            for (int slot : order) {
                if (bytes[slot] == 0) {
                    offsets[slot] = 0;
                    continue;
                }
                long offset = place(near(slot), bytes[slot]);
                peak = Math.max(peak, Math.addExact(offset, bytes[slot]));
                if (peak >= limit) {
                    return new Offsets(offsets, Long.MAX_VALUE);
                }
                offsets[slot] = offset;
                insert(placed, count++, slot);
            }
            return new Offsets(offsets, peak);
        }

        /** Puts the placed slots of a slot's time into {@code near}, by rising offset; how many they are. */
        private int near(int slot) {
            int[] few = neighbours[slot];
            int found = 0;
            if (few != MANY) {
                for (int other : few) {
                    if (offsets[other] >= 0 && bytes[other] > 0) {
                        insert(near, found++, other);
                    }
                }
                return found;
            }
            int begin = first[slot];
            int until = last[slot];
            for (int i = 0; i < count; i++) {
                int other = placed[i];
                near[found] = other;
                found += first[other] <= until && last[other] >= begin ? 1 : 0;
            }
            return found;
        }

        /** The lowest place of the tightest gap between the slots nearby, or behind them. */
        private long place(int found, long size) {
            long top = 0;
            long best = -1;
            long tightest = Long.MAX_VALUE;
            for (int i = 0; i < found && tightest > size; i++) {
                int other = near[i];
                long gap = offsets[other] - top;
                if (gap >= size && gap < tightest) {
                    tightest = gap;
                    best = top;
                }
                top = Math.max(top, offsets[other] + bytes[other]);
            }
            return best >= 0 ? best : top;
        }

        /** Inserts a slot behind those of no larger offset. */
        private void insert(int[] sorted, int size, int slot) {
            long offset = offsets[slot];
            int low = 0;
            int high = size;
            while (low < high) {
                int middle = low + high >>> 1;
                if (offsets[sorted[middle]] <= offset) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            System.arraycopy(sorted, low, sorted, low + 1, size - low);
            sorted[low] = slot;
        }
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
            if (sums.stream().noneMatch(other -> !other.equals(sum) && other.minus(sum).isNeverNegative())) {
                greatest.add(sum);
            }
        }
        if (greatest.isEmpty()) {
            return "0";
        }
        List<String> texts = greatest.stream().map(Dim::toString).toList();
        return texts.size() == 1 ? texts.getFirst() : "max(" + String.join(", ", texts) + ")";
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
