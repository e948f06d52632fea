package dev.sinter.llvm;

/**
 * LLVM IR text that keeps the threads of a run on processors of their own. A scheduler may wake a worker on the
 * processor of its caller, and leave it there although others are idle: the run would take as long as on one
 * thread. The affinity of a worker is changed for a moment only, so that the scheduler stays free to move it. The
 * threads are Sinter's own; the caller's affinity is never touched.
 */
final class PlacementIr {

    /** Bytes of a set of processors; on a larger machine the system refuses, and the threads stay where they are. */
    private static final int SET_BYTES = 128;

    private PlacementIr() {
    }

    /**
     * <ul>
     * <li>{@code i32 @sinter_processor(ptr pool, i64 thread)} notes and returns the processor of this thread, or -1
     * where that is unknown.
     * <li>{@code void @sinter_spread(ptr pool, i64 thread)} moves this worker away if the caller or a worker of a
     * lower number was last seen on the same processor.
     * </ul>
     */
    static String text(Target target) {
        Numbers numbers = numbers(target);
        return TEXT
                .replace("PROCESSOR_FUNCTION", "i64 " + PoolLayout.PROCESSOR_FUNCTION)
                .replace("PROCESSORS", "i64 " + PoolLayout.PROCESSORS)
                .replace("GET_AFFINITY", "i64 " + numbers.getAffinity())
                .replace("SET_AFFINITY", "i64 " + numbers.setAffinity())
                .replace("SET_BYTES", String.valueOf(SET_BYTES))
                .replace("SET_BITS", String.valueOf(8 * SET_BYTES));
    }

    /** The numbers of Linux's {@code sched_getaffinity} and {@code sched_setaffinity}. */
    private record Numbers(int getAffinity, int setAffinity) {
    }

    private static Numbers numbers(Target target) {
        return switch (target.processor()) {
            case X86_64 -> new Numbers(204, 203);
            case AARCH64 -> new Numbers(123, 122);
        };
    }

    private static final String TEXT = """

            define internal i32 @sinter_processor(ptr %pool, i64 %thread) {
              %function.p = getelementptr i8, ptr %pool, PROCESSOR_FUNCTION
              %function = load ptr, ptr %function.p, align 8
              %unknown = icmp eq ptr %function, null
              br i1 %unknown, label %none, label %ask
            none:
              ret i32 -1
            ask:
              %here = call i32 %function()
              %processors.p = getelementptr i8, ptr %pool, PROCESSORS
              %processors = load ptr, ptr %processors.p, align 8
              %mine.p = getelementptr i32, ptr %processors, i64 %thread
              %before = load atomic i32, ptr %mine.p monotonic, align 4
              %same = icmp eq i32 %before, %here
              br i1 %same, label %done, label %note
            note:
              store atomic i32 %here, ptr %mine.p monotonic, align 4
              br label %done
            done:
              ret i32 %here
            }

            define internal void @sinter_spread(ptr %pool, i64 %thread) {
            entry:
              %here = call i32 @sinter_processor(ptr %pool, i64 %thread)
              %known = icmp sge i32 %here, 0
              br i1 %known, label %search, label %done
            search:
              %processors.p = getelementptr i8, ptr %pool, PROCESSORS
              %processors = load ptr, ptr %processors.p, align 8
              br label %look
            look:
              %i = phi i64 [ 0, %search ], [ %i.next, %other ]
              %theirs.p = getelementptr i32, ptr %processors, i64 %i
              %theirs = load atomic i32, ptr %theirs.p monotonic, align 4
              %shared = icmp eq i32 %theirs, %here
              br i1 %shared, label %move, label %other
            other:
              %i.next = add i64 %i, 1
              %over = icmp eq i64 %i.next, %thread
              br i1 %over, label %done, label %look
            move:
              call void @sinter_move(ptr %pool, ptr %processors, i64 %thread)
              %there = call i32 @sinter_processor(ptr %pool, i64 %thread)
              br label %done
            done:
              ret void
            }

            define internal void @sinter_move(ptr %pool, ptr %processors, i64 %thread) noinline cold {
            entry:
              %all = alloca [SET_BYTES x i8], align 8
              %free = alloca [SET_BYTES x i8], align 8
              store <SET_BYTES x i8> zeroinitializer, ptr %all, align 8
              %syscall = load ptr, ptr %pool, align 8
              %none = icmp eq ptr %syscall, null
              br i1 %none, label %done, label %ask
            ask:
              %got = call i64 (i64, ...) %syscall(GET_AFFINITY, i64 0, i64 SET_BYTES, ptr %all)
              %refused = icmp sle i64 %got, 0
              br i1 %refused, label %done, label %copy
            copy:
              %set = load <SET_BYTES x i8>, ptr %all, align 8
              store <SET_BYTES x i8> %set, ptr %free, align 8
              br label %take
            take:
              %i = phi i64 [ 0, %copy ], [ %i.next, %taken ]
              %theirs.p = getelementptr i32, ptr %processors, i64 %i
              %theirs = load atomic i32, ptr %theirs.p monotonic, align 4
              %inside = icmp ult i32 %theirs, SET_BITS
              br i1 %inside, label %clear, label %taken
            clear:
              %at = lshr i32 %theirs, 3
              %bit = and i32 %theirs, 7
              %one = shl i32 1, %bit
              %mask = xor i32 %one, -1
              %mask.8 = trunc i32 %mask to i8
              %byte.p = getelementptr i8, ptr %free, i32 %at
              %byte = load i8, ptr %byte.p, align 1
              %left = and i8 %byte, %mask.8
              store i8 %left, ptr %byte.p, align 1
              br label %taken
            taken:
              %i.next = add i64 %i, 1
              %last = icmp eq i64 %i.next, %thread
              br i1 %last, label %go, label %take
            go:
              ; Where no processor is left, the system refuses the empty set and the thread stays.
              %moved = call i64 (i64, ...) %syscall(SET_AFFINITY, i64 0, i64 SET_BYTES, ptr %free)
              %stays = icmp ne i64 %moved, 0
              br i1 %stays, label %done, label %restore
            restore:
              %restored = call i64 (i64, ...) %syscall(SET_AFFINITY, i64 0, i64 SET_BYTES, ptr %all)
              %lost = icmp ne i64 %restored, 0
              br i1 %lost, label %any, label %done
            any:
              ; The processors that the process may use have just become others: whatever they are.
              store <SET_BYTES x i8> splat (i8 -1), ptr %all, align 8
              %widened = call i64 (i64, ...) %syscall(SET_AFFINITY, i64 0, i64 SET_BYTES, ptr %all)
              br label %done
            done:
              ret void
            }
            """;
}
