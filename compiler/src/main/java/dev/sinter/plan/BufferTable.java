package dev.sinter.plan;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Layout;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The buffers of a plan while it is made. */
final class BufferTable {
    private final List<Buffer> buffers = new ArrayList<>();
    private final Map<List<Object>, Integer> views = new HashMap<>();

    int add(String name, TensorType type, Buffer.Role role) {
        int id = buffers.size();
        buffers.add(new Buffer(id, name, type, Layout.ROW_MAJOR, role));
        return id;
    }

    Buffer get(int id) {
        return buffers.get(id);
    }

    int size() {
        return buffers.size();
    }

    List<Buffer> list() {
        return List.copyOf(buffers);
    }

    /** The same memory under another shape; the buffer itself where the shape is its own. */
    int view(int buffer, TensorType type) {
        Buffer of = buffers.get(buffer);
        if (of.type().equals(type)) {
            return buffer;
        }
        int base = of.role() instanceof Buffer.Role.View view ? view.of() : buffer;
        if (buffers.get(base).type().equals(type)) {
            return base;
        }
        return views.computeIfAbsent(List.of(base, type),
                key -> add(buffers.get(base).name() + "_as" + type.shape().rank() + "d", type,
                        new Buffer.Role.View(base)));
    }

    /** The buffer that owns the memory. */
    int owner(int buffer) {
        return buffers.get(buffer).role() instanceof Buffer.Role.View view ? view.of() : buffer;
    }

    void updateInPlace(int nextState) {
        Buffer buffer = buffers.get(nextState);
        if (!(buffer.role() instanceof Buffer.Role.NextState next)) {
            throw new CompilerBug("buffer " + nextState + " is not the next value of a variable");
        }
        buffers.set(nextState, new Buffer(nextState, buffer.name(), buffer.type(), buffer.layout(),
                new Buffer.Role.NextState(next.variable(), true)));
    }
}
