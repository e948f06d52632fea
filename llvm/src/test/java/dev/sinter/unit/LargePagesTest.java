package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.llvm.LlvmBackend;
import dev.sinter.llvm.ffi.LargePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Memory in large pages holds zeros, then what is written, and is freed with its arena. */
class LargePagesTest {
    private static final long PAGE = LargePages.size();
    private static final long STEP = 512;

    private static void holdsZerosThenNumbers(MemorySegment memory) {
        for (long at = 0; at < memory.byteSize() / 8; at += STEP) {
            assertThat(memory.getAtIndex(ValueLayout.JAVA_LONG, at)).isZero();
            memory.setAtIndex(ValueLayout.JAVA_LONG, at, at + 1);
        }
        for (long at = 0; at < memory.byteSize() / 8; at += STEP) {
            assertThat(memory.getAtIndex(ValueLayout.JAVA_LONG, at)).isEqualTo(at + 1);
        }
    }

    @Test
    void memoryHoldsZerosThenNumbers() {
        Assumptions.assumeTrue(PAGE < 1 << 30, "the system has no large pages");
        try (LlvmBackend backend = LlvmBackend.of(LlvmFixture.llvm(), 1); Arena arena = Arena.ofConfined()) {
            for (long bytes : List.of(64L, PAGE - 8, PAGE, PAGE + 8, 3 * PAGE - 8, 5 * PAGE)) {
                MemorySegment memory = backend.allocate(arena, bytes);
                assertThat(memory.byteSize()).isEqualTo(bytes);
                assertThat(memory.address() % 64).isZero();
                holdsZerosThenNumbers(memory);
            }
        }
    }

    @Test
    void whatLiesAroundStaysAsItIs() {
        Assumptions.assumeTrue(PAGE < 1 << 30, "the system has no large pages");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(6 * PAGE, 64);
            all.fill((byte) 7);
            MemorySegment inner = all.asSlice(PAGE + 64, 3 * PAGE).fill((byte) 0);
            LargePages.use(inner);
            assertThat(inner.mismatch(arena.allocate(3 * PAGE))).isEqualTo(-1);
            assertThat(all.get(ValueLayout.JAVA_BYTE, PAGE + 63)).isEqualTo((byte) 7);
            assertThat(all.get(ValueLayout.JAVA_BYTE, 4 * PAGE + 64)).isEqualTo((byte) 7);
        }
    }

    @Test
    void memoryOfClosedArenasIsFreed() {
        Assumptions.assumeTrue(PAGE < 1 << 30, "the system has no large pages");
        try (LlvmBackend backend = LlvmBackend.of(LlvmFixture.llvm(), 1)) {
            long before = 0;
            for (int round = 0; round < 60; round++) {
                try (Arena arena = Arena.ofConfined()) {
                    backend.allocate(arena, 8 * PAGE).fill((byte) 1);
                }
                if (round == 10) {
                    before = LlvmFixture.residentKilobytes();
                }
            }
            assertThat(LlvmFixture.residentKilobytes()).isLessThan(before + 16 * (PAGE >> 10));
        }
    }
}
