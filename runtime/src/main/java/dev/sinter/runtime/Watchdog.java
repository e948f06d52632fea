package dev.sinter.runtime;

import dev.sinter.runtime.RunCancelledException.Reason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops the runs of a session: a thread that looks at them every few milliseconds, and asks those to stop
 * whose thread is interrupted or whose deadline has passed. It sleeps while nothing runs.
 */
final class Watchdog implements AutoCloseable {
    private static final long PERIOD_NANOS = 2_000_000;
    private static final int QUIET_ROUNDS = 500;

    /** One run at a time, as far as the watchdog sees it. Reused; beginning and ending allocate nothing. */
    final class Ticket {
        private final Invocation invocation;
        private volatile boolean active;
        private Thread thread = Thread.currentThread();
        private boolean hasDeadline;
        private long deadline;
        private Reason reason = Reason.CLOSED;
        private boolean stopped;

        private Ticket(Invocation invocation) {
            this.invocation = invocation;
        }

        /** Starts the watch over a run of the current thread. */
        void begin(boolean limited, long deadlineNanos) {
            synchronized (this) {
                thread = Thread.currentThread();
                hasDeadline = limited;
                deadline = deadlineNanos;
                stopped = false;
                invocation.clearCancel();
                active = true;
            }
            if (asleep) {
                LockSupport.unpark(watcher);
            }
        }

        synchronized void end() {
            active = false;
        }

        synchronized void stop(Reason why) {
            if (active && !stopped) {
                stopped = true;
                reason = why;
                invocation.cancel();
            }
        }

        synchronized boolean isStopped() {
            return stopped;
        }

        synchronized boolean isOf(Thread other) {
            return active && thread == other;
        }

        synchronized Reason reason() {
            return reason;
        }

        private synchronized void look() {
            if (!active || stopped) {
                return;
            }
            if (thread.isInterrupted()) {
                stop(Reason.INTERRUPTED);
            } else if (hasDeadline && deadline - System.nanoTime() <= 0) {
                stop(Reason.DEADLINE);
            }
        }
    }

    private final List<Ticket> tickets = new CopyOnWriteArrayList<>();
    private final Thread watcher = new Thread(this::watch, "sinter-watchdog");
    private volatile boolean asleep;
    private volatile boolean closed;
    private boolean started;

    Ticket ticket(Invocation invocation) {
        Ticket ticket = new Ticket(invocation);
        tickets.add(ticket);
        start();
        return ticket;
    }

    void forget(Ticket ticket) {
        tickets.remove(ticket);
    }

    /** Whether a thread is in a run. */
    boolean watches(Thread thread) {
        for (Ticket ticket : tickets) {
            if (ticket.isOf(thread)) {
                return true;
            }
        }
        return false;
    }

    private synchronized void start() {
        if (!started && !closed) {
            started = true;
            watcher.setDaemon(true);
            watcher.start();
        }
    }

    void stopAll(Reason why) {
        tickets.forEach(ticket -> ticket.stop(why));
    }

    private void watch() {
        int quiet = 0;
        while (!closed) {
            boolean busy = false;
            for (Ticket ticket : tickets) {
                if (ticket.active) {
                    busy = true;
                    ticket.look();
                }
            }
            quiet = busy ? 0 : quiet + 1;
            if (quiet < QUIET_ROUNDS) {
                LockSupport.parkNanos(PERIOD_NANOS);
            } else {
                sleep();
                quiet = 0;
            }
        }
    }

    private void sleep() {
        asleep = true;
        if (tickets.stream().noneMatch(ticket -> ticket.active) && !closed) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    @Override
    public synchronized void close() {
        closed = true;
        LockSupport.unpark(watcher);
    }
}
