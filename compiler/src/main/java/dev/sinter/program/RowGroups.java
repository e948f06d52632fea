package dev.sinter.program;

import dev.sinter.kernel.Joining;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.schedule.Rows;
import dev.sinter.kernel.schedule.Scheduled;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Joins nests that follow each other and go through the same rows: what one leaves in a row the next finds in the
 * caches, and what only they need is never a whole array. A softmax, a normalization or their gradients are one kernel.
 */
final class RowGroups {
    /** The most nests of a group. */
    static final int MOST = 12;
    /** The elements that a tile computes of each nest, about. */
    private static final long TILE = 16384;
    /** Blocks of narrow rows are multiples of this, so that vectors may run over the rows. */
    private static final long STEP = 64;

    private final List<Buffer> buffers;
    private final Target target;
    private final NestScheduler scheduler;

    /**
     * For a program that is being made.
     *
     * @param buffers the program's buffers
     */
    RowGroups(List<Buffer> buffers, Target target, NestScheduler scheduler) {
        this.buffers = buffers;
        this.target = target;
        this.scheduler = scheduler;
    }

    /**
     * The first nests of a list as one kernel.
     *
     * @param count   how many nests it computes
     * @param kernel  the kernel
     * @param buffers the program's buffers that its arguments are
     */
    record Group(int count, Kernel kernel, List<Integer> buffers) {}

    /**
     * As many of the first nests of a list as can be joined, if that are two at least.
     *
     * @param nests   what is computed, in order
     * @param isInner whether only so many of the nests, the first ones, use a buffer
     */
    Optional<Group> first(List<Nest> nests, Inner isInner) {
        int most = nests.size() < 2 ? 0 : equalAxes(nests.getFirst(), nests.get(1));
        for (int axes = most; axes > 0; axes--) {
            Optional<Group> group = join(linked(nests, axes), axes, isInner);
            if (group.isPresent()) {
                return group;
            }
        }
        return Optional.empty();
    }

    /** The first nests of a list, as many as may be in one group. */
    List<Nest> candidates(List<Nest> nests) {
        return nests.isEmpty() ? nests : linked(nests, 1);
    }

    /** The first nests, as far as each has the first axes of the first one and touches what those before it touch. */
    private List<Nest> linked(List<Nest> nests, int axes) {
        int count = 1;
        while (count < Math.min(MOST, nests.size()) && equalAxes(nests.getFirst(), nests.get(count)) >= axes
                && isLinked(nests.subList(0, count), nests.get(count))) {
            count++;
        }
        return nests.subList(0, count);
    }

    /** Whether only the first nests of a list use a buffer. */
    interface Inner {
        boolean is(int count, int buffer);
    }

    private static int equalAxes(Nest a, Nest b) {
        int axes = 0;
        while (axes < Math.min(a.domain().size(), b.domain().size())
                && a.domain().get(axes).equals(b.domain().get(axes))) {
            axes++;
        }
        return axes;
    }

    /** Whether a nest touches what earlier ones touch. */
    private boolean isLinked(List<Nest> earlier, Nest next) {
        Set<Integer> known = new HashSet<>();
        earlier.forEach(nest -> used(nest).forEach(known::add));
        return used(next).anyMatch(known::contains);
    }

    private Stream<Integer> used(Nest nest) {
        return Stream.concat(nest.inputs().stream().map(Nest.Input::buffer),
                nest.outputs().stream().map(Nest.Output::buffer)).map(this::owner);
    }

    private int owner(int id) {
        return Plan.owner(buffers, id).id();
    }

    /** Joins as many of some nests as can be cut into such rows and need no other row. */
    private Optional<Group> join(List<Nest> nests, int axes, Inner isInner) {
        Dim rows = nests.getFirst().domain().subList(0, axes).stream().reduce(Dim.ONE, Dim::times);
        long block = nests.size() < 2 ? 0 : block(nests, rows);
        List<Supplier<Scheduled.Launch>> suited = new ArrayList<>();
        for (int i = 0; block > 0 && i < nests.size(); i++) {
            Set<Integer> again = new HashSet<>();
            nests.subList(i + 1, nests.size()).forEach(later ->
                    later.inputs().forEach(input -> again.add(input.buffer())));
            Optional<Supplier<Scheduled.Launch>> launch =
                    scheduler.inRows(nests.get(i), buffers, target, new Rows(axes, block, again));
            if (launch.isEmpty()) {
                break;
            }
            suited.add(launch.get());
        }
        return suited.size() < 2 ? Optional.empty() : join(suited.stream().map(Supplier::get).toList(), isInner);
    }

    /** Joins as many of some launches, the first ones, as need no other row. */
    private Optional<Group> join(List<Scheduled.Launch> launches, Inner isInner) {
        List<Kernel> kernels = launches.stream().map(Scheduled.Launch::kernel).toList();
        List<List<Integer>> arguments = launches.stream()
                .map(launch -> launch.buffers().stream().map(this::owner).toList()).toList();
        for (int count = kernels.size(); count > 1; count--) {
            int members = count;
            Optional<Joining.Joined> joined = Joining.join(kernels.subList(0, count), arguments.subList(0, count),
                    id -> isInner.is(members, id), target.nearBytes());
            if (joined.isPresent()) {
                return Optional.of(new Group(count, joined.get().kernel(), joined.get().buffers()));
            }
        }
        return Optional.empty();
    }

    /** The rows of a tile, as many as a part of the caches holds; 0 where rows are too few or too short. */
    private long block(List<Nest> nests, Dim rows) {
        long count = rows.assumed();
        if (count == 0) {
            return 0;
        }
        long widest = nests.stream().mapToLong(nest -> Stream.concat(nest.domain().stream(), nest.reduced().stream())
                .mapToLong(Dim::assumed).reduce(1, RowGroups::product)).max().orElse(1) / count;
        if (widest < target.vectorBytes() / 2) {
            return 0;
        }
        long bytes = nests.stream().flatMap(this::used).distinct()
                .mapToLong(id -> Math.max(1, buffers.get(id).bytes().assumed() / count)).sum();
        long block = Math.max(1, Math.min(target.l1Bytes() / 2 / bytes, TILE / widest));
        block = block >= STEP ? block / STEP * STEP : block;
        if (!rows.isConstant()) {
            return widest <= TILE ? block : 0;
        }
        long shares = 2L * target.threads();
        return count * widest <= TILE || count >= shares * block ? block : count / shares;
    }

    private static long product(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 ? Math.max(0, a * b) : Long.MAX_VALUE;
    }
}
