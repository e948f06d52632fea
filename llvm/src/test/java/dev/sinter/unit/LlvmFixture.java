package dev.sinter.unit;

import dev.sinter.llvm.Llvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the tests of native code share. */
final class LlvmFixture {

    private LlvmFixture() {
    }

    /** LLVM, which a platform that builds this module has. */
    static Llvm llvm() {
        return switch (Llvm.load()) {
            case Llvm.Availability.Available(Llvm llvm) -> llvm;
            case Llvm.Availability.Unavailable(String reason) -> throw new AssertionError(reason);
        };
    }

    /** The resident memory of this process in kilobytes. */
    static long residentKilobytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
