package dev.sinter.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The physical memory that a process holds, as Linux says it.
 *
 * @param now  the bytes that it holds
 * @param most the most bytes that it has held since it began or since {@link #forgetMost}
 */
public record ResidentMemory(long now, long most) {
    private static final long KILOBYTE = 1024;

    /**
     * Reads that of a process.
     *
     * @throws UncheckedIOException where the system does not tell
     */
    public static ResidentMemory of(long process) {
        try {
            List<String> lines = Files.readAllLines(folder(process).resolve("status"));
            return new ResidentMemory(bytes(lines, "VmRSS:"), bytes(lines, "VmHWM:"));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** Has the system count the most bytes from what the process holds now. */
    public static void forgetMost(long process) {
        try {
            Files.writeString(folder(process).resolve("clear_refs"), "5");
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static Path folder(long process) {
        return Path.of("/proc", Long.toString(process));
    }

    private static long bytes(List<String> lines, String key) {
        String line = lines.stream().filter(candidate -> candidate.startsWith(key)).findFirst().orElseThrow();
        return KILOBYTE * Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
