package dev.sinter.program;

import dev.sinter.ir.Location;
import dev.sinter.kernel.Kernel;
import dev.sinter.op.Loop;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Decisions;
import dev.sinter.plan.MemoryPlan;
import dev.sinter.plan.Plan;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Says why a program is fast, as a database explains a query: a block for each fused kernel with its ops, the
 * user's lines, its work and what it writes; why values are fused or not; the memory. With sizes, work and
 * offsets are numbers; with times, each block ends with the fraction of the roofline that it reaches.
 */
public final class Explanation {
    /** A program of more steps begins with a summary, and its equal steps are printed once. */
    private static final int LONG = 30;
    private static final int NAMES = 4;
    private static final Pattern COPY = Pattern.compile("_[0-9]+$");

    private final Compilation compilation;
    private final Optional<ToLongFunction<Symbol>> symbols;
    private final int threads;
    private final StringBuilder out = new StringBuilder();

    private Explanation(Compilation compilation, Optional<ToLongFunction<Symbol>> symbols, int threads) {
        this.compilation = compilation;
        this.symbols = symbols;
        this.threads = threads;
    }

    /**
     * What a run took.
     *
     * @param stepNanos a time for each step of the program
     * @param limits    the machine's
     */
    public record Times(double[] stepNanos, Limits limits) {}

    /** The explanation for any sizes: work and memory as formulas. */
    public static String of(Compilation compilation) {
        return new Explanation(compilation, Optional.empty(), 1).text(Optional.empty());
    }

    /** The explanation for certain sizes. */
    public static String of(Compilation compilation, ToLongFunction<Symbol> symbols, int threads,
            Optional<Times> times) {
        return new Explanation(compilation, Optional.of(symbols), threads).text(times);
    }

    private String text(Optional<Times> times) {
        Plan plan = compilation.plan();
        line("run @" + plan.name() + ": " + compilation.origins().stream().distinct().count()
                + " fused kernels and host calls");
        boolean isLong = plan.steps().size() > LONG;
        if (isLong && symbols.isPresent()) {
            out.append('\n').append(summary(plan, times));
        }
        boolean named = isLong && placeCount(plan) * NAMES < plan.steps().size();
        Map<List<String>, String> known = new HashMap<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            out.append('\n');
            switch (plan.steps().get(i)) {
                case Plan.Compute compute -> {
                    String name = (i + 1) + " " + compute.nest().name();
                    Optional<String> equal = isLong && !launches(i).isEmpty()
                            ? Optional.ofNullable(known.putIfAbsent(code(i, compute), name)) : Optional.empty();
                    compute(i, compute, times, equal, named);
                }
                case Plan.Call call -> line((i + 1) + " host call " + call.function().name());
                case Plan.Define size -> line((i + 1) + " " + definition(size));
                case Plan.Iterate loop -> loop(i, loop, times);
                case Plan.Choose choice -> choose(i, choice, times);
            }
        }
        memory();
        decisions();
        times.ifPresent(this::total);
        return out.toString();
    }

    private String summary(Plan plan, Optional<Times> times) {
        WorkSummary summary = new WorkSummary();
        for (int i = 0; i < plan.steps().size(); i++) {
            String name = switch (plan.steps().get(i)) {
                case Plan.Compute compute -> compute.nest().name();
                case Plan.Call call -> "host call " + call.function().name();
                case Plan.Define _ -> "size";
                case Plan.Iterate _ -> "loop";
                case Plan.Choose _ -> "branch";
            };
            int step = i;
            summary.add((i + 1) + " " + name, COPY.matcher(name).replaceFirst(""),
                    value(work(launches(i), Kernel.Work::flops)), value(work(launches(i), Kernel.Work::bytes)),
                    times.map(measured -> nanos(step, measured)).orElse(0.0));
        }
        return summary.text();
    }

    private static int placeCount(Plan plan) {
        return (int) plan.steps().stream().filter(Plan.Compute.class::isInstance).map(Plan.Compute.class::cast)
                .flatMap(compute -> compute.ops().stream()).flatMap(note -> note.places().stream())
                .map(Location::place).distinct().count();
    }

    /** What steps that run the same code have in common. */
    private List<String> code(int index, Plan.Compute compute) {
        return List.of(ops(compute), places(compute), domain(compute), launched(launches(index)));
    }

    private String launched(List<Program.Step.Launch> launches) {
        return launches.stream().map(launch -> launch.kernel().name() + " in " + size(launch.kernel().tiles())
                + " tiles").collect(Collectors.joining(", "));
    }

    private static Dim work(List<Program.Step.Launch> launches, Function<Kernel.Work, Dim> part) {
        return sum(launches.stream().map(launch -> part.apply(launch.kernel().work())).toList());
    }

    private void loop(int index, Plan.Iterate loop, Optional<Times> times) {
        Loop.Trips trips = loop.trips();
        List<String> bounds = new ArrayList<>();
        trips.length().ifPresent(length -> bounds.add(length.toString()));
        if (trips.limited()) {
            bounds.add("a computed number");
        }
        if (trips.conditional()) {
            bounds.add("as long as a condition holds");
        }
        line((index + 1) + " loop");
        detail("iterations", String.join(", at most ", bounds) + (trips.reverse() ? ", backwards" : ""));
        around(loop, loop.note(), index, times);
        inside(loop.body(), (index + 1) + ".");
    }

    private void choose(int index, Plan.Choose choice, Optional<Times> times) {
        line((index + 1) + " branch");
        around(choice, choice.note(), index, times);
        for (int i = 0; i < choice.branches().size(); i++) {
            inside(choice.branches().get(i), (index + 1) + "." + i + ".");
        }
    }

    private void around(Plan.Step step, Plan.OpNote note, int index, Optional<Times> times) {
        detail("lines", note.places().stream().map(Location::place).distinct().collect(Collectors.joining(", ")));
        detail("reads", step.reads().stream().map(this::buffer).collect(Collectors.joining(", ")));
        detail("writes", step.writes().stream().map(this::buffer).collect(Collectors.joining(", ")));
        times.ifPresent(measured -> detail("time", String.format(Locale.ROOT, "%.2f us",
                nanos(index, measured) / 1e3)));
    }

    private static String definition(Plan.Define size) {
        return "size " + size.symbol() + ", at most " + size.atMost();
    }

    /** The steps of a plan inside of a step. */
    private void inside(Plan plan, String prefix) {
        for (int i = 0; i < plan.steps().size(); i++) {
            String number = prefix + (i + 1);
            switch (plan.steps().get(i)) {
                case Plan.Compute compute -> {
                    line("  " + number + " " + compute.nest().name());
                    detail("ops", ops(compute));
                    detail("lines", places(compute));
                    detail("domain", domain(compute));
                    detail("writes", compute.writes().stream().map(id -> text(plan.buffers().get(id)))
                            .collect(Collectors.joining(", ")));
                }
                case Plan.Call call -> line("  " + number + " host call " + call.function().name());
                case Plan.Define size -> line("  " + number + " " + definition(size));
                case Plan.Iterate loop -> {
                    line("  " + number + " loop " + loop.trips().length().map(Dim::toString).orElse(""));
                    inside(loop.body(), number + ".");
                }
                case Plan.Choose choice -> {
                    line("  " + number + " branch");
                    for (int j = 0; j < choice.branches().size(); j++) {
                        inside(choice.branches().get(j), number + "." + j + ".");
                    }
                }
            }
        }
    }

    private static String text(Buffer buffer) {
        return buffer.name() + " " + buffer.type() + " " + buffer.layout();
    }

    private static String ops(Plan.Compute compute) {
        return compute.ops().stream().map(note -> op(note.text())).filter(op -> !op.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String domain(Plan.Compute compute) {
        return extents(compute.nest().domain())
                + (compute.nest().reduced().isEmpty() ? "" : " over " + extents(compute.nest().reduced()));
    }

    /**
     * A step of one kernel.
     *
     * @param equal an earlier step that runs the same code
     * @param named whether nodes are named too, since their lines say little
     */
    private void compute(int index, Plan.Compute compute, Optional<Times> times, Optional<String> equal,
            boolean named) {
        line((index + 1) + " " + compute.nest().name() + equal.map(other -> ", the same code as " + other).orElse(""));
        List<Program.Step.Launch> launches = launches(index);
        if (equal.isEmpty()) {
            detail("ops", ops(compute));
            detail("lines", places(compute));
        }
        if (named) {
            detail("nodes", nodes(compute));
        }
        if (equal.isEmpty()) {
            detail("domain", domain(compute));
        }
        detail("reads", compute.reads().stream().map(this::buffer).collect(Collectors.joining(", ")));
        detail("writes", compute.writes().stream().map(this::buffer).collect(Collectors.joining(", ")));
        if (launches.isEmpty()) {
            detail("launches", "in the kernel of " + (joinedInto(index) + 1));
            return;
        }
        Dim flops = work(launches, Kernel.Work::flops);
        Dim bytes = work(launches, Kernel.Work::bytes);
        if (equal.isEmpty()) {
            detail("work", quantity(flops, "flop") + ", " + quantity(bytes, "B") + intensity(flops, bytes));
            detail("launches", launched(launches));
        }
        times.ifPresent(measured -> detail("time", time(nanos(index, measured), flops, bytes, measured.limits())));
    }

    /** The scopes of the graph's nodes that a kernel comes from, the first few. */
    private static String nodes(Plan.Compute compute) {
        List<String> scopes = compute.ops().stream().flatMap(note -> note.places().stream()).map(Location::node)
                .filter(node -> !node.isEmpty())
                .map(node -> node.contains("/") ? node.substring(0, node.lastIndexOf('/')) : node).distinct().toList();
        return String.join(", ", scopes.subList(0, Math.min(NAMES, scopes.size())))
                + (scopes.size() > NAMES ? " and " + (scopes.size() - NAMES) + " more" : "");
    }

    /** The name of the op in a text such as {@code %7: f32[n] = max(%5, %6)}. */
    private static String op(String text) {
        String name = text.substring(text.indexOf(" = ") + 3).split("[({]", 2)[0].strip();
        return name.equals("constant") || name.equals("broadcast") ? "" : name;
    }

    private static String places(Plan.Compute compute) {
        Set<String> places = new LinkedHashSet<>();
        compute.ops().forEach(note -> note.places().stream().map(Location::place).forEach(places::add));
        return String.join(", ", places);
    }

    private List<Program.Step.Launch> launches(int planStep) {
        List<Program.Step.Launch> launches = new ArrayList<>();
        for (int i = 0; i < compilation.origins().size(); i++) {
            if (compilation.origins().get(i) == planStep
                    && compilation.program().steps().get(i) instanceof Program.Step.Launch launch) {
                launches.add(launch);
            }
        }
        return launches;
    }

    /** The step whose kernel also computes another one. */
    private int joinedInto(int planStep) {
        return compilation.origins().stream().filter(origin -> origin < planStep).mapToInt(origin -> origin).max()
                .orElse(planStep);
    }

    private double nanos(int planStep, Times times) {
        double nanos = 0;
        for (int i = 0; i < compilation.origins().size(); i++) {
            nanos += compilation.origins().get(i) == planStep ? times.stepNanos()[i] : 0;
        }
        return nanos;
    }

    private String buffer(int id) {
        Buffer buffer = compilation.plan().buffers().get(id);
        String where = switch (buffer.role()) {
            case Buffer.Role.Input input -> "fed";
            case Buffer.Role.State state -> "variable";
            case Buffer.Role.NextState next -> next.inPlace() ? "variable in place" : "variable's shadow";
            case Buffer.Role.Output output -> "fetched";
            case Buffer.Role.Temporary temporary -> "temporary" + offset(id);
            case Buffer.Role.Constant constant -> "constant";
            case Buffer.Role.View view -> "view of " + compilation.plan().buffers().get(view.of()).name();
            case Buffer.Role.RunNumber runNumber -> "run number";
            case Buffer.Role.Tape tape -> "tape";
            case Buffer.Role.Row _, Buffer.Role.Carried _, Buffer.Role.Counter _ -> "of a loop";
        };
        return text(buffer) + " (" + where + ")";
    }

    private String offset(int id) {
        return symbols.map(values -> " at " + compilation.memory().bind(values, threads).offsets()[id]).orElse("");
    }

    private void memory() {
        out.append('\n');
        line("memory of temporaries: " + compilation.memory().peakFormula() + " bytes at most");
        symbols.ifPresent(values -> {
            MemoryPlan.Binding binding = compilation.memory().bind(values, threads);
            line("  for these sizes " + number(binding.peak()) + "B, " + String.format(Locale.ROOT, "%.1f",
                    100 * binding.gap()) + " % above what lives at once");
        });
    }

    private void decisions() {
        out.append('\n');
        line("decisions");
        Decisions.lines(compilation.plan().decisions()).forEach(decision -> line("  " + decision));
    }

    private void total(Times times) {
        double nanos = 0;
        for (double step : times.stepNanos()) {
            nanos += step;
        }
        out.append('\n');
        line(String.format(Locale.ROOT, "time in all %.1f us, threads meeting after every step; limits of the"
                + " machine: %.0f GFLOP/s, %.1f GB/s", nanos / 1e3, times.limits().flopsPerNano(),
                times.limits().bytesPerNano()));
    }

    private String time(double nanos, Dim flops, Dim bytes, Limits limits) {
        double f = value(flops);
        double b = value(bytes);
        return String.format(Locale.ROOT, "%.2f us, %.1f GFLOP/s, %.1f GB/s, %.2f of the roofline", nanos / 1e3,
                f / nanos, b / nanos, limits.leastNanos(f, b) / nanos);
    }

    private double value(Dim dim) {
        return dim.isConstant() ? dim.constant() : dim.evaluate(symbols.orElseThrow());
    }

    private String size(Dim dim) {
        return dim.isConstant() || symbols.isEmpty() ? dim.toString()
                : String.valueOf(dim.evaluate(symbols.get()));
    }

    private static String extents(List<Dim> dims) {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    private String quantity(Dim dim, String unit) {
        boolean known = dim.isConstant() || symbols.isPresent();
        return known ? number(value(dim)) + unit : dim + " " + unit;
    }

    private String intensity(Dim flops, Dim bytes) {
        boolean known = symbols.isPresent() || flops.isConstant() && bytes.isConstant();
        return known && value(bytes) > 0
                ? String.format(Locale.ROOT, ", %.2f flop/B", value(flops) / value(bytes)) : "";
    }

    /** A number with a decimal prefix: {@code 12.8 M}. */
    static String number(double value) {
        if (value < 1000) {
            return String.format(Locale.ROOT, "%.0f ", value);
        }
        String prefixes = "kMGTP";
        int prefix = -1;
        double scaled = value;
        while (scaled >= 1000 && prefix < prefixes.length() - 1) {
            scaled /= 1000;
            prefix++;
        }
        return String.format(Locale.ROOT, "%.1f %c", scaled, prefixes.charAt(prefix));
    }

    private static Dim sum(List<Dim> dims) {
        Dim sum = Dim.ZERO;
        for (Dim dim : dims) {
            sum = sum.plus(dim);
        }
        return sum;
    }

    private void detail(String name, String text) {
        if (text.isEmpty()) {
            return;
        }
        line(String.format(Locale.ROOT, "    %-9s %s", name, text));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
