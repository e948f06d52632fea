package dev.sinter.program;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.Joining;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.schedule.Rows;
import dev.sinter.kernel.schedule.Scheduled;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.program.NestScheduler.RowKind;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Joins nests that follow each other and go through the same rows: what one leaves in a row the next finds in the
 * caches, and what only they need is never a whole array. A softmax, a normalization or their gradients are one kernel,
 * and so is attention, whose products of matrices are cut along their rows.
 */
final class RowGroups {
    /** The most nests of a group. */
    static final int MOST = 12;
    /** The elements that a tile computes of each nest, about. */
    private static final long TILE = 16384;
    /** The rows of a tile of products, at least: fewer would read their right operands too often. */
    private static final long LEAST_OF_PRODUCT = 32;
    /** So many rows a thread are shared out about equally. */
    private static final long SHARES = 4;
    /** The part of the second cache that the widest array of a tile of products may have. */
    private static final long L2_SHARE = 4;
    /** Blocks of narrow rows are multiples of this, so that vectors may run over the rows. */
    private static final long STEP = 64;
    /** Rows that lie side by side are cut into blocks of so many at least, which are a cache line of floats. */
    private static final long ACROSS = 16;

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
     * The first nests of a list as one kernel, after what must be there before.
     *
     * @param count   how many nests are computed
     * @param kernels those that copy operands of products, then the one that computes the nests
     */
    record Group(int count, Scheduled kernels) {}

    /**
     * As many of the first nests of a list as can be joined, if that are two at least.
     *
     * @param nests   what is computed, in order
     * @param isInner whether only so many of the nests, the first ones, use a buffer
     */
    Optional<Group> first(List<Nest> nests, Inner isInner) {
        int most = nests.size() < 2 ? 0 : nests.getFirst().domain().size();
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
        return nests.isEmpty() ? nests : nests.subList(0, linked(nests, 1).size());
    }

    /**
     * The first nests, as far as each has the axes of rows that the first one has, which are made its first axes, and
     * touches what those before it touch, or is read together with what they leave.
     */
    private List<Nest> linked(List<Nest> nests, int axes) {
        List<Nest> linked = new ArrayList<>(nests.subList(0, 1));
        while (linked.size() < Math.min(MOST, nests.size()) && isLinked(linked, nests)) {
            Nest next = aligned(linked, nests.get(linked.size()), axes);
            if (equalAxes(nests.getFirst(), next) < axes) {
                break;
            }
            linked.add(next);
        }
        return linked;
    }

    /**
     * A nest whose first axes are those along which it reads what earlier nests write along their first axes; itself
     * where it reads along others.
     */
    private static Nest aligned(List<Nest> earlier, Nest next, int axes) {
        for (Nest.Input input : next.inputs()) {
            for (Nest nest : earlier.reversed()) {
                for (Nest.Output output : nest.outputs()) {
                    if (output.buffer() == input.buffer()) {
                        List<Integer> rows = along(output.map(), input.map(), axes);
                        if (rows.stream().allMatch(axis -> axis >= 0 && axis < next.domain().size())
                                && rows.stream().distinct().count() == axes) {
                            return withFirst(next, rows);
                        }
                    }
                }
            }
        }
        return next;
    }

    /** A nest with some axes before its others. */
    private static Nest withFirst(Nest nest, List<Integer> axes) {
        List<Integer> order = new ArrayList<>(axes);
        IntStream.range(0, nest.domain().size()).filter(axis -> !axes.contains(axis)).forEach(order::add);
        return IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i) ? nest : nest.turned(order);
    }

    /** For each of the first axes that a buffer is written along the one that it is read along, -1 for none. */
    private static List<Integer> along(IndexMap written, IndexMap read, int axes) {
        List<Integer> along = new ArrayList<>(Collections.nCopies(axes, -1));
        for (int i = 0; i < written.coordinates().size(); i++) {
            Optional<Integer> from = written.coordinates().get(i).asAxis();
            Optional<Integer> to = read.coordinates().get(i).asAxis();
            if (from.isPresent() && to.isPresent() && from.get() < axes) {
                along.set(from.get(), to.get());
            }
        }
        return along;
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

    /** Whether the nest that follows the first ones touches what these touch, or a later one reads what both leave. */
    private boolean isLinked(List<Nest> first, List<Nest> nests) {
        Nest next = nests.get(first.size());
        Set<Integer> known = new HashSet<>();
        first.forEach(nest -> used(nest).forEach(known::add));
        return used(next).anyMatch(known::contains)
                || nests.subList(first.size() + 1, Math.min(MOST, nests.size())).stream().anyMatch(later ->
                        reads(later, List.of(next)) && reads(later, first));
    }

    /** Whether a nest reads what others leave. */
    private boolean reads(Nest reader, List<Nest> others) {
        Set<Integer> left = others.stream().flatMap(nest -> nest.outputs().stream())
                .map(output -> owner(output.buffer())).collect(Collectors.toSet());
        return reader.inputs().stream().anyMatch(input -> left.contains(owner(input.buffer())));
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
        List<Nest> members = new ArrayList<>();
        List<RowKind> kinds = new ArrayList<>();
        Set<Integer> written = new HashSet<>();
        boolean hasProducts = false;
        for (Nest nest : nests) {
            RowKind kind = nests.size() < 2 ? RowKind.NONE
                    : scheduler.rowKind(nest, buffers, target, axes, hasProducts ? written : Set.of());
            if (kind == RowKind.NONE) {
                break;
            }
            hasProducts |= kind != RowKind.FREE && kind != RowKind.DIVIDED;
            kinds.add(kind);
            members.add(nest);
            nest.outputs().forEach(output -> written.add(owner(output.buffer())));
        }
        if (!hasProducts && kinds.contains(RowKind.DIVIDED)) {
            members.subList(kinds.indexOf(RowKind.DIVIDED), members.size()).clear();
        }
        Dim rows = nests.getFirst().domain().subList(0, axes).stream().reduce(Dim.ONE, Dim::times);
        long block = members.size() < 2 ? 0 : hasProducts ? blockOfProducts(members, rows, axes)
                : block(members, rows, axes);
        return block == 0 ? Optional.empty() : joined(scheduled(members, axes, block), isInner,
                (count, own) -> IntStream.range(0, count).allMatch(i -> stays(members.get(i), kinds.get(i), own)));
    }

    /** Whether what a product is joined for is memory of the thread. */
    private boolean stays(Nest nest, RowKind kind, Set<Integer> own) {
        return switch (kind) {
            case FREE, DIVIDED -> true;
            case WIDENING -> nest.outputs().stream().allMatch(output -> own.contains(owner(output.buffer())));
            case NARROWING -> nest.inputs().stream().anyMatch(input -> own.contains(owner(input.buffer())));
            case NONE -> false;
        };
    }

    /** The kernels of as many of some nests as can be cut into such rows, numbering what memory they need. */
    private List<Scheduled> scheduled(List<Nest> nests, int axes, long block) {
        List<Supplier<Scheduled>> suited = new ArrayList<>();
        Set<Integer> written = new HashSet<>();
        for (int i = 0; i < nests.size(); i++) {
            Set<Integer> again = new HashSet<>();
            nests.subList(i + 1, nests.size()).forEach(later ->
                    later.inputs().forEach(input -> again.add(input.buffer())));
            Optional<Supplier<Scheduled>> kernels =
                    scheduler.inRows(nests.get(i), buffers, target, new Rows(axes, block, again, written));
            if (kernels.isEmpty()) {
                break;
            }
            suited.add(kernels.get());
            nests.get(i).outputs().forEach(output -> written.add(owner(output.buffer())));
        }
        return suited.size() < 2 ? List.of() : suited.stream().map(Supplier::get).toList();
    }

    /** The buffers that a kernel has memory of the thread for. */
    private static Set<Integer> own(Joining.Joined joined) {
        return IntStream.range(0, joined.buffers().size())
                .filter(i -> joined.kernel().buffers().get(i).access() == Access.SCRATCH)
                .mapToObj(joined.buffers()::get).collect(Collectors.toSet());
    }

    /** Joins the last kernels of as many of some nests, the first ones, as need no other row. */
    private Optional<Group> joined(List<Scheduled> nests, Inner isInner,
            BiPredicate<Integer, Set<Integer>> isWorth) {
        List<Scheduled.Launch> before = new ArrayList<>();
        List<Buffer> temporaries = new ArrayList<>();
        List<Kernel> kernels = new ArrayList<>();
        List<List<Integer>> arguments = new ArrayList<>();
        for (Scheduled nest : nests) {
            int moved = temporaries.size();
            for (Scheduled.Launch launch : nest.launches()) {
                List<Integer> numbered = launch.buffers().stream()
                        .map(id -> id < buffers.size() ? owner(id) : id + moved).toList();
                if (launch != nest.launches().getLast()) {
                    before.add(new Scheduled.Launch(launch.kernel(), numbered));
                } else {
                    kernels.add(launch.kernel());
                    arguments.add(numbered);
                }
            }
            temporaries.addAll(nest.temporaries());
        }
        for (int count = kernels.size(); count > 1; count--) {
            int members = count;
            Optional<Joining.Joined> joined = Joining.join(kernels.subList(0, count), arguments.subList(0, count),
                    id -> id < buffers.size() && isInner.is(members, id), target.nearBytes());
            if (joined.filter(found -> isWorth.test(members, own(found))).isPresent()) {
                List<Scheduled.Launch> launches = new ArrayList<>(before.subList(0, nests.subList(0, count).stream()
                        .mapToInt(nest -> nest.launches().size() - 1).sum()));
                launches.add(new Scheduled.Launch(joined.get().kernel(), joined.get().buffers()));
                return Optional.of(new Group(count, new Scheduled(launches, temporaries)));
            }
        }
        return Optional.empty();
    }

    /**
     * The rows of a tile of products: a divisor of the last axis of rows, or some indices of those before it, as many
     * as a part of the caches holds and every thread has its share of.
     */
    private long blockOfProducts(List<Nest> nests, Dim rows, int axes) {
        Dim last = nests.getFirst().domain().get(axes - 1);
        long count = rows.assumed();
        if (!last.isConstant() || count < SHARES * target.threads() && count % target.threads() != 0 || count == 0) {
            return 0;
        }
        long bytes = 1;
        for (Nest nest : nests) {
            long points = nest.domain().stream().skip(axes).mapToLong(Dim::assumed).reduce(1, RowGroups::product);
            for (Nest.Output output : nest.outputs()) {
                bytes = Math.max(bytes, product(points, buffers.get(output.buffer()).type().dtype().bytes()));
            }
        }
        boolean areMatrices = nests.stream().anyMatch(nest -> nest.domain().size() > axes + 1);
        long least = areMatrices ? 1 : LEAST_OF_PRODUCT;
        long share = Math.max(1, count / (2L * target.threads()));
        long wanted = Math.min(Math.max(least, target.l2Bytes() / L2_SHARE / bytes), share);
        long extent = last.constant();
        if (wanted >= extent) {
            return rows.isConstant() ? wanted / extent * extent : extent;
        }
        long block = wanted;
        while (extent % block != 0) {
            block--;
        }
        return block >= Math.min(wanted, least) / 2 ? block : count / extent >= target.threads() ? extent : 0;
    }

    /**
     * The rows of a tile, as many as a part of the caches holds; 0 where rows are too few or too short, or lie side by
     * side and are so long that a tile has parts of cache lines.
     */
    private long block(List<Nest> nests, Dim rows, int axes) {
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
        if (block < Math.min(ACROSS, count) && nests.stream().anyMatch(nest -> liesAcross(nest, axes))) {
            return 0;
        }
        if (!rows.isConstant()) {
            return widest <= TILE ? block : 0;
        }
        long shares = 2L * target.threads();
        return count * widest <= TILE || count >= shares * block ? block : count / shares;
    }

    /** Whether rows are side by side in an array, whose elements of a row are then apart. */
    private static boolean liesAcross(Nest nest, int axes) {
        return Stream.concat(nest.inputs().stream().map(Nest.Input::map), nest.outputs().stream().map(Nest.Output::map))
                .map(IndexMap::coordinates).filter(coordinates -> coordinates.size() > axes)
                .anyMatch(coordinates -> coordinates.getLast().asAxis().filter(axis -> axis < axes).isPresent());
    }

    private static long product(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 ? Math.max(0, a * b) : Long.MAX_VALUE;
    }
}
