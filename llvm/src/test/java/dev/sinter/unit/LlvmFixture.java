package dev.sinter.unit;

import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.ffi.LlvmLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

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

    /** The library behind {@link #llvm}. */
    static LlvmLibrary library() {
        return switch (LlvmLibrary.open()) {
            case LlvmLibrary.Outcome.Opened(LlvmLibrary library) -> library;
            case LlvmLibrary.Outcome.Unavailable(String reason) -> throw new AssertionError(reason);
        };
    }

    /** The number of mappings of this process. */
    static long mappings() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.count();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
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
