package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.llvm.ContextLayout;
import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LoadedCode;
import dev.sinter.llvm.NativeCode;
import dev.sinter.llvm.RuntimeIr;
import dev.sinter.llvm.Target;
import dev.sinter.llvm.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {

    /** The words of the tests lie behind the context: rounds, a sum, then a word for each thread. */
    private static final int ROUNDS = ContextLayout.BYTES;
    private static final int SUM = ContextLayout.BYTES + 64;
    private static final int WORDS = ContextLayout.BYTES + 128;

    private static final String PROGRAMS = """
            define i32 @add(ptr %c, i64 %t, i64 %n) {
              %sum = getelementptr i8, ptr %c, SUM
              %mine = add i64 %t, 1
              %old = atomicrmw add ptr %sum, i64 %mine monotonic, align 8
              ret i32 0
            }

            define i32 @status(ptr %c, i64 %t, i64 %n) {
              %s = trunc i64 %t to i32
              %u = mul i32 %s, 10
              ret i32 %u
            }

            ; Every thread writes the round into its word, meets the others, reads its neighbour's word, and
            ; meets them again before the next round.
            define i32 @neighbours(ptr %c, i64 %t, i64 %n) {
            entry:
              %rounds.p = getelementptr i8, ptr %c, ROUNDS
              %rounds = load i64, ptr %rounds.p
              %barrier = getelementptr i8, ptr %c, BARRIER
              %words = getelementptr i8, ptr %c, WORDS
              %mine = getelementptr i64, ptr %words, i64 %t
              %t1 = add i64 %t, 1
              %over = icmp eq i64 %t1, %n
              %other.t = select i1 %over, i64 0, i64 %t1
              %other = getelementptr i64, ptr %words, i64 %other.t
              br label %loop
            loop:
              %i = phi i64 [ 1, %entry ], [ %next, %good ]
              store i64 %i, ptr %mine
              %a = call i32 @sinter_barrier(ptr %barrier, i64 %n)
              %seen = load i64, ptr %other
              %same = icmp eq i64 %seen, %i
              br i1 %same, label %meet, label %bad
            bad:
              call void @sinter_raise(ptr %barrier, i32 77)
              br label %meet
            meet:
              %b = call i32 @sinter_barrier(ptr %barrier, i64 %n)
              %fine = icmp eq i32 %b, 0
              br i1 %fine, label %good, label %out
            good:
              %next = add i64 %i, 1
              %done = icmp ugt i64 %next, %rounds
              br i1 %done, label %out, label %loop
            out:
              %r = phi i32 [ %b, %meet ], [ 0, %good ]
              ret i32 %r
            }

            ; The last thread raises the status in round 3; every thread stores the round in which it learns.
            define i32 @stops(ptr %c, i64 %t, i64 %n) {
            entry:
              %barrier = getelementptr i8, ptr %c, BARRIER
              %words = getelementptr i8, ptr %c, WORDS
              %mine = getelementptr i64, ptr %words, i64 %t
              %t1 = add i64 %t, 1
              %last = icmp eq i64 %t1, %n
              br label %loop
            loop:
              %i = phi i64 [ 1, %entry ], [ %next, %meet ]
              %third = icmp eq i64 %i, 3
              %raise = and i1 %third, %last
              br i1 %raise, label %stop, label %meet
            stop:
              call void @sinter_raise(ptr %barrier, i32 5)
              br label %meet
            meet:
              %b = call i32 @sinter_barrier(ptr %barrier, i64 %n)
              %fine = icmp eq i32 %b, 0
              %next = add i64 %i, 1
              br i1 %fine, label %loop, label %out
            out:
              store i64 %i, ptr %mine
              ret i32 %b
            }
            """.replace("SUM", "i64 " + SUM).replace("ROUNDS", "i64 " + ROUNDS)
            .replace("WORDS", "i64 " + WORDS).replace("BARRIER", "i64 " + ContextLayout.BARRIER);

    private static final String FLOAT_STATE = """
            define i32 @get(ptr %c, i64 %t, i64 %n) {
              %words = getelementptr i8, ptr %c, WORDS
              %mine = getelementptr i64, ptr %words, i64 %t
              call void @llvm.x86.sse.stmxcsr(ptr %mine)
              ret i32 0
            }
            define i32 @look(ptr %p) {
              call void @llvm.x86.sse.stmxcsr(ptr %p)
              ret i32 0
            }
            define i32 @set(ptr %p) {
              call void @llvm.x86.sse.ldmxcsr(ptr %p)
              ret i32 0
            }
            """.replace("WORDS", "i64 " + WORDS);

    private static final Llvm LLVM = LlvmFixture.llvm();
    private static LoadedCode code;

    @BeforeAll
    static void compile() {
        code = LLVM.loader().load(
                LLVM.compiler().compile(PROGRAMS + RuntimeIr.barrier(LLVM.host()), LLVM.host()));
    }

    @AfterAll
    static void free() {
        code.close();
    }

    private static MemorySegment context(Arena arena, WorkerPool pool) {
        MemorySegment context = arena.allocate(WORDS + 64 * 8L, ContextLayout.ALIGNMENT);
        pool.prepare(context);
        return context;
    }

    private static int run(WorkerPool pool, String program, MemorySegment context, int participants) {
        assertThat(pool.tryAcquire()).isTrue();
        try {
            return pool.run(code.function(program), context, participants);
        } finally {
            pool.release();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyParticipantRunsOnce(int threads) {
        try (WorkerPool pool = LLVM.workerPool(threads); Arena arena = Arena.ofShared()) {
            MemorySegment context = context(arena, pool);
            NativeCode add = code.function("add");
            int rounds = threads <= 2 ? 100_000 : 10_000;
            pool.tryAcquire();
            for (int i = 0; i < rounds; i++) {
                pool.run(add, context, threads);
            }
            pool.release();
            long each = (long) threads * (threads + 1) / 2;
            assertThat(context.get(ValueLayout.JAVA_LONG, SUM)).isEqualTo(rounds * each);
        }
    }

    @Test
    void fewerParticipantsThanThreads() {
        try (WorkerPool pool = LLVM.workerPool(4); Arena arena = Arena.ofShared()) {
            MemorySegment context = context(arena, pool);
            long expected = 0;
            for (int i = 0; i < 4000; i++) {
                int participants = 1 + i % 4;
                run(pool, "add", context, participants);
                expected += (long) participants * (participants + 1) / 2;
            }
            assertThat(context.get(ValueLayout.JAVA_LONG, SUM)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void theBarrierSeparatesRounds(int threads) {
        try (WorkerPool pool = LLVM.workerPool(threads); Arena arena = Arena.ofShared()) {
            MemorySegment context = context(arena, pool);
            context.set(ValueLayout.JAVA_LONG, ROUNDS, threads <= 2 ? 100_000 : 5_000);
            assertThat(run(pool, "neighbours", context, threads)).isZero();
            context.set(ValueLayout.JAVA_LONG, ROUNDS, 1);
            for (int i = 0; i < 200; i++) {
                assertThat(run(pool, "neighbours", context, threads)).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void allThreadsStopInTheSameRound(int threads) {
        try (WorkerPool pool = LLVM.workerPool(threads); Arena arena = Arena.ofShared()) {
            MemorySegment context = context(arena, pool);
            for (int i = 0; i < 100; i++) {
                context.set(ValueLayout.JAVA_INT, ContextLayout.STATUS, 0);
                assertThat(run(pool, "stops", context, threads)).isEqualTo(5);
                for (int thread = 0; thread < threads; thread++) {
                    assertThat(context.get(ValueLayout.JAVA_LONG, WORDS + 8L * thread)).isEqualTo(3);
                }
            }
        }
    }

    @Test
    void theLargestStatusIsTheRuns() {
        try (WorkerPool pool = LLVM.workerPool(3); Arena arena = Arena.ofShared()) {
            MemorySegment context = context(arena, pool);
            assertThat(run(pool, "status", context, 3)).isEqualTo(20);
            assertThat(run(pool, "status", context, 2)).isEqualTo(10);
            assertThat(run(pool, "status", context, 1)).isZero();
        }
    }

    @Test
    void aBusyPoolIsRefusedAndAProgramRunsAlone() throws InterruptedException {
        try (WorkerPool pool = LLVM.workerPool(2); Arena arena = Arena.ofShared()) {
            MemorySegment context = context(arena, pool);
            assertThatThrownBy(() -> pool.run(code.function("add"), context, 2))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("acquired");
            pool.acquire();
            assertThat(pool.tryAcquire()).isFalse();
            assertThat(pool.runAlone(code.function("add"), context)).isZero();
            assertThat(context.get(ValueLayout.JAVA_LONG, SUM)).isEqualTo(1);
            assertThatThrownBy(() -> pool.run(code.function("add"), context, 3))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3 participants");
            pool.release();
        }
    }

    @Test
    void callersTakeTurns() throws InterruptedException {
        try (WorkerPool pool = LLVM.workerPool(2); Arena arena = Arena.ofShared()) {
            MemorySegment context = context(arena, pool);
            AtomicInteger failures = new AtomicInteger();
            Thread[] callers = new Thread[4];
            for (int i = 0; i < callers.length; i++) {
                callers[i] = new Thread(() -> {
                    try {
                        for (int round = 0; round < 500; round++) {
                            pool.acquire();
                            try {
                                pool.run(code.function("add"), context, 2);
                            } finally {
                                pool.release();
                            }
                        }
                    } catch (InterruptedException unexpected) {
                        failures.incrementAndGet();
                    }
                });
                callers[i].start();
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(failures).hasValue(0);
            assertThat(context.get(ValueLayout.JAVA_LONG, SUM)).isEqualTo(4 * 500 * 3);
        }
    }

    @Test
    void aClosedPoolThrowsAndItsThreadsAreGone() {
        WorkerPool pool = LLVM.workerPool(3);
        pool.close();
        pool.close();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment context = arena.allocate(WORDS + 64 * 8L, ContextLayout.ALIGNMENT);
            assertThat(pool.tryAcquire()).isTrue();
            assertThatThrownBy(() -> pool.run(code.function("add"), context, 2))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            pool.release();
        }
    }

    @Test
    void closingWakesSleepingWorkers() throws InterruptedException {
        WorkerPool pool = LLVM.workerPool(4);
        Thread.sleep(30);
        pool.close();
        assertThat(pool.tryAcquire()).isTrue();
    }

    @Test
    void sleepingWorkersAreWoken() throws InterruptedException {
        try (WorkerPool pool = LLVM.workerPool(2); Arena arena = Arena.ofShared()) {
            MemorySegment context = context(arena, pool);
            context.set(ValueLayout.JAVA_LONG, ROUNDS, 3);
            for (int i = 0; i < 20; i++) {
                Thread.sleep(2);
                assertThat(run(pool, "neighbours", context, 2)).isZero();
            }
        }
    }

    @Test
    void memoryStaysFlatOverManyPools() {
        for (int i = 0; i < 100; i++) {
            LLVM.workerPool(3).close();
        }
        long before = LlvmFixture.residentKilobytes();
        for (int i = 0; i < 500; i++) {
            LLVM.workerPool(3).close();
        }
        assertThat(LlvmFixture.residentKilobytes() - before).isLessThan(32_000);
    }

    @Test
    void programsRunInTheDefaultFloatingPointState() {
        if (LLVM.host().processor() != Target.Processor.X86_64) {
            return;
        }
        int flushToZero = 0x9FC0;
        try (WorkerPool pool = LLVM.workerPool(2);
                Arena arena = Arena.ofShared();
                LoadedCode states = LLVM.loader().load(LLVM.compiler().compile(FLOAT_STATE, LLVM.host()))) {
            MemorySegment context = context(arena, pool);
            MemorySegment saved = arena.allocate(4, 4);
            MemorySegment other = arena.allocateFrom(ValueLayout.JAVA_INT, flushToZero);
            MemorySegment after = arena.allocate(4, 4);
            NativeCode get = states.function("get");
            pool.tryAcquire();
            states.function("look").call(saved);
            states.function("set").call(other);
            pool.run(get, context, 2);
            states.function("look").call(after);
            states.function("set").call(saved);
            pool.release();
            assertThat(context.get(ValueLayout.JAVA_INT, WORDS)).isEqualTo(0x1F80);
            assertThat(context.get(ValueLayout.JAVA_INT, WORDS + 8)).isEqualTo(0x1F80);
            assertThat(after.get(ValueLayout.JAVA_INT, 0)).isEqualTo(flushToZero);
        }
    }

    @Test
    void theRuntimeCompilesForEveryProcessor() {
        for (Target target : new Target[] {Target.X86_AVX2, Target.X86_AVX512, Target.ARM_NEON}) {
            assertThat(LLVM.compiler().compile(PROGRAMS + RuntimeIr.barrier(target), target).functions())
                    .containsExactlyInAnyOrder("add", "status", "neighbours", "stops");
            assertThat(LLVM.compiler().compile(RuntimeIr.pool(target), target).functions())
                    .containsExactlyInAnyOrder("sinter_run", "sinter_work", "sinter_stop");
        }
    }
}
