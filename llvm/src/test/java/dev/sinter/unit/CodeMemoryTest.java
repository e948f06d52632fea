package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LlvmCompiler;
import dev.sinter.llvm.LoadedCode;
import dev.sinter.llvm.ObjectCode;
import dev.sinter.llvm.Target;
import dev.sinter.llvm.ffi.CodeMemory;
import dev.sinter.llvm.ffi.ElfObject;
import dev.sinter.llvm.ffi.LinkedObject;
import dev.sinter.llvm.ffi.NativeEntry;
import dev.sinter.llvm.ffi.ObjectImage;
import dev.sinter.llvm.ffi.ObjectRefused;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that the loader puts into memory do what they do when LLVM links them. */
class CodeMemoryTest {

    private static final String CONSTANTS = """
            define i32 @f(ptr %p) {
              %x = load <8 x float>, ptr %p, align 4
              %y = fmul <8 x float> %x, <float 1.5, float -2.25, float 3.0, float 1.0e10, float 0.125, float 7.0,
                  float 11.0, float 13.0>
              %z = shufflevector <8 x float> %y, <8 x float> poison,
                  <8 x i32> <i32 3, i32 1, i32 7, i32 0, i32 5, i32 2, i32 6, i32 4>
              store <8 x float> %z, ptr %p, align 4
              %q = getelementptr i8, ptr %p, i64 32
              %d = load double, ptr %q
              %e = fadd double %d, 3.14159
              store double %e, ptr %q
              ret i32 0
            }
            """;

    private static final String TABLES = """
            @numbers = private unnamed_addr constant [6 x i32] [i32 3, i32 1, i32 4, i32 1, i32 5, i32 9]
            @pointers = private unnamed_addr constant [3 x ptr] [ptr @one, ptr @two, ptr @three]
            @places = internal constant [2 x ptr] [ptr getelementptr (i8, ptr @numbers, i64 8), ptr @variable]
            @variable = internal global i32 100
            @count = internal global i32 0
            define internal i32 @one(i32 %x) noinline {
              %r = add i32 %x, 1
              ret i32 %r
            }
            define internal i32 @two(i32 %x) noinline {
              %a = call i32 @one(i32 %x)
              %r = mul i32 %a, 2
              ret i32 %r
            }
            define internal i32 @three(i32 %x) noinline {
              %a = call i32 @two(i32 %x)
              %r = mul i32 %a, 3
              ret i32 %r
            }
            define i32 @f(ptr %p) {
              %w = load i32, ptr %p
              %i = urem i32 %w, 3
              %entry = getelementptr [3 x ptr], ptr @pointers, i64 0, i32 %i
              %function = load ptr, ptr %entry
              %a = call i32 %function(i32 %w)
              %j = urem i32 %w, 6
              %number.p = getelementptr [6 x i32], ptr @numbers, i64 0, i32 %j
              %number = load i32, ptr %number.p
              %b = add i32 %a, %number
              %k = urem i32 %w, 2
              %place.p = getelementptr [2 x ptr], ptr @places, i64 0, i32 %k
              %place = load ptr, ptr %place.p
              %c = load i32, ptr %place
              %n = load i32, ptr @count
              %m = add i32 %n, 1
              store i32 %m, ptr @count
              store i32 %m, ptr @variable
              %d = add i32 %b, %c
              %e = add i32 %d, %m
              store i32 %e, ptr %p
              ret i32 %e
            }
            """;

    private static final String JUMPS = """
            define i32 @f(ptr %p) {
            entry:
              %w = load i32, ptr %p
              %x = urem i32 %w, 9
              switch i32 %x, label %i [ i32 0, label %a i32 1, label %b i32 2, label %c i32 3, label %d
                i32 4, label %e i32 5, label %f i32 6, label %g i32 7, label %h ]
            a:
              store i32 77, ptr %p
              ret i32 1
            b:
              %b1 = mul i32 %w, %w
              store i32 %b1, ptr %p
              ret i32 22
            c:
              %c1 = xor i32 %w, 255
              store i32 %c1, ptr %p
              ret i32 3
            d:
              %d1 = shl i32 %w, 2
              store i32 %d1, ptr %p
              ret i32 44
            e:
              %e1 = sub i32 7, %w
              store i32 %e1, ptr %p
              ret i32 5
            f:
              ret i32 66
            g:
              store i32 0, ptr %p
              ret i32 7
            h:
              %h1 = udiv i32 %w, 3
              store i32 %h1, ptr %p
              ret i32 88
            i:
              ret i32 -1
            }
            """;

    /** Global variables that others might replace are reached through a table that the loader does not make. */
    private static final String REPLACEABLE = """
            @g = global i32 5
            define i32 @f(ptr %p) {
              %x = load i32, ptr @g
              %y = add i32 %x, 1
              store i32 %y, ptr @g
              ret i32 %x
            }
            """;

    private final Llvm llvm = LlvmFixture.llvm();
    private final LlvmCompiler compiler = llvm.compiler();

    private ObjectCode compile(String ir) {
        return compiler.compile(ir, llvm.host());
    }

    @ParameterizedTest
    @ValueSource(strings = {CONSTANTS, TABLES, JUMPS})
    void doesWhatLlvmsLinkerDoes(String ir) {
        byte[] object = compile(ir).bytes();
        Random random = new Random(7);
        try (LinkedObject own = CodeMemory.load(ElfObject.read(object));
                LinkedObject llvms = LlvmFixture.library().link(object, List.of("f")).join();
                Arena arena = Arena.ofConfined()) {
            MemorySegment mine = arena.allocate(64, 64);
            MemorySegment theirs = arena.allocate(64, 64);
            for (int run = 0; run < 200; run++) {
                for (long i = 0; i < 8; i++) {
                    long word = random.nextLong();
                    mine.setAtIndex(ValueLayout.JAVA_LONG, i, word);
                    theirs.setAtIndex(ValueLayout.JAVA_LONG, i, word);
                }
                assertThat(NativeEntry.call(own.function("f"), mine))
                        .isEqualTo(NativeEntry.call(llvms.function("f"), theirs));
                assertThat(mine.mismatch(theirs)).isEqualTo(-1);
            }
        }
    }

    @Test
    void memoryIsNeverWritableAndExecutable() throws IOException {
        ElfObject object = ElfObject.read(compile(TABLES).bytes());
        ObjectImage image = ObjectImage.of(object);
        try (LinkedObject code = CodeMemory.load(object)) {
            long start = code.function("f").address() - image.functions().get("f");
            assertThat(access(start)).isEqualTo("r-xp");
            assertThat(access(start + image.code())).isEqualTo("r--p");
            assertThat(access(start + image.code() + image.constants())).isEqualTo("rw-p");
        }
    }

    /** What the system says of the page at an address. */
    private static String access(long address) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            String[] words = line.split("[- ]", 4);
            if (Long.compareUnsigned(Long.parseUnsignedLong(words[0], 16), address) <= 0
                    && Long.compareUnsigned(address, Long.parseUnsignedLong(words[1], 16)) < 0) {
                return line.split(" ")[1];
            }
        }
        return "unmapped";
    }

    @Test
    void aKindOfRelocationThatIsNotKnownIsLeftToLlvm() {
        ObjectCode object = compile(REPLACEABLE);
        assertThatThrownBy(() -> CodeMemory.load(ElfObject.read(object.bytes())))
                .isInstanceOf(ObjectRefused.class).hasMessageMatching("relocation \\d+ of .* is not known");
        try (LoadedCode code = llvm.loader().load(object)) {
            assertThat(code.function("f").call(MemorySegment.NULL)).isEqualTo(5);
            assertThat(code.function("f").call(MemorySegment.NULL)).isEqualTo(6);
        }
    }

    @Test
    void anObjectOfAnotherProcessorIsRefused() {
        Target other = switch (llvm.host().processor()) {
            case X86_64 -> Target.ARM_NEON;
            case AARCH64 -> Target.X86_AVX2;
        };
        ElfObject object = ElfObject.read(compiler.compile(TABLES, other).bytes());
        assertThatThrownBy(() -> CodeMemory.load(object))
                .isInstanceOf(ObjectRefused.class).hasMessageContaining("for the processor");
    }

    @Test
    void theAddressOfAnImageIsAddedToItsPointersAlone() {
        for (Target target : List.of(Target.X86_AVX2, Target.ARM_NEON)) {
            ObjectImage image = ObjectImage.of(ElfObject.read(compiler.compile(TABLES, target).bytes()));
            ByteBuffer low = ByteBuffer.wrap(image.at(0)).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer high = ByteBuffer.wrap(image.at(0x7000_0000_0000L)).order(ByteOrder.LITTLE_ENDIAN);
            int moved = 0;
            for (int at = 0; at < low.limit(); at += 8) {
                long difference = high.getLong(at) - low.getLong(at);
                assertThat(difference).isIn(0L, 0x7000_0000_0000L);
                moved += difference == 0 ? 0 : 1;
            }
            assertThat(moved).isEqualTo(5);
        }
    }

    @Test
    void armInstructionsReachWhatTheyName() {
        String ir = """
                @words = private constant [4 x i64] [i64 11, i64 22, i64 33, i64 44], align 16
                define internal i64 @inner(i64 %x) noinline {
                  %r = mul i64 %x, 7
                  ret i64 %r
                }
                define ptr @address() {
                  ret ptr getelementptr (i8, ptr @words, i64 24)
                }
                define i64 @word() {
                  %r = load volatile i64, ptr getelementptr (i8, ptr @words, i64 16)
                  ret i64 %r
                }
                define <4 x i32> @vector() {
                  %r = load volatile <4 x i32>, ptr getelementptr (i8, ptr @words, i64 16)
                  ret <4 x i32> %r
                }
                define i64 @call(i64 %x) {
                  %r = call i64 @inner(i64 %x)
                  %s = add i64 %r, 1
                  ret i64 %s
                }
                """;
        ObjectImage image = ObjectImage.of(ElfObject.read(compiler.compile(ir, Target.ARM_NEON).bytes()));
        long base = 0x1234_5678_0000L;
        ByteBuffer memory = ByteBuffer.wrap(image.at(base)).order(ByteOrder.LITTLE_ENDIAN);
        int words = image.code();
        assertThat(memory.getLong(words)).isEqualTo(11);
        assertThat(image.code() % 65536).isZero();

        int address = image.functions().get("address").intValue();
        assertThat(page(memory, address, base) + immediate(memory, address + 4)).isEqualTo(base + words + 24);
        int word = image.functions().get("word").intValue();
        assertThat(page(memory, word, base) + 8 * immediate(memory, word + 4)).isEqualTo(base + words + 16);
        int vector = image.functions().get("vector").intValue();
        assertThat(page(memory, vector, base) + 16 * immediate(memory, vector + 4)).isEqualTo(base + words + 16);

        int call = image.functions().get("call").intValue();
        while (memory.getInt(call) >>> 26 != 0b100101) {
            call += 4;
        }
        int target = call + (memory.getInt(call) << 6 >> 6) * 4;
        assertThat(target).isNotEqualTo(call).isBetween(0, image.code());
        assertThat(image.functions()).doesNotContainValue((long) target);
    }

    /** The page that an ADRP names. */
    private static long page(ByteBuffer memory, int at, long base) {
        int instruction = memory.getInt(at);
        assertThat(instruction >>> 24 & 0x9F).as("adrp").isEqualTo(0x90);
        long pages = (instruction >> 5 & 0x7FFFF) << 2 | instruction >>> 29 & 3;
        return (base + at >> 12) + (pages << 43 >> 43) << 12;
    }

    /** The unsigned immediate of an addition or a load. */
    private static long immediate(ByteBuffer memory, int at) {
        return memory.getInt(at) >>> 10 & 0xFFF;
    }

    @Test
    void damagedObjectsAreRefusedAndNeverMore() {
        byte[] good = compile(TABLES).bytes();
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j < 3; j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                ObjectImage.of(ElfObject.read(bad));
            } catch (ObjectRefused expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
        for (int length = 0; length < good.length; length += 13) {
            byte[] cut = java.util.Arrays.copyOf(good, length);
            assertThatThrownBy(() -> ElfObject.read(cut)).isInstanceOf(ObjectRefused.class);
        }
    }
}
