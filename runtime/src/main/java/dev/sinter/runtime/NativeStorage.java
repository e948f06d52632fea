package dev.sinter.runtime;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Layout;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.plan.Packing;
import dev.sinter.program.Backend;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A variable in native memory, in the layout that kernels want. A run that replaces the value writes it to
 * {@link #shadow} or in place; memory is freed when neither the variable nor a run refers to it.
 */
final class NativeStorage implements Storage {
    private enum Pending { NOTHING, SHADOW, IN_PLACE }

    private final Backend backend;
    private final TensorType type;
    private final long[] sizes;
    private volatile Value value;
    private volatile boolean initialized;
    private volatile long version;
    private MemorySegment shadow = MemorySegment.NULL;
    private Layout shadowLayout = Layout.ROW_MAJOR;
    private Pending pending = Pending.NOTHING;

    /** Memory and how it is laid out. */
    record Value(MemorySegment memory, Layout layout) {}

    NativeStorage(Backend backend, TensorType type) {
        this(backend, type, Layout.ROW_MAJOR);
    }

    NativeStorage(Backend backend, TensorType type, Layout layout) {
        this.backend = backend;
        this.type = type;
        this.sizes = type.shape().sizes();
        this.value = new Value(allocate(layout), layout);
    }

    /** A number that grows whenever the value may have changed. */
    long version() {
        return version;
    }

    private MemorySegment allocate(Layout layout) {
        return backend.allocate(Arena.ofAuto(), Math.max(MemoryPlan.ALIGNMENT, bytes(layout)));
    }

    private long bytes(Layout layout) {
        return layout.storage(type.shape()).constant() * type.dtype().bytes();
    }

    /** The value in a layout, which it keeps from now on. The caller holds the variable's lock, shared or not. */
    Value in(Layout layout) {
        Value now = value;
        return now.layout().equals(layout) ? now : relaid(layout);
    }

    private synchronized Value relaid(Layout layout) {
        if (!value.layout().equals(layout)) {
            MemorySegment now = allocate(layout);
            if (initialized) {
                Packing.pack(read(), layout, now);
            }
            value = new Value(now, layout);
        }
        return value;
    }

    /** Memory for the next value, in a layout; {@link #commit} makes it the value. */
    MemorySegment shadow(Layout layout) {
        if (shadow.address() == 0 || !shadowLayout.equals(layout)) {
            shadow = allocate(layout);
            shadowLayout = layout;
        }
        pending = Pending.SHADOW;
        return shadow;
    }

    /** Notes that a run writes the value itself. */
    void writeInPlace() {
        pending = Pending.IN_PLACE;
    }

    @Override
    public boolean isInitialized() {
        return initialized;
    }

    @Override
    public NDArray read() {
        NDArray copy = NDArray.zeros(type.dtype(), sizes);
        Value now = value;
        Packing.unpack(now.memory(), now.layout(), copy);
        return copy;
    }

    @Override
    public void load(NDArray array) {
        Value now = value;
        MemorySegment next = allocate(now.layout());
        Packing.pack(array, now.layout(), next);
        value = new Value(next, now.layout());
        initialized = true;
        version = version + 1;
    }

    @Override
    public void commit() {
        switch (pending) {
            case NOTHING -> { }
            case IN_PLACE -> initialized = true;
            case SHADOW -> {
                Value before = value;
                value = new Value(shadow, shadowLayout);
                shadow = before.memory();
                shadowLayout = before.layout();
                initialized = true;
            }
        }
        ended();
    }

    private void ended() {
        if (pending != Pending.NOTHING) {
            version = version + 1;
        }
        pending = Pending.NOTHING;
    }

    @Override
    public void discard() {
        ended();
    }
}
