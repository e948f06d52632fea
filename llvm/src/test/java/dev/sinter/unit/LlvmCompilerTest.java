package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.llvm.LlvmCompiler;
import dev.sinter.llvm.LoadedCode;
import dev.sinter.llvm.ObjectCode;
import dev.sinter.llvm.Target;
import dev.sinter.llvm.ffi.LinkedObject;
import dev.sinter.llvm.ffi.LlvmFailure;
import dev.sinter.llvm.ffi.LlvmLibrary;
import dev.sinter.llvm.ffi.ModuleRequest;
import dev.sinter.tensor.CompilerBug;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LlvmCompilerTest {

    private final LlvmCompiler compiler = LlvmFixture.llvm().compiler();
    private final Target host = LlvmFixture.llvm().host();

    private static String increment(String name, int by) {
        return """
                define i32 @%s(ptr %%p) {
                  %%x = load i32, ptr %%p
                  %%y = add i32 %%x, %d
                  ret i32 %%y
                }
                """.formatted(name, by);
    }

    /** c[i] = a[i] * b[i] + c[i] for one vector of floats. */
    private static String fusedVector(int lanes) {
        return """
                define i32 @fused(ptr %a, ptr %b, ptr %c) {
                  %x = load <LANES x float>, ptr %a, align 4
                  %y = load <LANES x float>, ptr %b, align 4
                  %z = load <LANES x float>, ptr %c, align 4
                  %r = call <LANES x float> @llvm.fma.vLANESf32(<LANES x float> %x, <LANES x float> %y,
                      <LANES x float> %z)
                  store <LANES x float> %r, ptr %c, align 4
                  ret i32 0
                }
                """.replace("LANES", String.valueOf(lanes));
    }

    @Test
    void compiledCodeRuns() {
        ObjectCode object = compiler.compile(increment("f", 1), host);
        assertThat(object.functions()).containsExactly("f");
        try (LoadedCode code = LlvmFixture.llvm().loader().load(object); Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocateFrom(ValueLayout.JAVA_INT, 41);
            assertThat(code.function("f").call(word)).isEqualTo(42);
        }
    }

    @Test
    void anObjectSurvivesAsBytes() {
        byte[] bytes = compiler.compile(increment("f", 2), host).bytes();
        try (LoadedCode code = LlvmFixture.llvm().loader().load(ObjectCode.of(bytes));
                Arena arena = Arena.ofConfined()) {
            assertThat(code.function("f").call(arena.allocateFrom(ValueLayout.JAVA_INT, 40))).isEqualTo(42);
        }
    }

    @Test
    void modulesCompileSideBySideInOrder() {
        List<String> modules = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            modules.add(increment("f" + i, i));
        }
        List<ObjectCode> objects = compiler.compileAll(modules, host);
        assertThat(objects).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(objects.get(i).functions()).containsExactly("f" + i);
        }
    }

    @Test
    void theHostHasItsFullVectorWidth() {
        if (host.features().contains("+avx512vl")) {
            assertThat(host.vectorBits()).isEqualTo(512);
            assertThat(compiler.assembly(fusedVector(16), host)).contains("zmm").doesNotContain("ymm");
        } else {
            assertThat(host.vectorBits()).isLessThan(512);
        }
    }

    @Test
    void elementsApartAreReadAsTheProcessorDoesItFaster() {
        String ir = """
                declare <8 x i64> @llvm.masked.gather.v8i64.v8p0(<8 x ptr>, i32 immarg, <8 x i1>, <8 x i64>)
                define <8 x i64> @f(<8 x ptr> %p) {
                  %v = call <8 x i64> @llvm.masked.gather.v8i64.v8p0(<8 x ptr> %p, i32 8, <8 x i1> splat (i1 true),
                      <8 x i64> poison)
                  ret <8 x i64> %v
                }
                """;
        assertThat(compiler.assembly(ir, Target.X86_AVX512)).contains("gatherqq");
        if (host.cpu().startsWith("znver")) {
            assertThat(compiler.assembly(ir, host)).doesNotContain("gather");
        }
    }

    @Test
    void crossCompilesToAvx512() {
        assertThat(compiler.assembly(fusedVector(16), Target.X86_AVX512)).contains("vfmadd", "zmm");
    }

    @Test
    void crossCompilesToAvx2() {
        assertThat(compiler.assembly(fusedVector(8), Target.X86_AVX2))
                .contains("vfmadd", "ymm").doesNotContain("zmm");
        Target zen2 = new Target("x86_64-unknown-linux-gnu", "znver2", "", 256);
        assertThat(compiler.assembly(fusedVector(16), zen2)).contains("vfmadd", "ymm").doesNotContain("zmm");
    }

    @Test
    void crossCompilesToNeon() {
        assertThat(compiler.assembly(fusedVector(4), Target.ARM_NEON)).containsPattern("fmla\\s+v\\d+\\.4s");
        ObjectCode object = compiler.compile(fusedVector(4), Target.ARM_NEON);
        assertThat(object.functions()).containsExactly("fused");
    }

    @Test
    void constantsBecomePartOfTheObject() {
        String ir = """
                @table = private unnamed_addr constant [4 x i32] [i32 3, i32 1, i32 4, i32 1]
                @count = internal global i32 0
                define internal i32 @helper(i64 %i) noinline {
                  %p = getelementptr [4 x i32], ptr @table, i64 0, i64 %i
                  %v = load i32, ptr %p
                  ret i32 %v
                }
                define i32 @f(ptr %p) {
                  %i = load i64, ptr %p
                  %v = call i32 @helper(i64 %i)
                  %n = load i32, ptr @count
                  %m = add i32 %n, 1
                  store i32 %m, ptr @count
                  ret i32 %v
                }
                """;
        try (LoadedCode code = LlvmFixture.llvm().loader().load(compiler.compile(ir, host));
                Arena arena = Arena.ofConfined()) {
            assertThat(code.function("f").call(arena.allocateFrom(ValueLayout.JAVA_LONG, 2L))).isEqualTo(4);
        }
    }

    @Test
    void textThatDoesNotParseIsRefusedWithItsLine() {
        assertThatThrownBy(() -> compiler.compile("define i32 @f() {\n  ret i32 %nowhere\n}\n", host))
                .isInstanceOf(CompilerBug.class)
                .hasMessageContaining("does not parse")
                .hasMessageContaining("module:2:")
                .hasMessageContaining("%nowhere");
    }

    @Test
    void aModuleThatDoesNotVerifyIsRefused() {
        String ir = """
                define i32 @f(i1 %c) {
                entry:
                  br i1 %c, label %left, label %right
                left:
                  %x = add i32 1, 2
                  br label %right
                right:
                  ret i32 %x
                }
                """;
        assertThatThrownBy(() -> compiler.compile(ir, host))
                .isInstanceOf(CompilerBug.class)
                .hasMessageContaining("dominate");
    }

    @Test
    void symbolsFromOutsideAreRefused() {
        String call = """
                declare i32 @outside(ptr)
                define i32 @f(ptr %p) {
                  %r = call i32 @outside(ptr %p)
                  ret i32 %r
                }
                """;
        assertThatThrownBy(() -> compiler.compile(call, host))
                .isInstanceOf(CompilerBug.class)
                .hasMessageContaining("outside");
        String power = """
                define double @f(double %x, double %y) {
                  %r = call double @llvm.pow.f64(double %x, double %y)
                  ret double %r
                }
                """;
        assertThatThrownBy(() -> compiler.compile(power, host))
                .isInstanceOf(CompilerBug.class)
                .hasMessageContaining("pow");
        String copy = """
                define void @f(ptr %p, ptr %q, i64 %n) {
                  call void @llvm.memcpy.p0.p0.i64(ptr %p, ptr %q, i64 %n, i1 false)
                  ret void
                }
                """;
        assertThatThrownBy(() -> compiler.compile(copy, host))
                .isInstanceOf(CompilerBug.class)
                .hasMessageContaining("memcpy");
    }

    @Test
    void aLoopThatClearsMemoryStaysALoop() {
        String ir = """
                define i32 @clear(ptr %p, i64 %n) {
                entry:
                  br label %loop
                loop:
                  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
                  %q = getelementptr i32, ptr %p, i64 %i
                  store i32 0, ptr %q
                  %next = add i64 %i, 1
                  %done = icmp eq i64 %next, %n
                  br i1 %done, label %out, label %loop
                out:
                  ret i32 0
                }
                """;
        assertThat(compiler.compile(ir, host).functions()).containsExactly("clear");
        assertThat(compiler.assembly(ir, host)).doesNotContain("memset");
    }

    @Test
    void intrinsicsThatAreNotOnTheListAreRefusedBeforeLlvmSeesThem() {
        String estimate = """
                define <4 x float> @f(<4 x float> %x) {
                  %r = call <4 x float> @llvm.aarch64.neon.frecpe.v4f32(<4 x float> %x)
                  ret <4 x float> %r
                }
                """;
        assertThatThrownBy(() -> compiler.compile(estimate, host))
                .isInstanceOf(CompilerBug.class)
                .hasMessageContaining("llvm.aarch64.neon.frecpe")
                .hasMessageContaining("not an intrinsic");
        assertThatThrownBy(() -> compiler.compile("define void @f() {\n  call void @\"llvm.trap\"()\n  ret void\n}\n",
                host)).isInstanceOf(CompilerBug.class).hasMessageContaining("llvm.trap");
        String pause = "define void @f() {\n  call void @llvm.x86.sse2.pause()\n  ret void\n}\n";
        assertThat(compiler.compile(pause, Target.X86_AVX2).functions()).containsExactly("f");
        assertThatThrownBy(() -> compiler.compile(pause, Target.ARM_NEON))
                .isInstanceOf(CompilerBug.class).hasMessageContaining("pause");
    }

    /** Each intrinsic of the list: its name, its result, and its operands. */
    @ParameterizedTest
    @ValueSource(strings = {
        "abs.v4i32 W W,i1", "ceil.v4f32 V V", "copysign.v4f32 V V,V", "ctlz.v4i32 W W,i1", "ctpop.v4i32 W W",
        "cttz.v4i32 W W,i1", "fabs.v4f32 V V", "floor.v4f32 V V", "fma.v4f32 V V,V,V",
        "fma.f64 double double,double,double",
        "fptosi.sat.v4i32.v4f32 W V", "fptoui.sat.v4i32.v4f32 W V", "masked.gather.v4f32.v4p0 V P,align,M,V",
        "masked.load.v4f32.p0 V ptr,align,M,V", "masked.scatter.v4f32.v4p0 void V,P,align,M",
        "masked.store.v4f32.p0 void V,ptr,align,M", "maxnum.v4f32 V V,V", "minnum.v4f32 V V,V",
        "readcyclecounter i64 ", "roundeven.v4f32 V V", "smax.v4i32 W W,W", "smin.i64 i64 i64,i64", "sqrt.v4f32 V V",
        "trunc.v4f32 V V", "umax.i32 i32 i32,i32", "umin.v4i32 W W,W", "vector.reduce.add.v4i32 i32 W",
        "vector.reduce.and.v4i32 i32 W", "vector.reduce.fadd.v4f32 float float,V", "vector.reduce.fmax.v4f32 float V",
        "vector.reduce.fmin.v4f32 float V", "vector.reduce.fmul.v4f32 float float,V", "vector.reduce.or.v4i32 i32 W",
        "vector.reduce.xor.v4i32 i32 W"})
    void intrinsicsOnTheListAreCompiledForEveryTarget(String intrinsic) {
        String[] parts = intrinsic.split(" ", 3);
        String name = parts[0];
        String result = vectorType(parts[1]);
        List<String> parameters = new ArrayList<>();
        List<String> operands = new ArrayList<>();
        for (String type : parts[2].split(",")) {
            switch (type) {
                case "" -> { }
                case "align" -> operands.add("i32 4");
                case "i1" -> operands.add("i1 false");
                default -> {
                    parameters.add(vectorType(type) + " %p" + parameters.size());
                    operands.add(parameters.getLast());
                }
            }
        }
        String call = "call " + result + " @llvm." + name + "(" + String.join(", ", operands) + ")";
        String ir = "define " + result + " @f(" + String.join(", ", parameters) + ") {\n"
                + (result.equals("void") ? "  " + call + "\n  ret void\n"
                        : "  %r = " + call + "\n  ret " + result + " %r\n")
                + "}\n";
        for (Target target : List.of(host, Target.X86_AVX512, Target.X86_AVX2, Target.ARM_NEON)) {
            assertThat(compiler.compile(ir, target).functions()).containsExactly("f");
        }
    }

    private static String vectorType(String name) {
        return switch (name) {
            case "V" -> "<4 x float>";
            case "W" -> "<4 x i32>";
            case "P" -> "<4 x ptr>";
            case "M" -> "<4 x i1>";
            default -> name;
        };
    }

    @Test
    void aFatalErrorOfLlvmIsAnExceptionAndNotTheEnd() {
        String ir = """
                define <4 x float> @f(<4 x float> %x) {
                  %r = call <4 x float> @llvm.aarch64.neon.frecpe.v4f32(<4 x float> %x)
                  ret <4 x float> %r
                }
                """;
        LlvmLibrary library = LlvmFixture.library();
        for (int i = 0; i < 5; i++) {
            ModuleRequest request = new ModuleRequest(ir, host.triple(), host.cpu(), host.features(), host.vectorBits(),
                    "", 2, ModuleRequest.Output.OBJECT);
            assertThatThrownBy(() -> library.compile(request).join())
                    .hasCauseInstanceOf(LlvmFailure.class)
                    .hasMessageContaining("fatal error in LLVM");
        }
        assertThat(compiler.compile(increment("f", 1), host).functions()).containsExactly("f");
    }

    /** A fatal error on any other thread would end the process. */
    @Test
    void otherThreadsDoNotReachLlvm() throws ReflectiveOperationException {
        LlvmLibrary library = LlvmFixture.library();
        Field field = LlvmLibrary.class.getDeclaredField("llvm");
        field.setAccessible(true);
        Object functions = field.get(library);
        Method call = functions.getClass().getDeclaredMethod("call", String.class);
        call.setAccessible(true);
        assertThatThrownBy(() -> call.invoke(functions, "GetDefaultTargetTriple"))
                .hasCauseInstanceOf(WrongThreadException.class);
    }

    @Test
    void codeThatLlvmHasLinkedIsFreedByAnyThread() {
        LlvmLibrary library = LlvmFixture.library();
        byte[] object = compiler.compile(increment("f", 1), host).bytes();
        for (int i = 0; i < 20; i++) {
            LinkedObject linked = library.link(object, List.of("f")).join();
            linked.close();
            assertThat(linked.closed()).isTrue();
        }
        assertThatThrownBy(() -> library.link(object, List.of("missing")).join())
                .hasCauseInstanceOf(LlvmFailure.class);
    }

    @Test
    void anInterruptedCallerGetsItsCodeAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThat(compiler.compile(increment("f", 1), host).functions()).containsExactly("f");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void damagedObjectsAreRefused() {
        byte[] good = compiler.compile(increment("f", 1), host).bytes();
        assertThatThrownBy(() -> ObjectCode.of(new byte[100])).isInstanceOf(CompilerBug.class);
        assertThatThrownBy(() -> ObjectCode.of(java.util.Arrays.copyOf(good, good.length / 2)))
                .isInstanceOf(CompilerBug.class);
    }

    @Test
    void unknownTargetsAreRefused() {
        assertThatThrownBy(() -> new Target("riscv64-unknown-linux-gnu", "generic", "", 128))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("riscv64");
        assertThatThrownBy(() -> new Target("x86_64-unknown-linux-gnu", "znver5", "", 1024))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1024");
    }
}
