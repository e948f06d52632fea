package dev.sinter.bench;

import dev.sinter.llvm.Target;
import dev.sinter.tensor.DType;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * LLVM IR of the loops that find out what the machine can do. Each is a program for a pool of threads that
 * run it together; its context holds what {@link #A}, {@link #B} and {@link #COUNT} say.
 */
final class LimitCode {
    /** The offset of a pointer: the seed and the sums of {@link #fma}, the destination of a copy, the sums of reads. */
    static final int A = 0;
    /** The offset of a pointer: what is copied or read. */
    static final int B = 8;
    /** The offset of a 64-bit integer: the turns of the loop, or the bytes of all threads together. */
    static final int COUNT = 16;
    /** The bytes of a context. */
    static final int BYTES = 64;
    /** What each thread has of {@link #A} in {@link #fma}: three vectors. */
    static final int FMA_BYTES = 256;
    /** What each thread has of {@link #A} in {@link #read}: one vector. */
    static final int SUM_BYTES = 64;
    /** Parts of what is copied or read begin at multiples of this. */
    static final int PART_BYTES = 4096;

    /** The vectors that a turn of the loop copies or reads. */
    private static final int MOVES = 8;
    /** How many bytes ahead the loop that reads asks for its next ones. */
    private static final int AHEAD = 2048;

    /** How a copy moves its bytes. */
    enum Store {
        /** Vector stores that go through the caches. */
        PLAIN,
        /** Vector stores that go around the caches. */
        STREAMING
    }

    private LimitCode() { }

    /** Independent sums of the {@link #fma} loop: as many as fit beside its two other operands. */
    static int sums(Target target) {
        return target.vectorRegisters() == 32 ? 24 : 12;
    }

    /** Operations of one thread in {@link #fma}. */
    static double fmaFlops(Target target, DType dtype, long turns) {
        return 2.0 * sums(target) * target.lanes(dtype.bytes()) * turns;
    }

    /**
     * {@code fma}: many independent chains of full-width multiply-adds on registers. A holds, for each
     * thread, the start of the sums, the factor and the summand; the sums' total is stored over the start.
     *
     * @param dtype float32 or float64
     */
    static String fma(Target target, DType dtype) {
        int sums = sums(target);
        int lanes = target.lanes(dtype.bytes());
        String vector = "<" + lanes + " x " + (dtype == DType.FLOAT64 ? "double" : "float") + ">";
        String fma = "@llvm.fma.v" + lanes + "f" + 8 * dtype.bytes();
        String phis = lines(sums, "  %%x%1$d = phi VECTOR [ %%start, %%entry ], [ %%y%1$d, %%loop ]");
        String steps = lines(sums,
                "  %%y%1$d = call VECTOR FMA(VECTOR %%x%1$d, VECTOR %%factor, VECTOR %%add)");
        String totals = IntStream.range(1, sums)
                .mapToObj(i -> i == 1
                        ? "  %t1 = fadd VECTOR %y0, %y1"
                        : "  %%t%d = fadd VECTOR %%t%d, %%y%d".formatted(i, i - 1, i))
                .collect(Collectors.joining("\n"));
        return """
                define i32 @fma(ptr %context, i64 %thread, i64 %participants) {
                entry:
                  %all = load ptr, ptr %context, align 8
                  %offset = mul i64 %thread, FMA_BYTES
                  %own = getelementptr i8, ptr %all, i64 %offset
                  %turns.p = getelementptr i8, ptr %context, i64 COUNT
                  %turns = load i64, ptr %turns.p, align 8
                  %factor.p = getelementptr VECTOR, ptr %own, i64 1
                  %add.p = getelementptr VECTOR, ptr %own, i64 2
                  %start = load VECTOR, ptr %own, align 16
                  %factor = load VECTOR, ptr %factor.p, align 16
                  %add = load VECTOR, ptr %add.p, align 16
                  br label %loop
                loop:
                  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
                PHIS
                STEPS
                  %i.next = add i64 %i, 1
                  %done = icmp uge i64 %i.next, %turns
                  br i1 %done, label %leave, label %loop
                leave:
                TOTALS
                  store VECTOR %tLAST, ptr %own, align 16
                  ret i32 0
                }
                declare VECTOR FMA(VECTOR, VECTOR, VECTOR)
                """
                .replace("PHIS", phis).replace("STEPS", steps).replace("TOTALS", totals)
                .replace("LAST", Integer.toString(sums - 1))
                .replace("FMA_BYTES", Integer.toString(FMA_BYTES))
                .replace("COUNT", Integer.toString(COUNT))
                .replace("FMA", fma).replace("VECTOR", vector);
    }

    /** {@code copy}: each thread copies its part of B to A, eight vectors a turn. */
    static String copy(Target target, Store store) {
        String vector = "<" + target.lanes(Float.BYTES) + " x float>";
        int bytes = target.vectorBits() / 8;
        String hint = switch (store) {
            case PLAIN -> "";
            case STREAMING -> ", !nontemporal !0";
        };
        String moves = IntStream.range(0, MOVES)
                .mapToObj(i -> String.format(Locale.ROOT, """
                          %%o%1$d = add i64 %%i, %2$d
                          %%s%1$d = getelementptr i8, ptr %%from, i64 %%o%1$d
                          %%d%1$d = getelementptr i8, ptr %%to, i64 %%o%1$d
                          %%v%1$d = load %3$s, ptr %%s%1$d, align 64
                          store %3$s %%v%1$d, ptr %%d%1$d, align 64%4$s""", i, i * bytes, vector, hint))
                .collect(Collectors.joining("\n"));
        return """
                define i32 @copy(ptr %context, i64 %thread, i64 %participants) {
                BOUNDS
                  br label %test
                test:
                  %i = phi i64 [ %begin, %entry ], [ %i.next, %loop ]
                  %more = icmp ult i64 %i, %end
                  br i1 %more, label %loop, label %leave
                loop:
                MOVES
                  %i.next = add i64 %i, STEP
                  br label %test
                leave:
                  fence seq_cst
                  ret i32 0
                }
                !0 = !{i32 1}
                """
                .replace("BOUNDS", bounds()).replace("MOVES", moves).replace("STEP", Integer.toString(MOVES * bytes));
    }

    /** {@code read}: each thread adds up the vectors of its part of B in eight sums, whose total it stores in A. */
    static String read(Target target) {
        String vector = "<" + target.lanes(Integer.BYTES) + " x i32>";
        int bytes = target.vectorBits() / 8;
        String phis = lines(MOVES, "  %%x%1$d = phi VECTOR [ zeroinitializer, %%entry ], [ %%y%1$d, %%loop ]");
        String reads = IntStream.range(0, MOVES)
                .mapToObj(i -> String.format(Locale.ROOT, """
                          %%o%1$d = add i64 %%i, %2$d
                          %%s%1$d = getelementptr i8, ptr %%from, i64 %%o%1$d
                          %%p%1$d = getelementptr i8, ptr %%s%1$d, i64 AHEAD
                          call void @llvm.prefetch.p0(ptr %%p%1$d, i32 0, i32 3, i32 1)
                          %%v%1$d = load VECTOR, ptr %%s%1$d, align 64
                          %%y%1$d = add VECTOR %%x%1$d, %%v%1$d""", i, i * bytes))
                .collect(Collectors.joining("\n"));
        String totals = IntStream.range(1, MOVES)
                .mapToObj(i -> String.format(Locale.ROOT, "  %%t%d = add VECTOR %s, %%x%d",
                        i, i == 1 ? "%x0" : "%t" + (i - 1), i))
                .collect(Collectors.joining("\n"));
        return """
                define i32 @read(ptr %context, i64 %thread, i64 %participants) {
                BOUNDS
                  %offset = mul i64 %thread, SUM_BYTES
                  %own = getelementptr i8, ptr %to, i64 %offset
                  br label %test
                test:
                  %i = phi i64 [ %begin, %entry ], [ %i.next, %loop ]
                PHIS
                  %more = icmp ult i64 %i, %end
                  br i1 %more, label %loop, label %leave
                loop:
                READS
                  %i.next = add i64 %i, STEP
                  br label %test
                leave:
                TOTALS
                  store VECTOR %tLAST, ptr %own, align 16
                  ret i32 0
                }
                declare void @llvm.prefetch.p0(ptr, i32, i32, i32)
                """
                .replace("BOUNDS", bounds()).replace("PHIS", phis).replace("READS", reads).replace("TOTALS", totals)
                .replace("SUM_BYTES", Integer.toString(SUM_BYTES)).replace("LAST", Integer.toString(MOVES - 1))
                .replace("AHEAD", Integer.toString(AHEAD))
                .replace("STEP", Integer.toString(MOVES * bytes)).replace("VECTOR", vector);
    }

    /** The pointers of A and B, and where the thread's part begins and ends. */
    private static String bounds() {
        return """
                entry:
                  %to = load ptr, ptr %context, align 8
                  %from.p = getelementptr i8, ptr %context, i64 FROM
                  %from = load ptr, ptr %from.p, align 8
                  %bytes.p = getelementptr i8, ptr %context, i64 COUNT
                  %bytes = load i64, ptr %bytes.p, align 8
                  %parts = udiv i64 %bytes, PART
                  %begin.n = mul i64 %parts, %thread
                  %begin.q = udiv i64 %begin.n, %participants
                  %begin = mul i64 %begin.q, PART
                  %after = add i64 %thread, 1
                  %end.n = mul i64 %parts, %after
                  %end.q = udiv i64 %end.n, %participants
                  %end = mul i64 %end.q, PART
                """
                .stripTrailing()
                .replace("FROM", Integer.toString(B)).replace("COUNT", Integer.toString(COUNT))
                .replace("PART", Integer.toString(PART_BYTES));
    }

    private static String lines(int count, String format) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format(Locale.ROOT, format, i))
                .collect(Collectors.joining("\n"));
    }
}
