package dev.sinter.runtime;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What this process may take at most, as the system says. */
final class MachineMemory {
    private MachineMemory() {}

    /**
     * The bytes of the machine, or of the container where that has fewer, less those that the heap may come to take;
     * at least 0. The first time takes some tens of milliseconds.
     */
    static long besideHeap() {
        long bytes = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return Math.max(0, bytes - Runtime.getRuntime().maxMemory());
    }
}
