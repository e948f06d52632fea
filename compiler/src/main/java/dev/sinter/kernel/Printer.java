package dev.sinter.kernel;

import dev.sinter.kernel.Kernel.Argument;
import dev.sinter.tensor.CompilerBug;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text of a kernel, which {@link Parser} reads back: a line an instruction, {@code %n} a register with
 * its type where it is defined, {@code bn} a buffer, {@code #} a comment to the end of the line.
 */
public final class Printer {
    /** The first line of every text. */
    static final String HEADER = "sinter kernel 1";

    private final StringBuilder out = new StringBuilder();
    private int depth = 1;

    private Printer() {}

    public static String print(Kernel kernel) {
        Printer printer = new Printer();
        printer.kernel(kernel);
        return printer.out.toString();
    }

    private void kernel(Kernel kernel) {
        out.append(HEADER).append('\n');
        out.append("kernel ").append(quote(kernel.name())).append(" tile ").append(kernel.tile())
                .append(" of ").append(kernel.tiles()).append(" flops ").append(kernel.work().flops())
                .append(" bytes ").append(kernel.work().bytes()).append(" {\n");
        List<Argument> buffers = kernel.buffers();
        for (int i = 0; i < buffers.size(); i++) {
            Argument buffer = buffers.get(i);
            line("buffer b" + i + " " + quote(buffer.name()) + " " + buffer.dtype().mnemonic() + " "
                    + lower(buffer.access()) + " " + buffer.storage());
        }
        instrs(kernel.body());
        out.append("}\n");
    }

    private void line(String text) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }

    private void instrs(Instr.Body body) {
        body.instrs().forEach(this::instr);
    }

    private void body(Instr.Body body) {
        depth++;
        instrs(body);
        line(("yield " + list(body.yields())).strip());
        depth--;
    }

    private void instr(Instr instr) {
        switch (instr) {
            case Instr.Const i -> line(define(i.out()) + "const " + constant(i.out().type(), i.bits()));
            case Instr.Size i -> line(define(i.out()) + "size " + i.dim());
            case Instr.Arith i -> line(define(i.out()) + lower(i.op()) + " " + list(i.arguments()));
            case Instr.Splat i -> line(define(i.out()) + "splat " + i.scalar());
            case Instr.Lanes i -> line(define(i.out()) + "lanes");
            case Instr.Extract i -> line(define(i.out()) + "extract " + i.vector() + " " + i.lane());
            case Instr.Shuffle i -> line(define(i.out()) + "shuffle " + i.first() + ", " + i.second() + " "
                    + i.lanes().stream().map(String::valueOf).collect(Collectors.joining(" ")));
            case Instr.Fold i -> line(define(i.out()) + "fold " + lower(i.op()) + " " + i.vector());
            case Instr.Load i ->
                    line(define(i.out()) + "load " + at(i.buffer(), i.offset()) + masked(i.mask()));
            case Instr.Gather i ->
                    line(define(i.out()) + "gather " + at(i.buffer(), i.offsets()) + masked(i.mask()));
            case Instr.Store i ->
                    line((i.streaming() ? "stream " : "store ") + at(i.buffer(), i.offset()) + " "
                    + i.value() + masked(i.mask()));
            case Instr.Scatter i -> line("scatter " + at(i.buffer(), i.offsets()) + " " + i.value()
                    + masked(i.mask()));
            case Instr.Prefetch i -> line("prefetch " + at(i.buffer(), i.offset()));
            case Instr.Loop i -> {
                StringBuilder carried = new StringBuilder();
                for (int k = 0; k < i.carried().size(); k++) {
                    carried.append(k == 0 ? " carry " : ", ").append(typed(i.carried().get(k))).append(" = ")
                            .append(i.initial().get(k));
                }
                line("loop " + i.index() + " from " + i.lower() + " to " + i.upper() + " step " + i.step()
                        + carried
                        + results(i.results()) + " {");
                body(i.body());
                line("}");
            }
            case Instr.If i -> {
                line("if " + i.condition() + results(i.results()) + " {");
                body(i.then());
                line("} else {");
                body(i.otherwise());
                line("}");
            }
            case Instr.Fail i -> line("fail " + i.condition() + " " + lower(i.failure()) + i.detail().map(detail ->
                    " site " + detail.site() + " " + detail.index() + ", " + detail.position()).orElse(""));
        }
    }

    private static String define(Reg reg) {
        return typed(reg) + " = ";
    }

    private static String typed(Reg reg) {
        return reg + ":" + reg.type();
    }

    private static String list(List<Reg> regs) {
        return regs.stream().map(Reg::toString).collect(Collectors.joining(", "));
    }

    private static String results(List<Reg> regs) {
        return regs.isEmpty() ? "" : regs.stream().map(Printer::typed)
                .collect(Collectors.joining(", ", " -> ", ""));
    }

    private static String at(int buffer, Reg offset) {
        return "b" + buffer + " " + offset;
    }

    private static String masked(Optional<Reg> mask) {
        return mask.map(reg -> " mask " + reg).orElse("");
    }

    private static String constant(RegType type, long bits) {
        return switch (type.kind()) {
            case F32 -> String.format(Locale.ROOT, "0x%08x # %s", bits, Float.intBitsToFloat((int) bits));
            case F64 -> String.format(Locale.ROOT, "0x%016x # %s", bits, Double.longBitsToDouble(bits));
            case I32, I64, I1 -> Long.toString(bits);
        };
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String quote(String name) {
        if (name.indexOf('\n') >= 0) {
            throw new CompilerBug("a name in a kernel has a line break");
        }
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
