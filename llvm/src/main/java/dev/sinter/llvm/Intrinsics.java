package dev.sinter.llvm;

import dev.sinter.tensor.CompilerBug;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The functions of LLVM that modules may call. LLVM ends the process, or at least the thread, over one that
 * the target's instruction selection does not know, and turns others into calls of a C library.
 */
final class Intrinsics {

    /** Without the types at the end of a name. */
    private static final Set<String> ANYWHERE = Set.of(
            "abs", "ceil", "copysign", "ctlz", "ctpop", "cttz", "fabs", "floor", "fma", "fptosi.sat", "fptoui.sat",
            "masked.gather", "masked.load", "masked.scatter", "masked.store", "maxnum", "minnum", "prefetch",
            "readcyclecounter", "roundeven", "smax", "smin", "sqrt", "trunc", "umax", "umin", "vector.reduce.add",
            "vector.reduce.and", "vector.reduce.fadd", "vector.reduce.fmax", "vector.reduce.fmin",
            "vector.reduce.fmul", "vector.reduce.or", "vector.reduce.xor");

    private static final Set<String> X86_64 =
            Set.of("x86.avx512.mask.scalef.pd.512", "x86.avx512.mask.scalef.ps.512", "x86.sse.ldmxcsr",
                    "x86.sse.sfence", "x86.sse.stmxcsr", "x86.sse2.pause");

    private static final Set<String> AARCH64 =
            Set.of("aarch64.get.fpcr", "aarch64.isb", "aarch64.set.fpcr");

    private static final Pattern TYPE = Pattern.compile("(v\\d+)?(p0|i\\d+|f32|f64)");

    private Intrinsics() {
    }

    /**
     * Checks the text of a module.
     *
     * @throws CompilerBug if it names an intrinsic that is not known for the target
     */
    static void check(String ir, Target target) {
        Set<String> own = switch (target.processor()) {
            case X86_64 -> X86_64;
            case AARCH64 -> AARCH64;
        };
        for (int at = ir.indexOf("llvm."); at >= 0; at = ir.indexOf("llvm.", at + 1)) {
            if (isGlobal(ir, at)) {
                int end = at;
                while (end < ir.length() && isInName(ir.charAt(end))) {
                    end++;
                }
                String name = withoutTypes(ir.substring(at + "llvm.".length(), end));
                if (!ANYWHERE.contains(name) && !own.contains(name)) {
                    throw new CompilerBug("the module calls llvm." + name + ", which is not an intrinsic that code for "
                            + target + " may use");
                }
            }
        }
    }

    private static boolean isGlobal(String ir, int at) {
        return at > 0 && (ir.charAt(at - 1) == '@' || ir.charAt(at - 1) == '"' && at > 1 && ir.charAt(at - 2) == '@');
    }

    private static boolean isInName(char c) {
        return c == '.' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static String withoutTypes(String name) {
        String rest = name;
        int dot = rest.lastIndexOf('.');
        while (dot >= 0 && TYPE.matcher(rest.substring(dot + 1)).matches()) {
            rest = rest.substring(0, dot);
            dot = rest.lastIndexOf('.');
        }
        return rest;
    }
}
