package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ops that become one nest, or one op that is a step on its own, a host call, loop or branch: the values computed at
 * each point of a domain, and the values that are only needed on the way to them. Regions grow by {@link #absorb}.
 */
final class Region {
    enum Kind { LOOP, REDUCE, CONTRACT, HOST }

    private final int id;
    private Kind kind;
    private final List<Dim> domain;
    private List<Dim> reduced;
    /** The greatest id of a value that the region is a piece of. */
    private int lastPiece = -1;
    /** The place in an order in which each region comes after those that it waits for. */
    private int position;
    /** Values computed at each point of the domain, by whose name other regions may read them. */
    private final Set<Value> roots = new LinkedHashSet<>();
    private final List<Store> stores = new ArrayList<>();
    /** Regions that must run before, for another reason than a value that is read. */
    private final Set<Region> after = new LinkedHashSet<>();
    private Optional<Region> absorbedBy = Optional.empty();
    private Optional<Reads> reads = Optional.empty();

    /**
     * What a region reads.
     *
     * @param aligned   values read at the point of the domain alone
     * @param scattered values read elsewhere, or in a reduction
     * @param ordered   steps of their own and tensors that must have happened
     * @param ops       all ops inside, in order of their ids
     * @param canFail   whether an op inside can fail the run
     */
    record Reads(Set<Value> aligned, Set<Value> scattered, Set<Value> ordered, Set<Value> ops, boolean canFail) {}

    Region(int id, Kind kind, List<Dim> domain, List<Dim> reduced) {
        this.id = id;
        this.kind = kind;
        this.domain = List.copyOf(domain);
        this.reduced = List.copyOf(reduced);
    }

    int id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    List<Dim> domain() {
        return domain;
    }

    List<Dim> reduced() {
        return reduced;
    }

    Set<Value> roots() {
        return roots;
    }

    List<Store> stores() {
        return stores;
    }

    Set<Region> after() {
        return after;
    }

    void add(Value root) {
        roots.add(root);
        reads = Optional.empty();
    }

    void remove(Value root) {
        roots.remove(root);
        reads = Optional.empty();
    }

    void add(Store store) {
        stores.add(store);
        if (!store.isFill()) {
            roots.add(store.value());
        }
        reads = Optional.empty();
    }

    /** Drops a store, and its value where nothing else of the region makes it a root. */
    void remove(Store store) {
        stores.remove(store);
        if (stores.stream().noneMatch(other -> other.value() == store.value())) {
            roots.remove(store.value());
        }
        reads = Optional.empty();
    }

    /** Makes the region a piece of a value that is written by several. */
    void addPieceOf(Value assembled) {
        lastPiece = Math.max(lastPiece, assembled.id());
    }

    Optional<Reads> reads() {
        return reads;
    }

    void setReads(Reads analysed) {
        reads = Optional.of(analysed);
    }

    /** Forgets what is read, since a value that it reads has become a root or is none any more. */
    void forgetReads() {
        reads = Optional.empty();
    }

    /** The region that this one is part of now. */
    Region current() {
        Region at = this;
        while (at.absorbedBy.isPresent()) {
            at = at.absorbedBy.get();
        }
        return at;
    }

    boolean isAbsorbed() {
        return absorbedBy.isPresent();
    }

    int position() {
        return position;
    }

    void setPosition(int place) {
        position = place;
    }

    /** Makes this region compute what another of the same domain computes. */
    void absorb(Region other) {
        if (other.kind != Kind.LOOP && kind == Kind.LOOP) {
            kind = other.kind;
            reduced = other.reduced;
        }
        roots.addAll(other.roots);
        stores.addAll(other.stores);
        after.addAll(other.after);
        lastPiece = Math.max(lastPiece, other.lastPiece);
        other.absorbedBy = Optional.of(this);
        reads = Optional.empty();
    }

    /** The greatest id of a value that the region computes or is a piece of. */
    int lastId() {
        return Math.max(lastPiece, roots.stream().mapToInt(Value::id).max().orElse(0));
    }
}
