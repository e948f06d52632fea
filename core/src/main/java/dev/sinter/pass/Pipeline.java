package dev.sinter.pass;

import dev.sinter.ir.Function;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Verifier;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.GraphException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What happens to every function between differentiation and planning, in order. Values that no result needs
 * and common subexpressions need no pass: each pass builds its result in a fresh builder, from the results
 * up. A pass runs on the regions of a function before it runs on the function.
 */
public final class Pipeline {
    private static final List<Rule> SIMPLIFYING = together(List.of(StateRules.ALL, ConstantRules.ALL,
            ArithmeticRules.ALL, ReassociationRules.ALL, LogicRules.ALL, RearrangementRules.ALL, BroadcastRules.ALL,
            BoxRules.ALL, WindowRules.ALL, PhaseRules.ALL, ReductionRules.ALL, ContractionRules.ALL, UnitAxisRules.ALL,
            TransposeRules.ALL));

    /** The story. */
    private static final List<Pass> PASSES = List.of(
            new InlineCalls(false),
            new ApplyRules("drop-annotations", "gradients exist by now, nothing else reads their annotations",
                    AnnotationRules.ALL),
            new DropNeedlessOrder("an order after pure values would hide patterns from every later pass"),
            new MergeLoops(),
            new DropDeadCarries("gradients and merged loops carry and stack more than anything reads"),
            new SumAfterLoop(),
            new BatchSequenceProducts(),
            new InlineCalls(true),
            new DropProvenChecks(),
            new HoistInvariants(),
            new SumInLoop(),
            new DropDeadCarries("what moved out of loops is no longer carried, stacked or captured there"),
            new ApplyRules("simplify", "nothing that is known, cancels or is repeated early reaches the plan",
                    SIMPLIFYING),
            new ApplyRules("repeat-products-later", "what repeats is computed once, now that axes have their order",
                    together(List.of(ContractionRules.REPEATED, SIMPLIFYING))),
            new DropNeedlessOrder("an order after what was simplified until it cannot fail means nothing"),
            new TileConvolutions());

    private Pipeline() {}

    private static List<Rule> together(List<List<Rule>> families) {
        return families.stream().flatMap(List::stream).toList();
    }

    /** The passes in the order in which they run. */
    public static List<Pass> passes() {
        return PASSES;
    }

    /** All rules of all passes. */
    public static List<Rule> rules() {
        return PASSES.stream().filter(ApplyRules.class::isInstance).map(ApplyRules.class::cast)
                .flatMap(pass -> pass.rules().stream()).distinct().toList();
    }

    /** A function that computes the same results from the same parameters with less work. */
    public static Optimized optimize(Function function, OptimizationOptions options) {
        return optimize(function, options, PASSES);
    }

    /** The result of certain passes alone. */
    public static Optimized optimize(Function function, OptimizationOptions options, List<Pass> passes) {
        PassContext context = new PassContext(options);
        List<PassReport.Entry> entries = new ArrayList<>();
        verify(function, "the input", options);
        dump(function, 0, "input", options);
        Function current = function;
        for (Pass pass : passes) {
            long start = System.nanoTime();
            Function next = pass.run(inRegions(pass, current, context), context);
            long nanoseconds = System.nanoTime() - start;
            boolean changed = next != current && !next.sameGraph(current);
            entries.add(new PassReport.Entry(pass.name(), pass.reason(), changed, current.values().size(),
                    next.values().size(), PassReport.sorted(context.takeHits()),
                    PassReport.sorted(context.takeRefusals()), nanoseconds));
            if (next != current) {
                verify(next, pass.name(), options);
            }
            if (changed) {
                dump(next, entries.size(), pass.name(), options);
            }
            current = next;
        }
        return new Optimized(current, new PassReport(entries, context.last()));
    }

    /** The function after a pass has run on the regions of its ops, innermost first. */
    private static Function inRegions(Pass pass, Function function, PassContext context) {
        if (function.values().stream().allMatch(value -> value.op().regions().isEmpty())) {
            return function;
        }
        return function.remade((b, value, operands) -> b.add(value.op().withRegions(value.op().regions().stream()
                .map(region -> region.map(body -> pass.run(inRegions(pass, body, context), context)))
                .toList()), operands));
    }

    private static void verify(Function function, String after, OptimizationOptions options) {
        if (options.verify()) {
            List<String> problems = Verifier.problems(function);
            if (!problems.isEmpty()) {
                throw new CompilerBug("after " + after + ": " + String.join("; ", problems));
            }
        }
    }

    private static void dump(Function function, int number, String pass, OptimizationOptions options) {
        if (options.dumpDirectory().isEmpty()) {
            return;
        }
        Path file = options.dumpDirectory().get().resolve(String.format("%03d-%s.txt", number, pass));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, Printer.print(function));
        } catch (IOException failed) {
            throw new GraphException("the dump " + file + " cannot be written: " + failed.getMessage(),
                    failed);
        }
    }
}
