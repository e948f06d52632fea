package dev.sinter.baselines.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * The few functions of oneDNN's C interface that a matrix product takes, each throwing when the library
 * answers with a status other than success. What is made here lives as long as the process.
 */
@SuppressWarnings("restricted")
final class OneDnn {
    /** What an operand is to a primitive. */
    enum Argument {
        SOURCE(1), DESTINATION(17), WEIGHTS(33);

        private final int code;

        Argument(int code) {
            this.code = code;
        }
    }

    /** A memory descriptor: sizes and layout. */
    record Layout(MemorySegment handle) { }

    /** A primitive descriptor. */
    record Description(MemorySegment handle) { }

    /** A primitive, ready to run. */
    record Primitive(MemorySegment handle) { }

    /** An operand of a primitive. */
    record Operand(Argument argument, MemorySegment memory) { }

    /** The operands of one call, as the library takes them. */
    record Operands(MemorySegment array, int count) { }

    private static final int CPU = 1;
    private static final int IN_ORDER = 1;
    private static final int FLOAT32 = 3;
    private static final int ANY_LAYOUT = 1;
    private static final int WEIGHTS_LAYOUT = 131;
    private static final MemoryLayout STATUS = JAVA_INT;

    private final Arena arena = Arena.global();
    private final SymbolLookup library;
    private final MethodHandle sgemm;
    private final MethodHandle execute;
    private final MethodHandle await;
    private final MemorySegment engine;
    private final MemorySegment stream;

    OneDnn(Path file) {
        library = SymbolLookup.libraryLookup(file, arena);
        sgemm = function("dnnl_sgemm", STATUS, JAVA_BYTE, JAVA_BYTE, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_FLOAT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_FLOAT, ADDRESS, JAVA_LONG);
        execute = function("dnnl_primitive_execute", STATUS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
        await = function("dnnl_stream_wait", STATUS, ADDRESS);
        engine = made(function("dnnl_engine_create", STATUS, ADDRESS, JAVA_INT, JAVA_LONG), CPU, 0L);
        stream = made(function("dnnl_stream_create", STATUS, ADDRESS, ADDRESS, JAVA_INT), engine, IN_ORDER);
    }

    /** C = A B, row-major. */
    void sgemm(int m, int k, int n, MemorySegment a, MemorySegment b, MemorySegment c) {
        try {
            check((int) sgemm.invokeExact((byte) 'N', (byte) 'N', (long) m, (long) n, (long) k, 1f,
                    a, (long) k, b, (long) n, 0f, c, (long) n));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** The row-major layout of a float32 matrix. */
    Layout rowMajor(long rows, long columns) {
        MethodHandle create = function("dnnl_memory_desc_create_with_strides",
                STATUS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
        return new Layout(made(create, 2, arena.allocateFrom(JAVA_LONG, rows, columns), FLOAT32,
                arena.allocateFrom(JAVA_LONG, columns, 1)));
    }

    /** The layout of a float32 matrix that a primitive chooses. */
    Layout chosen(long rows, long columns) {
        MethodHandle create = function("dnnl_memory_desc_create_with_tag",
                STATUS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        return new Layout(made(create, 2, arena.allocateFrom(JAVA_LONG, rows, columns), FLOAT32, ANY_LAYOUT));
    }

    long bytes(Layout layout) {
        return (long) call(function("dnnl_memory_desc_get_size", JAVA_LONG, ADDRESS), layout.handle());
    }

    Description matmul(Layout a, Layout b, Layout c) {
        MethodHandle create = function("dnnl_matmul_primitive_desc_create",
                STATUS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        return new Description(made(create, engine, a.handle(), b.handle(), MemorySegment.NULL, c.handle(),
                MemorySegment.NULL));
    }

    Description reorder(Layout from, Layout to) {
        MethodHandle create = function("dnnl_reorder_primitive_desc_create",
                STATUS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        return new Description(made(create, from.handle(), engine, to.handle(), engine, MemorySegment.NULL));
    }

    /** The layout that a primitive wants its weights in. */
    Layout weights(Description description) {
        MethodHandle query = function("dnnl_primitive_desc_query_md", ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
        return new Layout((MemorySegment) call(query, description.handle(), WEIGHTS_LAYOUT, 0));
    }

    Primitive primitive(Description description) {
        MethodHandle create = function("dnnl_primitive_create", STATUS, ADDRESS, ADDRESS);
        return new Primitive(made(create, description.handle()));
    }

    Operand operand(Argument argument, Layout layout, MemorySegment data) {
        MethodHandle create = function("dnnl_memory_create", STATUS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        return new Operand(argument, made(create, layout.handle(), engine, data));
    }

    Operands operands(List<Operand> operands) {
        MemorySegment array = arena.allocate(16L * operands.size(), 8);
        for (int i = 0; i < operands.size(); i++) {
            array.set(JAVA_INT, 16L * i, operands.get(i).argument().code);
            array.set(ADDRESS, 16L * i + 8, operands.get(i).memory());
        }
        return new Operands(array, operands.size());
    }

    /** Runs a primitive to its end. */
    void run(Primitive primitive, Operands operands) {
        try {
            check((int) execute.invokeExact(primitive.handle(), stream, operands.count(), operands.array()));
            check((int) await.invokeExact(stream));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name),
                FunctionDescriptor.of(result, parameters));
    }

    /** Calls a function whose first parameter is where it puts what it makes. */
    private MemorySegment made(MethodHandle function, Object... rest) {
        MemorySegment place = arena.allocate(ADDRESS);
        Object[] all = new Object[rest.length + 1];
        all[0] = place;
        System.arraycopy(rest, 0, all, 1, rest.length);
        check((int) call(function, all));
        return place.get(ADDRESS, 0);
    }

    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("oneDNN answers with status " + status);
        }
    }

    private static RuntimeException rethrown(Throwable e) {
        return switch (e) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
