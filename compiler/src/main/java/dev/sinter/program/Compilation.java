package dev.sinter.program;

import dev.sinter.ir.Function;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Symbols;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.schedule.Scheduler;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Optimized;
import dev.sinter.pass.Pipeline;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.LayoutAssignment;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanPrinter;
import dev.sinter.plan.Planner;
import dev.sinter.plan.Recomputation;
import dev.sinter.plan.SizeChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A function on its way to a program, with what each stage made of it.
 *
 * @param source    what was asked for
 * @param optimized after the passes
 * @param plan      its nests and buffers
 * @param program   its kernels
 * @param origins   for each step of the program the position of the plan's step that it carries out
 * @param memory    where the program's temporaries lie
 * @param checks    what must hold of the unknown sizes before a run
 */
public record Compilation(Function source, Optimized optimized, Plan plan, Program program, List<Integer> origins,
        MemoryPlan memory, SizeChecks checks) {
    /**
     * What may differ between compilations.
     *
     * @param optimization  how the passes work
     * @param recomputation what is computed again to spare memory
     * @param layouts       chooses layouts
     * @param scheduler     makes kernels
     */
    public record Options(OptimizationOptions optimization, Recomputation.Policy recomputation,
            LayoutAssignment layouts, NestScheduler scheduler) {
        public static Options defaults() {
            return new Options(OptimizationOptions.defaults(), Recomputation.Policy.CHEAP, LayoutAssignment.ROW_MAJOR,
                    Scheduler.INSTANCE);
        }

        public Options withOptimization(OptimizationOptions other) {
            return new Options(other, recomputation, layouts, scheduler);
        }

        public Options withRecomputation(Recomputation.Policy other) {
            return new Options(optimization, other, layouts, scheduler);
        }

        public Options withLayouts(LayoutAssignment other) {
            return new Options(optimization, recomputation, other, scheduler);
        }

        public Options withScheduler(NestScheduler other) {
            return new Options(optimization, recomputation, layouts, other);
        }
    }

    /**
     * Compiles a function up to the program.
     *
     * @param function  what a run computes
     * @param variables the layouts of variables that hold values already; {@link Plan#wanted} says how the
     *                  others must be laid out from now on
     * @param target    the machine
     */
    public static Compilation compile(Function function, Map<String, Layout> variables, Target target,
            Options options) {
        return compile(function, variables, target, options, _ -> { });
    }

    /**
     * Compiles a function up to the program.
     *
     * @param launched gets each kernel of the program when it is made
     */
    public static Compilation compile(Function function, Map<String, Layout> variables, Target target,
            Options options, Consumer<Kernel> launched) {
        return compile(function, Pipeline.optimize(function, options.optimization()), variables, target, options,
                launched);
    }

    /**
     * Compiles a function that has been through the passes. Wide products are computed by each group of their readers
     * if that spares their arrays: rows that cannot be cut into tiles keep them.
     *
     * @param source    what was asked for, whose sizes are checked
     * @param optimized what is compiled; it may have further states as its last parameters
     * @param launched  gets each kernel of the program when it is made
     */
    public static Compilation compile(Function source, Optimized optimized, Map<String, Layout> variables,
            Target target, Options options, Consumer<Kernel> launched) {
        Recomputation.Policy policy = options.recomputation();
        Function distinct = Symbols.distinct(optimized.function());
        Recomputation.Result repeated = Recomputation.of(distinct, policy);
        if (repeated.inner().isEmpty()) {
            return built(source, optimized, repeated, variables, target, options, launched);
        }
        List<Kernel> ofApart = new ArrayList<>();
        List<Kernel> ofWhole = new ArrayList<>();
        Recomputation.Result kept = Recomputation.of(distinct, policy.withWideProductsWhole());
        Compilation apart = built(source, optimized, repeated, variables, target, options, ofApart::add);
        Compilation whole = built(source, optimized, kept, variables, target, options, ofWhole::add);
        boolean spares = whole.memory.assumedPeak() - apart.memory.assumedPeak() >= policy.wideBytes();
        (spares ? ofApart : ofWhole).forEach(launched);
        return spares ? apart : whole;
    }

    private static Compilation built(Function source, Optimized optimized, Recomputation.Result repeated,
            Map<String, Layout> variables, Target target, Options options, Consumer<Kernel> launched) {
        Plan plan = Planner.plan(repeated, variables, options.layouts());
        ProgramBuilder.Built built = ProgramBuilder.build(plan, target, options.scheduler(), launched);
        return new Compilation(source, new Optimized(repeated.function(), optimized.report()), plan,
                built.program(), built.origins(), MemoryPlan.of(built.program()), SizeChecks.of(source));
    }

    /** The optimised function. */
    public Function function() {
        return optimized.function();
    }

    /** Whether the program stacks what a loop without a known length makes. */
    public boolean hasTapes() {
        return program.buffers().stream().anyMatch(buffer -> buffer.role() instanceof Buffer.Role.Tape);
    }

    /** The text of the optimised function. */
    public String tensorText() {
        return Printer.print(function());
    }

    public String planText() {
        return PlanPrinter.print(plan);
    }

    /** The text of every kernel, each once. */
    public String kernelText() {
        return ProgramPrinter.distinct(program).stream().map(dev.sinter.kernel.Printer::print)
                .collect(Collectors.joining("\n"));
    }

    public String programText() {
        return ProgramPrinter.steps(program);
    }
}
