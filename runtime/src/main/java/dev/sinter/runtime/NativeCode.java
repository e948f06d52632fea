package dev.sinter.runtime;

import dev.sinter.kernel.Layout;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.plan.Packing;
import dev.sinter.program.Backend;
import dev.sinter.program.Compilation;
import dev.sinter.program.CompiledProgram;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Symbol;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A compiled function: how it came about, its code and its constants. */
final class NativeCode implements AutoCloseable {
    private static final int MOST_BINDINGS = 256;

    private final Compilation compilation;
    private final CompiledProgram program;
    private final Map<Integer, MemorySegment> constants = new HashMap<>();
    private final Map<String, Layout> layouts = new HashMap<>();
    private final Map<List<Long>, NativeBinding> bindings = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Long>, NativeBinding> eldest) {
            return size() > MOST_BINDINGS;
        }
    };

    NativeCode(Compilation compilation, CompiledProgram program, Backend backend) {
        this.compilation = compilation;
        this.program = program;
        for (Buffer buffer : compilation.program().buffers()) {
            switch (buffer.role()) {
                case Buffer.Role.Constant constant ->
                        constants.put(buffer.id(), laidOut(buffer, constant.value(), backend));
                case Buffer.Role.State state -> layouts.put(state.variable(), buffer.layout());
                case Buffer.Role.NextState next -> layouts.put(next.variable(), buffer.layout());
                case Buffer.Role.Input input -> { }
                case Buffer.Role.Output output -> { }
                case Buffer.Role.Temporary temporary -> { }
                case Buffer.Role.View view -> { }
                case Buffer.Role.RunNumber _, Buffer.Role.Tape _, Buffer.Role.Row _, Buffer.Role.Carried _,
                        Buffer.Role.Counter _ -> { }
            }
        }
    }

    private static MemorySegment laidOut(Buffer buffer, NDArray value, Backend backend) {
        if (buffer.layout().equals(Layout.ROW_MAJOR)) {
            return value.segment();
        }
        MemorySegment memory = backend.allocate(Arena.ofAuto(),
                Math.max(MemoryPlan.ALIGNMENT, Packing.bytes(value, buffer.layout())));
        Packing.pack(value, buffer.layout(), memory);
        return memory;
    }

    Compilation compilation() {
        return compilation;
    }

    CompiledProgram program() {
        return program;
    }

    MemorySegment constant(int buffer) {
        return constants.get(buffer);
    }

    /** What certain values of the symbols make of the program; kept for the next run of the same sizes. */
    NativeBinding binding(List<Symbol> symbols, long[] values, SessionOptions options) {
        List<Long> key = Arrays.stream(values).boxed().toList();
        synchronized (bindings) {
            NativeBinding known = bindings.get(key);
            if (known == null) {
                known = NativeBinding.of(this, symbol -> values[symbols.indexOf(symbol)], options);
                bindings.put(key, known);
            }
            return known;
        }
    }

    /** The layouts that the code expects variables to have. */
    Map<String, Layout> layouts() {
        return layouts;
    }

    @Override
    public void close() {
        program.close();
    }
}
