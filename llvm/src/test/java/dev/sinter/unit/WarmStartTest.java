package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Layout;
import dev.sinter.llvm.CodeCache;
import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.llvm.Target;
import dev.sinter.plan.Buffer;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.Frame;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process finds the code that an earlier one has compiled, and then does without LLVM. */
class WarmStartTest {

    @TempDir
    Path parent;

    private CodeCache cache() {
        return CodeCache.in(parent.resolve("code"), CodeCache.STANDARD_LIMIT);
    }

    private static Llvm load(CodeCache cache) {
        return switch (Llvm.load(cache)) {
            case Llvm.Availability.Available(Llvm llvm) -> llvm;
            case Llvm.Availability.Unavailable(String reason) -> throw new AssertionError(reason);
        };
    }

    /** A program that adds some number to eight others, on two threads. */
    private static void addNatively(Llvm llvm, long added) {
        addNatively(llvm, llvm.host(), added, () -> { });
    }

    private static void addNatively(Llvm llvm, Target machine, long added, Runnable beforeNativeCode) {
        Dim n = Dim.symbol("n");
        KernelBuilder b = new KernelBuilder("add");
        int in = b.buffer("in", DType.INT64, Kernel.Access.READ, n);
        int out = b.buffer("out", DType.INT64, Kernel.Access.WRITE, n);
        b.store(out, b.tile(), b.add(b.load(in, b.tile(), 1), added));
        Kernel kernel = b.build(n, new Kernel.Work(n, n));
        List<Buffer> buffers = Stream.of(0, 1).map(i -> new Buffer(i, "b" + i,
                new TensorType(DType.INT64, Shape.of(n)), Layout.ROW_MAJOR, new Buffer.Role.Input(i))).toList();
        Program program = new Program("test", buffers, List.of(n, n.times(8)),
                List.of(new Step.Launch(kernel, List.of(0, 1))));
        try (LlvmBackend backend = LlvmBackend.of(llvm, machine, 2);
                CompiledProgram compiled = backend.compile(program, false, beforeNativeCode);
                Frame frame = compiled.newFrame();
                Arena arena = Arena.ofShared()) {
            MemorySegment x = arena.allocate(64, 64);
            MemorySegment y = arena.allocate(64, 64);
            x.setAtIndex(ValueLayout.JAVA_LONG, 5, 37);
            frame.setBuffer(0, x);
            frame.setBuffer(1, y);
            frame.setSize(0, 8);
            frame.setSize(1, 64);
            frame.setThreads(2);
            assertThat(frame.run()).isZero();
            assertThat(y.getAtIndex(ValueLayout.JAVA_LONG, 5)).isEqualTo(37 + added);
        }
    }

    @Test
    void llvmIsOpenedOnceForAll() {
        Llvm cold = load(cache());
        addNatively(cold, 5);
        assertThat(cold.opened()).isTrue();

        CodeCache cache = cache();
        Llvm warm = load(cache);
        assertThat(warm.host()).isEqualTo(cold.host());
        addNatively(warm, 5);
        assertThat(cache.misses()).isZero();
        assertThat(warm.opened()).isFalse();

        addNatively(warm, 6);
        assertThat(cache.misses()).isEqualTo(1);
        assertThat(warm.opened()).isTrue();
        addNatively(warm, 6);
        assertThat(cache.misses()).isEqualTo(1);
    }

    @Test
    void whatIsAtHandIsNotAnnounced() {
        AtomicInteger announced = new AtomicInteger();
        Llvm cold = load(cache());
        addNatively(cold, cold.host(), 5, announced::incrementAndGet);
        assertThat(announced).hasPositiveValue();
        announced.set(0);
        addNatively(load(cache()), cold.host(), 5, announced::incrementAndGet);
        assertThat(announced).hasValue(0);
    }

    @Test
    void aFatalErrorOfLlvmIsABugAndTheBackEndGoesOn() {
        Llvm llvm = load(CodeCache.none());
        Target impossible = new Target(Target.X86_AVX2.triple(), "i386", "-64bit", 256);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> addNatively(llvm, impossible, 5, () -> { }))
                    .isInstanceOf(CompilerBug.class).hasMessageContaining("fatal error in LLVM");
        }
        addNatively(llvm, 5);
    }

    @Test
    void assemblyIsStillThere() {
        Llvm cold = load(cache());
        addNatively(cold, 5);
        Llvm warm = load(cache());
        assertThat(warm.compiler().assembly("define i32 @f() {\n  ret i32 7\n}\n", warm.host())).contains("7");
        assertThat(warm.opened()).isTrue();
    }

    @Test
    void damagedCodeIsCompiledAgain() throws IOException {
        addNatively(load(cache()), 5);
        try (Stream<Path> files = Files.walk(parent)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length - 1] ^= 1;
                Files.write(file, bytes);
            }
        }
        Llvm again = load(cache());
        addNatively(again, 5);
        assertThat(again.opened()).isTrue();
        CodeCache cache = cache();
        addNatively(load(cache), 5);
        assertThat(cache.misses()).isZero();
    }

    /** A process with the cache that its options ask for. */
    static final class Fresh {
        private Fresh() {
        }

        public static void main(String[] arguments) throws IOException {
            Llvm llvm = LlvmFixture.llvm();
            addNatively(llvm, 9);
            try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                boolean mapped = maps.anyMatch(line -> line.contains("libLLVM"));
                System.out.println("opened " + llvm.opened() + ", mapped " + mapped);
            }
        }
    }

    @Test
    void aWarmProcessDoesNotMapTheLibrary() throws IOException, InterruptedException {
        List<String> options = List.of("-D" + CodeCache.PROPERTY + "=" + parent.resolve("code"));
        Process first = JavaProcess.start(Fresh.class, options);
        assertThat(JavaProcess.output(first)).containsExactly("opened true, mapped true");
        Process second = JavaProcess.start(Fresh.class, options);
        assertThat(JavaProcess.output(second)).containsExactly("opened false, mapped false");
        Process without = JavaProcess.start(Fresh.class, List.of("-D" + CodeCache.PROPERTY + "=off"));
        assertThat(JavaProcess.output(without)).containsExactly("opened true, mapped true");
    }

    @Test
    void processesThatStartTogetherAgree() throws IOException, InterruptedException {
        List<String> options = List.of("-D" + CodeCache.PROPERTY + "=" + parent.resolve("code"));
        Process one = JavaProcess.start(Fresh.class, options);
        Process other = JavaProcess.start(Fresh.class, options);
        JavaProcess.output(one);
        JavaProcess.output(other);
        assertThat(JavaProcess.output(JavaProcess.start(Fresh.class, options)))
                .containsExactly("opened false, mapped false");
    }
}
