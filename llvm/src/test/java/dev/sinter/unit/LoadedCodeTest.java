package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LoadedCode;
import dev.sinter.llvm.NativeCode;
import dev.sinter.llvm.ObjectCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LoadedCodeTest {

    private static final String WAIT_FOR_WORD = """
            define i32 @f(ptr %p) {
            entry:
              %q = getelementptr i8, ptr %p, i64 4
              store atomic i32 1, ptr %q release, align 4
              br label %look
            look:
              %x = load atomic i32, ptr %p acquire, align 4
              %zero = icmp eq i32 %x, 0
              br i1 %zero, label %look, label %out
            out:
              ret i32 %x
            }
            """;

    private final Llvm llvm = LlvmFixture.llvm();

    @Test
    void theSameObjectLoadsManyTimesAtOnce() {
        ObjectCode object = llvm.compiler().compile("define i32 @f(ptr %p) {\n  ret i32 7\n}\n", llvm.host());
        LoadedCode first = llvm.loader().load(object);
        try (LoadedCode second = llvm.loader().load(object)) {
            assertThat(first.function("f").call(MemorySegment.NULL)).isEqualTo(7);
            first.close();
            assertThat(second.function("f").call(MemorySegment.NULL)).isEqualTo(7);
        }
    }

    @Test
    void closedCodeThrows() {
        ObjectCode object = llvm.compiler().compile("define i32 @f(ptr %p) {\n  ret i32 7\n}\n", llvm.host());
        LoadedCode code = llvm.loader().load(object);
        NativeCode function = code.function("f");
        code.close();
        code.close();
        assertThat(code.closed()).isTrue();
        assertThatThrownBy(() -> function.call(MemorySegment.NULL)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUnknownFunctionIsNamed() {
        ObjectCode object = llvm.compiler().compile("define i32 @f(ptr %p) {\n  ret i32 7\n}\n", llvm.host());
        try (LoadedCode code = llvm.loader().load(object)) {
            assertThatThrownBy(() -> code.function("g"))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("g");
        }
    }

    @Test
    void closingWaitsForTheCallInFlight() throws InterruptedException {
        LoadedCode code = llvm.loader().load(llvm.compiler().compile(WAIT_FOR_WORD, llvm.host()));
        NativeCode function = code.function("f");
        int[] result = new int[1];
        try (Arena arena = Arena.ofShared()) {
            MemorySegment words = arena.allocate(8, 4);
            Thread caller = new Thread(() -> result[0] = function.call(words));
            caller.start();
            while ((int) ValueLayout.JAVA_INT.varHandle().getAcquire(words, 4L) == 0) {
                Thread.onSpinWait();
            }
            CountDownLatch closing = new CountDownLatch(1);
            Thread closer = new Thread(() -> {
                closing.countDown();
                code.close();
            });
            closer.start();
            closing.await();
            closer.join(50);
            assertThat(code.closed()).isFalse();
            ValueLayout.JAVA_INT.varHandle().setRelease(words, 0L, 9);
            caller.join();
            closer.join();
        }
        assertThat(result[0]).isEqualTo(9);
        assertThat(code.closed()).isTrue();
    }

    @Test
    void memoryStaysFlatOverManyLoads() {
        ObjectCode object = llvm.compiler().compile("define i32 @f(ptr %p) {\n  ret i32 7\n}\n", llvm.host());
        for (int i = 0; i < 300; i++) {
            llvm.loader().load(object).close();
        }
        long before = LlvmFixture.residentKilobytes();
        long mappings = LlvmFixture.mappings();
        for (int i = 0; i < 3000; i++) {
            try (LoadedCode code = llvm.loader().load(object)) {
                assertThat(code.function("f").call(MemorySegment.NULL)).isEqualTo(7);
            }
        }
        assertThat(LlvmFixture.residentKilobytes() - before).isLessThan(32_000);
        assertThat(LlvmFixture.mappings() - mappings).isLessThan(200);
    }
}
