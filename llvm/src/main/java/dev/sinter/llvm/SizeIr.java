package dev.sinter.llvm;

import dev.sinter.kernel.Failure;
import dev.sinter.program.Program.Step;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
import java.util.Map;

/**
 * LLVM IR of a size that a run finds. The first thread writes it, and all sizes that depend on it, into the table of
 * sizes between two meetings of all threads. A value that is out of range fails the run and counts as 0, so that
 * whatever is carried out before the run ends stays inside of its memory.
 */
final class SizeIr {
    private final ProgramIr ir;
    private final Map<Dim, Integer> sizes;

    /** For a program whose sizes are numbered so. */
    SizeIr(ProgramIr ir, Map<Dim, Integer> sizes) {
        this.ir = ir;
        this.sizes = sizes;
    }

    /**
     * Writes a step.
     *
     * @param solo whether the first thread alone comes here
     */
    void define(Step.Define size, boolean solo) {
        ir.onFirst(() -> {
            String found = set("load i64, ptr " + ir.buffer(size.value()) + ", align 8");
            String bad = set("icmp ugt i64 " + found + ", " + ir.size(size.atMost()));
            int id = ir.number();
            ir.line("br i1 " + bad + ", label %misfit." + id + ", label %fits." + id);
            ir.label("misfit." + id);
            ir.line("call void @sinter_raise(ptr %barrier, i32 " + Failure.SIZE_OUT_OF_RANGE.code() + ")");
            ir.line("br label %fits." + id);
            ir.label("fits." + id);
            String value = set("select i1 " + bad + ", i64 0, i64 " + found);
            sizes.forEach((dim, number) -> {
                if (dim.symbols().contains(size.symbol())) {
                    String result = dim.in(new Emitted(size.symbol(), value));
                    String entry = set("getelementptr i64, ptr %sizes, i64 " + number);
                    ir.line("store i64 " + result + ", ptr " + entry + ", align 8");
                }
            });
        });
        if (!solo) {
            ir.barrier();
        }
    }

    private String set(String instruction) {
        String name = ir.fresh();
        ir.line(name + " = " + instruction);
        return name;
    }

    /** Sizes as instructions. */
    private final class Emitted implements Dim.Arithmetic<String> {
        private final Symbol symbol;
        private final String value;

        Emitted(Symbol symbol, String value) {
            this.symbol = symbol;
            this.value = value;
        }

        @Override
        public String constant(long constant) {
            return String.valueOf(constant);
        }

        @Override
        public String symbol(Symbol other) {
            return other.equals(symbol) ? value : ir.size(Dim.ofSymbol(other));
        }

        @Override
        public String plus(String left, String right) {
            return set("add i64 " + left + ", " + right);
        }

        @Override
        public String times(String left, String right) {
            return set("mul i64 " + left + ", " + right);
        }

        @Override
        public String call(String function, String left, String right) {
            return switch (function) {
                case "min" -> select("icmp slt i64 " + left + ", " + right, left, right);
                case "max" -> select("icmp sgt i64 " + left + ", " + right, left, right);
                case "broadcast" -> select("icmp eq i64 " + left + ", 1", right, left);
                case "repeats" -> select("icmp eq i64 " + left + ", 1", right, "1");
                case "floordiv" -> floor(left, divisor(right))[0];
                case "mod" -> floor(left, divisor(right))[1];
                default -> throw new CompilerBug("no function of sizes is called " + function);
            };
        }

        private String select(String condition, String then, String otherwise) {
            return set("select i1 " + set(condition) + ", i64 " + then + ", i64 " + otherwise);
        }

        /** A divisor that is safe: a size that divides is positive. */
        private String divisor(String given) {
            return select("icmp sgt i64 " + given + ", 0", given, "1");
        }

        /** Quotient and remainder, rounded towards negative infinity by a positive divisor. */
        private String[] floor(String left, String divisor) {
            String quotient = set("sdiv i64 " + left + ", " + divisor);
            String rest = set("srem i64 " + left + ", " + divisor);
            String negative = set("icmp slt i64 " + rest + ", 0");
            String less = set("sub i64 " + quotient + ", 1");
            String more = set("add i64 " + rest + ", " + divisor);
            return new String[] {set("select i1 " + negative + ", i64 " + less + ", i64 " + quotient),
                    set("select i1 " + negative + ", i64 " + more + ", i64 " + rest)};
        }
    }
}
