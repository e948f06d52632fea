package dev.sinter.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The JVM's own compiler. After a program has been compiled its threads go on for seconds with what the compilation
 * has made hot, on processors that a measurement needs whole.
 */
final class JustInTime {
    private static final long QUIET_NANOS = 500_000_000;
    private static final long MOST_NANOS = 15_000_000_000L;
    private static final long LOOK_NANOS = 20_000_000;

    private JustInTime() {}

    /** Runs work until the compiler has had nothing to do for a while, or long enough. */
    static void settle(List<Runnable> work) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        if (compiler == null || !compiler.isCompilationTimeMonitoringSupported()) {
            return;
        }
        long begin = System.nanoTime();
        long last = begin;
        long before = compiler.getTotalCompilationTime();
        while (System.nanoTime() - last < QUIET_NANOS && System.nanoTime() - begin < MOST_NANOS) {
            work.forEach(Runnable::run);
            LockSupport.parkNanos(LOOK_NANOS);
            long now = compiler.getTotalCompilationTime();
            if (now != before) {
                before = now;
                last = System.nanoTime();
            }
        }
    }
}
