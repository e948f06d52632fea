package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sinter.llvm.ContextLayout;
import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LoadedCode;
import dev.sinter.llvm.Target;
import dev.sinter.llvm.WorkerPool;
import dev.sinter.llvm.ffi.Platform;
import dev.sinter.llvm.ffi.Waiting;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Whether a worker leaves the processor of its caller. */
class PlacementTest {
    private static final int SYSCALL = ContextLayout.BYTES;
    private static final int PROCESSOR = ContextLayout.BYTES + 8;
    private static final int CALLERS = ContextLayout.BYTES + 16;
    private static final int SEEN = ContextLayout.BYTES + 64;

    private static final String PROGRAMS = """
            ; The worker moves to the processor that the caller had in the run before, and may go on from there.
            define i32 @gather(ptr %c, i64 %t, i64 %n) {
            entry:
              %all = alloca i1024, align 8
              %one = alloca i1024, align 8
              %caller = icmp eq i64 %t, 0
              br i1 %caller, label %done, label %move
            move:
              %callers.p = getelementptr i8, ptr %c, CALLERS
              %callers = load i64, ptr %callers.p
              %wide = zext i64 %callers to i1024
              %bit = shl i1024 1, %wide
              store i1024 %bit, ptr %one, align 8
              store i1024 0, ptr %all, align 8
              %syscall.p = getelementptr i8, ptr %c, SYSCALL
              %syscall = load ptr, ptr %syscall.p
              %got = call i64 (i64, ...) %syscall(i64 GET, i64 0, i64 128, ptr %all)
              %moved = call i64 (i64, ...) %syscall(i64 SET, i64 0, i64 128, ptr %one)
              %free = call i64 (i64, ...) %syscall(i64 SET, i64 0, i64 128, ptr %all)
              %both = or i64 %moved, %free
              %status = trunc i64 %both to i32
              ret i32 %status
            done:
              ret i32 0
            }

            define i32 @look(ptr %c, i64 %t, i64 %n) {
              %function.p = getelementptr i8, ptr %c, PROCESSOR
              %function = load ptr, ptr %function.p
              %here = call i32 %function()
              %seen = getelementptr i8, ptr %c, SEEN
              %mine = getelementptr i32, ptr %seen, i64 %t
              store i32 %here, ptr %mine
              ret i32 0
            }
            """.replace("SYSCALL", "i64 " + SYSCALL).replace("PROCESSOR", "i64 " + PROCESSOR)
            .replace("CALLERS", "i64 " + CALLERS).replace("SEEN", "i64 " + SEEN);

    private static final Llvm LLVM = LlvmFixture.llvm();

    private static String programs() {
        boolean intel = LLVM.host().processor() == Target.Processor.X86_64;
        return PROGRAMS.replace("GET", intel ? "204" : "123").replace("SET", intel ? "203" : "122");
    }

    @Test
    void aWorkerLeavesTheProcessorOfItsCaller() {
        assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
        Waiting system = Waiting.on(Platform.current().orElseThrow());
        int rounds = 40;
        int apart = 0;
        try (WorkerPool pool = LLVM.workerPool(2);
                Arena arena = Arena.ofShared();
                LoadedCode code = LLVM.loader().load(LLVM.compiler().compile(programs(), LLVM.host()))) {
            MemorySegment context = arena.allocate(SEEN + 64, ContextLayout.ALIGNMENT);
            pool.prepare(context);
            context.set(ValueLayout.JAVA_LONG, SYSCALL, system.syscall());
            context.set(ValueLayout.JAVA_LONG, PROCESSOR, system.processor());
            pool.tryAcquire();
            for (int i = 0; i < rounds; i++) {
                assertThat(pool.run(code.function("look"), context, 2)).isZero();
                context.set(ValueLayout.JAVA_LONG, CALLERS, context.get(ValueLayout.JAVA_INT, SEEN));
                assertThat(pool.run(code.function("gather"), context, 2)).isZero();
                assertThat(pool.run(code.function("look"), context, 2)).isZero();
                if (context.get(ValueLayout.JAVA_INT, SEEN) != context.get(ValueLayout.JAVA_INT, SEEN + 4)) {
                    apart++;
                }
            }
            pool.release();
        }
        // The scheduler may move a thread between the two looks, but seldom.
        assertThat(apart).isGreaterThan(rounds / 2);
    }
}
