package dev.sinter.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this process may take at most, as the system says. */
final class MachineMemory {
    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final List<Path> CONTAINER = List.of(Path.of("/sys/fs/cgroup/memory.max"),
            Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

    private MachineMemory() {}

    /** The bytes of the machine, or of the container where that has fewer, less those of the heap; at least 0. */
    static long besideHeap() {
        long bytes = machine();
        for (Path file : CONTAINER) {
            bytes = Math.min(bytes, number(file));
        }
        return bytes == Long.MAX_VALUE ? bytes : Math.max(0, bytes - Runtime.getRuntime().totalMemory());
    }

    private static long machine() {
        try {
            for (String line : Files.readAllLines(MACHINE)) {
                if (line.startsWith("MemTotal:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException unlimited) {
            return Long.MAX_VALUE;
        }
    }
}
