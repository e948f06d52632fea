package dev.sinter.llvm;

/**
 * LLVM IR text of what compiled programs need at run time: waiting, the barrier, and the pool's threads. All
 * of it is internal to the module that embeds it, but for the pool's entries.
 */
public final class RuntimeIr {

    private static final int DEFAULT_MXCSR = 0x1F80;
    private static final int FUTEX_WAIT_PRIVATE = 128;
    private static final int FUTEX_WAKE_PRIVATE = 129;

    private RuntimeIr() {
    }

    /**
     * The barrier and the functions that it needs, to be appended to a program's module once.
     *
     * <ul>
     * <li>{@code i32 @sinter_barrier(ptr barrier, i64 participants)} waits until all participants have
     * arrived and returns the status that the last of them found, the same for all.
     * <li>{@code void @sinter_raise(ptr barrier, i32 status)} raises the status; the largest stays.
     * <li>{@code void @sinter_pause()} tells the processor that this thread spins.
     * </ul>
     */
    public static String barrier(Target target) {
        return waiting(target) + BARRIER_TEXT
                .replace("ARRIVED", "i64 " + ContextLayout.BARRIER_ARRIVED)
                .replace("SLEEPERS", "i64 " + ContextLayout.BARRIER_SLEEPERS)
                .replace("EPOCH", "i64 " + ContextLayout.BARRIER_EPOCH)
                .replace("AGREED", "i64 " + ContextLayout.BARRIER_AGREED)
                .replace("WAITING", "i64 " + ContextLayout.BARRIER_WAITING)
                .replace("STATUS", "i64 " + ContextLayout.BARRIER_STATUS)
                .replace("SPINS", "i64 " + PoolLayout.WAITING_SPINS);
    }

    /**
     * The module of the pool.
     *
     * <ul>
     * <li>{@code i32 @sinter_run(ptr pool, ptr program, ptr context, i64 participants)} runs
     * {@code i32 program(ptr context, i64 thread, i64 participants)} on this thread as thread 0 and on the
     * workers 1 to participants - 1, and returns the largest of their statuses once all have returned.
     * <li>{@code void @sinter_work(ptr slot, ptr pool, i64 thread)} is a worker's life.
     * <li>{@code void @sinter_stop(ptr pool, i64 threads)} ends it for all.
     * </ul>
     */
    public static String pool(Target target) {
        return waiting(target) + floatState(target) + PlacementIr.text(target) + POOL_TEXT
                .replace("SLOT_GENERATION", "i64 " + PoolLayout.SLOT_GENERATION)
                .replace("SLOT_SLEEPS", "i64 " + PoolLayout.SLOT_SLEEPS)
                .replace("SLOT_PROGRAM", "i64 " + PoolLayout.SLOT_PROGRAM)
                .replace("SLOT_CONTEXT", "i64 " + PoolLayout.SLOT_CONTEXT)
                .replace("SLOT_PARTICIPANTS", "i64 " + PoolLayout.SLOT_PARTICIPANTS)
                .replace("SLOT_BYTES", String.valueOf(PoolLayout.SLOT_BYTES))
                .replace("FIRST_SLOT", "i64 " + PoolLayout.SLOTS)
                .replace("PENDING", "i64 " + PoolLayout.PENDING)
                .replace("CALLER_SLEEPS", "i64 " + PoolLayout.CALLER_SLEEPS)
                .replace("RESULT", "i64 " + PoolLayout.RESULT)
                .replace("IDLE_SPINS", "i64 " + PoolLayout.IDLE_SPINS)
                .replace("SPINS", "i64 " + PoolLayout.WAITING_SPINS);
    }

    private static String waiting(Target target) {
        String pause = switch (target.processor()) {
            case X86_64 -> "call void @llvm.x86.sse2.pause()";
            case AARCH64 -> "call void @llvm.aarch64.isb(i32 15)";
        };
        return WAITING_TEXT
                .replace("YIELD", "i64 " + yieldNumber(target))
                .replace("PAUSE", pause)
                .replace("FUTEX_WAIT", "i32 " + FUTEX_WAIT_PRIVATE)
                .replace("FUTEX_WAKE", "i32 " + FUTEX_WAKE_PRIVATE)
                .replace("FUTEX", "i64 " + PoolLayout.WAITING_FUTEX)
                .replace("NANOSLEEP", "i64 " + PoolLayout.WAITING_NANOSLEEP);
    }

    /** The number of Linux's {@code sched_yield}: a thread that waits for one on its own core lets it run. */
    private static int yieldNumber(Target target) {
        return switch (target.processor()) {
            case X86_64 -> 24;
            case AARCH64 -> 124;
        };
    }

    /** The floating-point control state: round to nearest, no flush to zero, all exceptions masked. */
    private static String floatState(Target target) {
        return switch (target.processor()) {
            case X86_64 -> """
                    define internal i64 @sinter_float_enter() {
                      %old = alloca i32, align 4
                      %new = alloca i32, align 4
                      call void @llvm.x86.sse.stmxcsr(ptr %old)
                      store i32 DEFAULT, ptr %new, align 4
                      call void @llvm.x86.sse.ldmxcsr(ptr %new)
                      %value = load i32, ptr %old, align 4
                      %wide = zext i32 %value to i64
                      ret i64 %wide
                    }
                    define internal void @sinter_float_leave(i64 %state) {
                      %old = alloca i32, align 4
                      %value = trunc i64 %state to i32
                      store i32 %value, ptr %old, align 4
                      call void @llvm.x86.sse.ldmxcsr(ptr %old)
                      ret void
                    }
                    """.replace("DEFAULT", String.valueOf(DEFAULT_MXCSR));
            case AARCH64 -> """
                    define internal i64 @sinter_float_enter() {
                      %old = call i64 @llvm.aarch64.get.fpcr()
                      call void @llvm.aarch64.set.fpcr(i64 0)
                      ret i64 %old
                    }
                    define internal void @sinter_float_leave(i64 %state) {
                      call void @llvm.aarch64.set.fpcr(i64 %state)
                      ret void
                    }
                    """;
        };
    }

    private static final String WAITING_TEXT = """

            define internal void @sinter_pause() alwaysinline {
              PAUSE
              ret void
            }

            define internal void @sinter_park(ptr %waiting, ptr %word, i32 %expected) noinline cold {
              %moment = alloca { i64, i64 }, align 8
              %syscall = load ptr, ptr %waiting, align 8
              %no.futex = icmp eq ptr %syscall, null
              br i1 %no.futex, label %nap, label %futex
            futex:
              %number.p = getelementptr i8, ptr %waiting, FUTEX
              %number = load i64, ptr %number.p, align 8
              %ignored = call i64 (i64, ...) %syscall(i64 %number, ptr %word, FUTEX_WAIT, i32 %expected,
                  ptr null, ptr null, i32 0)
              ret void
            nap:
              %nanosleep.p = getelementptr i8, ptr %waiting, NANOSLEEP
              %nanosleep = load ptr, ptr %nanosleep.p, align 8
              %no.sleep = icmp eq ptr %nanosleep, null
              br i1 %no.sleep, label %spin, label %sleep
            sleep:
              %nanos = getelementptr i8, ptr %moment, i64 8
              store i64 0, ptr %moment, align 8
              store i64 50000, ptr %nanos, align 8
              %slept = call i32 %nanosleep(ptr %moment, ptr null)
              ret void
            spin:
              call void @sinter_pause()
              ret void
            }

            define internal void @sinter_wake(ptr %waiting, ptr %word, i32 %count) noinline cold {
              %syscall = load ptr, ptr %waiting, align 8
              %no.futex = icmp eq ptr %syscall, null
              br i1 %no.futex, label %done, label %futex
            futex:
              %number.p = getelementptr i8, ptr %waiting, FUTEX
              %number = load i64, ptr %number.p, align 8
              %ignored = call i64 (i64, ...) %syscall(i64 %number, ptr %word, FUTEX_WAKE, i32 %count)
              br label %done
            done:
              ret void
            }

            define internal void @sinter_yield(ptr %waiting) noinline cold {
              %syscall = load ptr, ptr %waiting, align 8
              %none = icmp eq ptr %syscall, null
              br i1 %none, label %done, label %yield
            yield:
              %ignored = call i64 (i64, ...) %syscall(YIELD)
              br label %done
            done:
              ret void
            }

            define internal void @sinter_wait(ptr %waiting, i64 %left) alwaysinline {
              call void @sinter_pause()
              %turn = and i64 %left, 63
              %due = icmp eq i64 %turn, 0
              br i1 %due, label %yield, label %done
            yield:
              call void @sinter_yield(ptr %waiting)
              br label %done
            done:
              ret void
            }

            define internal i1 @sinter_spin(ptr %waiting, ptr %word, i32 %old, i64 %spins) {
            entry:
              br label %look
            look:
              %left = phi i64 [ %spins, %entry ], [ %less, %again ]
              %now = load atomic i32, ptr %word acquire, align 4
              %changed = icmp ne i32 %now, %old
              br i1 %changed, label %yes, label %again
            again:
              call void @sinter_wait(ptr %waiting, i64 %left)
              %less = sub i64 %left, 1
              %over = icmp sle i64 %less, 0
              br i1 %over, label %no, label %look
            yes:
              ret i1 true
            no:
              ret i1 false
            }
            """;

    private static final String BARRIER_TEXT = """

            define internal void @sinter_raise(ptr %barrier, i32 %status) {
              %status.p = getelementptr i8, ptr %barrier, STATUS
              %old = atomicrmw umax ptr %status.p, i32 %status seq_cst, align 4
              ret void
            }

            define internal i32 @sinter_barrier(ptr %barrier, i64 %participants) {
            entry:
              %count = trunc i64 %participants to i32
              %status.p = getelementptr i8, ptr %barrier, STATUS
              %alone = icmp ule i32 %count, 1
              br i1 %alone, label %single, label %arrive
            single:
              %own = load atomic i32, ptr %status.p monotonic, align 4
              ret i32 %own
            arrive:
              %arrived.p = getelementptr i8, ptr %barrier, ARRIVED
              %sleepers.p = getelementptr i8, ptr %barrier, SLEEPERS
              %epoch.p = getelementptr i8, ptr %barrier, EPOCH
              %agreed.p = getelementptr i8, ptr %barrier, AGREED
              %waiting = getelementptr i8, ptr %barrier, WAITING
              %epoch = load atomic i32, ptr %epoch.p monotonic, align 4
              %before = atomicrmw add ptr %arrived.p, i32 1 acq_rel, align 4
              %mine = add i32 %before, 1
              %last = icmp eq i32 %mine, %count
              br i1 %last, label %release, label %wait
            release:
              store atomic i32 0, ptr %arrived.p monotonic, align 4
              %found = load atomic i32, ptr %status.p monotonic, align 4
              store atomic i32 %found, ptr %agreed.p monotonic, align 4
              %next = add i32 %epoch, 1
              store atomic i32 %next, ptr %epoch.p seq_cst, align 4
              %sleepers = load atomic i32, ptr %sleepers.p seq_cst, align 4
              %awake = icmp eq i32 %sleepers, 0
              br i1 %awake, label %released, label %wake
            wake:
              call void @sinter_wake(ptr %waiting, ptr %epoch.p, i32 2147483647)
              br label %released
            released:
              ret i32 %found
            wait:
              %spins.p = getelementptr i8, ptr %waiting, SPINS
              %spins = load i64, ptr %spins.p, align 8
              %spun = call i1 @sinter_spin(ptr %waiting, ptr %epoch.p, i32 %epoch, i64 %spins)
              br i1 %spun, label %done, label %sleep
            sleep:
              %ignored = atomicrmw add ptr %sleepers.p, i32 1 seq_cst, align 4
              br label %look
            look:
              %now = load atomic i32, ptr %epoch.p seq_cst, align 4
              %changed = icmp ne i32 %now, %epoch
              br i1 %changed, label %woke, label %park
            park:
              call void @sinter_park(ptr %waiting, ptr %epoch.p, i32 %epoch)
              br label %look
            woke:
              %ignored.too = atomicrmw sub ptr %sleepers.p, i32 1 monotonic, align 4
              br label %done
            done:
              %agreed = load atomic i32, ptr %agreed.p monotonic, align 4
              ret i32 %agreed
            }
            """;

    private static final String POOL_TEXT = """

            define void @sinter_work(ptr %slot, ptr %pool, i64 %thread) {
            entry:
              %state = call i64 @sinter_float_enter()
              %generation.p = getelementptr i8, ptr %slot, SLOT_GENERATION
              %sleeps.p = getelementptr i8, ptr %slot, SLOT_SLEEPS
              %program.p = getelementptr i8, ptr %slot, SLOT_PROGRAM
              %context.p = getelementptr i8, ptr %slot, SLOT_CONTEXT
              %participants.p = getelementptr i8, ptr %slot, SLOT_PARTICIPANTS
              %pending.p = getelementptr i8, ptr %pool, PENDING
              %caller.p = getelementptr i8, ptr %pool, CALLER_SLEEPS
              %result.p = getelementptr i8, ptr %pool, RESULT
              %spins.p = getelementptr i8, ptr %pool, IDLE_SPINS
              %spins = load i64, ptr %spins.p, align 8
              br label %idle
            idle:
              %seen = phi i32 [ 0, %entry ], [ %generation, %count ],
                  [ %generation, %tell ], [ %generation, %wake ]
              %spun = call i1 @sinter_spin(ptr %pool, ptr %generation.p, i32 %seen, i64 %spins)
              br i1 %spun, label %begin, label %sleep
            sleep:
              store atomic i32 1, ptr %sleeps.p seq_cst, align 4
              br label %look
            look:
              %now = load atomic i32, ptr %generation.p seq_cst, align 4
              %changed = icmp ne i32 %now, %seen
              br i1 %changed, label %woke, label %park
            park:
              call void @sinter_park(ptr %pool, ptr %generation.p, i32 %seen)
              br label %look
            woke:
              store atomic i32 0, ptr %sleeps.p monotonic, align 4
              br label %begin
            begin:
              %generation = load atomic i32, ptr %generation.p acquire, align 4
              %program = load ptr, ptr %program.p, align 8
              %closing = icmp eq ptr %program, null
              br i1 %closing, label %leave, label %work
            work:
              %context = load ptr, ptr %context.p, align 8
              %participants = load i64, ptr %participants.p, align 8
              call void @sinter_spread(ptr %pool, i64 %thread)
              %status = call i32 %program(ptr %context, i64 %thread, i64 %participants)
              %good = icmp eq i32 %status, 0
              br i1 %good, label %count, label %merge
            merge:
              %merged = atomicrmw umax ptr %result.p, i32 %status monotonic, align 4
              br label %count
            count:
              %left = atomicrmw sub ptr %pending.p, i32 1 seq_cst, align 4
              %last = icmp eq i32 %left, 1
              br i1 %last, label %tell, label %idle
            tell:
              %sleeper = load atomic i32, ptr %caller.p seq_cst, align 4
              %asleep = icmp ne i32 %sleeper, 0
              br i1 %asleep, label %wake, label %idle
            wake:
              call void @sinter_wake(ptr %pool, ptr %pending.p, i32 1)
              br label %idle
            leave:
              call void @sinter_float_leave(i64 %state)
              ret void
            }

            define void @sinter_stop(ptr %pool, i64 %threads) {
            entry:
              %first = getelementptr i8, ptr %pool, FIRST_SLOT
              %workers = sub i64 %threads, 1
              br label %more
            more:
              %i = phi i64 [ 0, %entry ], [ %i.next, %post ]
              %done = icmp sge i64 %i, %workers
              br i1 %done, label %leave, label %post
            post:
              %offset = mul i64 %i, SLOT_BYTES
              %slot = getelementptr i8, ptr %first, i64 %offset
              %generation.p = getelementptr i8, ptr %slot, SLOT_GENERATION
              %program.p = getelementptr i8, ptr %slot, SLOT_PROGRAM
              store ptr null, ptr %program.p, align 8
              %generation = load atomic i32, ptr %generation.p monotonic, align 4
              %next = add i32 %generation, 1
              store atomic i32 %next, ptr %generation.p seq_cst, align 4
              call void @sinter_wake(ptr %pool, ptr %generation.p, i32 1)
              %i.next = add i64 %i, 1
              br label %more
            leave:
              ret void
            }

            define i32 @sinter_run(ptr %pool, ptr %program, ptr %context, i64 %participants) {
            entry:
              %state = call i64 @sinter_float_enter()
              %pending.p = getelementptr i8, ptr %pool, PENDING
              %caller.p = getelementptr i8, ptr %pool, CALLER_SLEEPS
              %result.p = getelementptr i8, ptr %pool, RESULT
              %spins.p = getelementptr i8, ptr %pool, SPINS
              %first = getelementptr i8, ptr %pool, FIRST_SLOT
              %workers = sub i64 %participants, 1
              %alone = icmp sle i64 %workers, 0
              br i1 %alone, label %single, label %fork
            single:
              %only = call i32 %program(ptr %context, i64 0, i64 1)
              call void @sinter_float_leave(i64 %state)
              ret i32 %only
            fork:
              %processor = call i32 @sinter_processor(ptr %pool, i64 0)
              %workers.32 = trunc i64 %workers to i32
              store atomic i32 %workers.32, ptr %pending.p monotonic, align 4
              store atomic i32 0, ptr %result.p monotonic, align 4
              br label %post
            post:
              %i = phi i64 [ 0, %fork ], [ %i.next, %post ]
              %offset = mul i64 %i, SLOT_BYTES
              %slot = getelementptr i8, ptr %first, i64 %offset
              %generation.p = getelementptr i8, ptr %slot, SLOT_GENERATION
              %program.p = getelementptr i8, ptr %slot, SLOT_PROGRAM
              %context.p = getelementptr i8, ptr %slot, SLOT_CONTEXT
              %participants.p = getelementptr i8, ptr %slot, SLOT_PARTICIPANTS
              store ptr %program, ptr %program.p, align 8
              store ptr %context, ptr %context.p, align 8
              store i64 %participants, ptr %participants.p, align 8
              %generation = load atomic i32, ptr %generation.p monotonic, align 4
              %next = add i32 %generation, 1
              store atomic i32 %next, ptr %generation.p release, align 4
              %i.next = add i64 %i, 1
              %posted = icmp eq i64 %i.next, %workers
              br i1 %posted, label %fence, label %post
            fence:
              fence seq_cst
              br label %rouse
            rouse:
              %j = phi i64 [ 0, %fence ], [ %j.next, %roused ]
              %offset.j = mul i64 %j, SLOT_BYTES
              %slot.j = getelementptr i8, ptr %first, i64 %offset.j
              %sleeps.p = getelementptr i8, ptr %slot.j, SLOT_SLEEPS
              %sleeps = load atomic i32, ptr %sleeps.p seq_cst, align 4
              %awake = icmp eq i32 %sleeps, 0
              br i1 %awake, label %roused, label %wake
            wake:
              %word = getelementptr i8, ptr %slot.j, SLOT_GENERATION
              call void @sinter_wake(ptr %pool, ptr %word, i32 1)
              br label %roused
            roused:
              %j.next = add i64 %j, 1
              %told = icmp eq i64 %j.next, %workers
              br i1 %told, label %work, label %rouse
            work:
              %mine = call i32 %program(ptr %context, i64 0, i64 %participants)
              %spins = load i64, ptr %spins.p, align 8
              br label %look
            look:
              %left = phi i64 [ %spins, %work ], [ %less, %again ]
              %now = load atomic i32, ptr %pending.p acquire, align 4
              %over = icmp eq i32 %now, 0
              br i1 %over, label %joined, label %again
            again:
              call void @sinter_wait(ptr %pool, i64 %left)
              %less = sub i64 %left, 1
              %tired = icmp sle i64 %less, 0
              br i1 %tired, label %sleep, label %look
            sleep:
              store atomic i32 1, ptr %caller.p seq_cst, align 4
              br label %look.again
            look.again:
              %unfinished = load atomic i32, ptr %pending.p seq_cst, align 4
              %finished = icmp eq i32 %unfinished, 0
              br i1 %finished, label %woke, label %park
            park:
              call void @sinter_park(ptr %pool, ptr %pending.p, i32 %unfinished)
              br label %look.again
            woke:
              store atomic i32 0, ptr %caller.p monotonic, align 4
              br label %joined
            joined:
              %theirs = load atomic i32, ptr %result.p monotonic, align 4
              %status = call i32 @llvm.umax.i32(i32 %mine, i32 %theirs)
              call void @sinter_float_leave(i64 %state)
              ret i32 %status
            }
            """;
}
