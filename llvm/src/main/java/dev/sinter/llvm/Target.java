package dev.sinter.llvm;

import dev.sinter.kernel.RegType;
import java.util.List;

/**
 * The processor and system that code is compiled for.
 *
 * @param triple LLVM's name of the system, for example {@code x86_64-unknown-linux-gnu}
 * @param cpu LLVM's name of the processor, for example {@code znver5}
 * @param features comma-separated features with their signs, in addition to the processor's own; may be empty
 * @param vectorBits the width of the widest vector register that code uses: 128, 256 or 512
 */
public record Target(String triple, String cpu, String features, int vectorBits) {

    /** Any x86-64 processor with AVX2 and FMA. */
    public static final Target X86_AVX2 = new Target("x86_64-unknown-linux-gnu", "haswell", "", 256);

    /** Any x86-64 processor with the AVX-512 foundation, byte, word, doubleword and length extensions. */
    public static final Target X86_AVX512 = new Target("x86_64-unknown-linux-gnu", "skylake-avx512", "", 512);

    /** Any 64-bit ARM processor: NEON, fused multiply-add. */
    public static final Target ARM_NEON = new Target("aarch64-unknown-linux-gnu", "generic", "", 128);

    /** The instruction sets that code is generated for. */
    public enum Processor {
        X86_64,
        AARCH64
    }

    public Target {
        if (!List.of(128, 256, 512).contains(vectorBits)) {
            throw new IllegalArgumentException("vectors of " + vectorBits + " bits: 128, 256, 512 are known");
        }
        if (!triple.startsWith("x86_64-") && !triple.startsWith("aarch64-")) {
            throw new IllegalArgumentException(
                    "no code generator for " + triple + ": x86_64 and aarch64 are known");
        }
        for (String text : List.of(triple, cpu, features)) {
            if (!text.matches("[A-Za-z0-9_.,+-]*")) {
                throw new IllegalArgumentException("not a name of a processor or feature: " + text);
            }
        }
    }

    /**
     * A machine as LLVM describes it, with the full width of its vectors. AMD's processors read one element after the
     * other in less time than by their instruction for all lanes of a vector.
     */
    static Target of(String triple, String cpu, String features) {
        List<String> set = List.of(features.split(","));
        int bits;
        if (set.containsAll(List.of("+avx512f", "+avx512vl", "+avx512bw", "+avx512dq"))) {
            bits = 512;
        } else if (set.containsAll(List.of("+avx2", "+fma"))) {
            bits = 256;
        } else {
            bits = 128;
        }
        return new Target(triple, cpu, cpu.startsWith("znver") ? features + ",+prefer-no-gather" : features, bits);
    }

    /** This machine as if its vectors had at most so many bits, and what comes with wider ones were missing. */
    Target narrowed(int bits) {
        if (bits >= vectorBits || processor() != Processor.X86_64) {
            return this;
        }
        return new Target(triple, cpu, features + (bits == 256 ? ",-avx512f" : ",-avx512f,-avx2,-fma,-f16c"), bits);
    }

    /** The instruction set. */
    public Processor processor() {
        return triple.startsWith("x86_64-") ? Processor.X86_64 : Processor.AARCH64;
    }

    /** The number of elements of {@code bytes} bytes in the widest vector. */
    public int lanes(int bytes) {
        return vectorBits / 8 / bytes;
    }

    /** The number of vector registers of the widest kind. */
    public int vectorRegisters() {
        return switch (processor()) {
            case X86_64 -> vectorBits == 512 ? 32 : 16;
            case AARCH64 -> 32;
        };
    }

    /** Whether one instruction scales vectors of a type by powers of 2. */
    boolean hasScale(RegType type) {
        return processor() == Processor.X86_64 && vectorBits == 512 && type.lanes() * type.kind().bytes() == 64;
    }

    /** Whether instructions convert between {@code half} and {@code float}: F16C, which comes with AVX2. */
    boolean hasHalf() {
        return processor() == Processor.AARCH64
                || vectorBits >= 256 && !List.of(features.split(",")).contains("-f16c");
    }

    @Override
    public String toString() {
        return cpu + "/" + vectorBits + " (" + triple + ")";
    }
}
