package dev.sinter.replay;

import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Layout;
import dev.sinter.op.Constant;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.plan.Lines;
import dev.sinter.program.Target;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A function with all that its compilation depends on. Its text is a tensor text with a head of comments:
 *
 * <pre>{@code
 * // sinter-replay 1
 * // target 64 32 49152 1048576 2 znver5
 * // rules exact 9223372036854775807
 * // tolerance 0.0
 * // timed false
 * // layout panels<32> w1
 * // failure the module does not verify: ...
 * sinter-tensor 1
 * func @step(...
 * }</pre>
 *
 * @param function     what is compiled
 * @param layouts      the layouts that variables have
 * @param target       the machine
 * @param optimization how the passes work; verification and dumps are not a part of the text
 * @param timed        whether the program notes how long its steps take
 * @param failure      what has gone wrong, in one line; empty where nothing has so far
 */
public record Replay(Function function, Map<String, Layout> layouts, Target target,
        OptimizationOptions optimization, boolean timed, String failure) {
    /** The first line of a replay. */
    public static final String HEADER = "// sinter-replay 1";

    /** The bytes of constants that a text carries; those beyond are parameters in it. */
    private static final long CONSTANT_BYTES = 4 << 20;

    public Replay {
        layouts = Map.copyOf(layouts);
    }

    /** A compilation of which nothing is known to be wrong. */
    public Replay(Function function, Map<String, Layout> layouts, Target target, OptimizationOptions optimization,
            boolean timed) {
        this(function, layouts, target, optimization, timed, "");
    }

    /** This compilation, which has failed. */
    public Replay withFailure(String why) {
        return new Replay(function, layouts, target, optimization, timed, why.lines().findFirst().orElse(""));
    }

    /**
     * The text. Constants are in it up to {@value #CONSTANT_BYTES} bytes in all; in place of what exceeds them
     * stand parameters of their types, inside of regions the number 1 everywhere, so that the text stays short and
     * the function hardly another one.
     */
    public String text() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        line(text, "target " + target.vectorBytes() + " " + target.vectorRegisters() + " " + target.l1Bytes() + " "
                + target.l2Bytes() + " " + target.threads() + " " + target.name());
        line(text, "rules " + (optimization.reassociate() ? "reassociating " : "exact ")
                + optimization.ruleLimit());
        line(text, "tolerance " + optimization.convolutionTolerance());
        line(text, "timed " + timed);
        new TreeMap<>(layouts).forEach((variable, layout) -> line(text, "layout " + layout + " " + escaped(variable)));
        if (!failure.isEmpty()) {
            line(text, "failure " + escaped(failure));
        }
        return text.append(Printer.print(bounded(function))).toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append("// ").append(line).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            boolean escape = text.charAt(i) == '\\' && i + 1 < text.length();
            char at = text.charAt(escape ? ++i : i);
            plain.append(escape && at == 'n' ? '\n' : escape && at == 'r' ? '\r' : at);
        }
        return plain.toString();
    }

    private static Function bounded(Function function) {
        Set<Value> large = new HashSet<>();
        findLarge(function, CONSTANT_BYTES, large, Collections.newSetFromMap(new IdentityHashMap<>()));
        if (large.isEmpty()) {
            return function;
        }
        Set<String> names = new HashSet<>();
        for (Value value : function.parameters()) {
            if (value.op() instanceof Parameter(String name, var _)) {
                names.add(name);
            }
        }
        return withParameters(function, large, names);
    }

    /** Collects the constants that exceed some bytes, regions that calls share once; returns the bytes left. */
    private static long findLarge(Function function, long bytes, Set<Value> large, Set<Region> seen) {
        long left = bytes;
        for (Value value : function.values()) {
            if (value.op() instanceof Constant(var array)) {
                long size = array.segment().byteSize();
                if (size <= left) {
                    left -= size;
                } else {
                    large.add(value);
                }
            }
            for (Region region : value.op().regions()) {
                if (seen.add(region)) {
                    left = findLarge(region.function(), left, large, seen);
                }
            }
        }
        return left;
    }

    /** An op whose regions have other constants in place of some; {@code done} are those that are made already. */
    private static Op withOnes(Op op, Set<Value> constants, Map<Region, Region> done) {
        if (op.regions().isEmpty()) {
            return op;
        }
        List<Region> regions = new ArrayList<>();
        for (Region region : op.regions()) {
            Region other = done.get(region);
            if (other == null) {
                other = region.map(body -> body.remade((b, value, operands) -> constants.contains(value)
                        ? b.full(value.dtype(), value.shape(), 1)
                        : b.add(withOnes(value.op(), constants, done), operands)));
                done.put(region, other);
            }
            regions.add(other);
        }
        return op.withRegions(regions);
    }

    private static Function withParameters(Function function, Set<Value> constants, Set<String> names) {
        List<Value> added = new ArrayList<>();
        Map<Region, Region> regions = new IdentityHashMap<>();
        Function remade = function.remade((b, value, operands) -> {
            if (!constants.contains(value)) {
                return b.add(withOnes(value.op(), constants, regions), operands);
            }
            String name = "constant-" + added.size();
            while (!names.add(name)) {
                name += "-";
            }
            Value parameter = b.add(new Parameter(name, value.tensorType()));
            added.add(parameter);
            return parameter;
        });
        List<Value> parameters = new ArrayList<>(remade.parameters());
        parameters.addAll(added);
        return new Function(remade.name(), parameters, remade.results(), remade.locations());
    }

    /** The replay of a text that calls no Java code. */
    public static Replay parse(String text) {
        return parse(text, Parser.Resolver.none());
    }

    /**
     * The replay of a text; the function is verified.
     *
     * @param resolver knows the host functions that the text names; a replay needs no custom gradient's rule
     * @throws GraphException where the text is wrong, with line and column
     */
    public static Replay parse(String text, Parser.Resolver resolver) {
        if (!text.startsWith(HEADER + "\n")) {
            throw new GraphException("a replay starts with \"" + HEADER + "\"");
        }
        Map<String, Layout> layouts = new HashMap<>();
        Optional<Target> target = Optional.empty();
        OptimizationOptions optimization = OptimizationOptions.defaults();
        boolean timed = false;
        String failure = "";
        for (String line : text.lines().skip(1).takeWhile(line -> line.startsWith("// ")).toList()) {
            String[] words = line.substring(3).split(" ", 2);
            String rest = words.length > 1 ? words[1] : "";
            try {
                switch (words[0]) {
                    case "target" -> target = Optional.of(target(rest));
                    case "rules" -> optimization = rules(rest);
                    case "tolerance" -> optimization = optimization.withConvolutionTolerance(Double.parseDouble(rest));
                    case "timed" -> timed = Boolean.parseBoolean(rest);
                    case "failure" -> failure = unescaped(rest);
                    case "layout" -> {
                        String[] parts = rest.split(" ", 2);
                        layouts.put(unescaped(parts[1]), new Lines("").layout(parts[0]));
                    }
                    default -> { }
                }
            } catch (NumberFormatException | IndexOutOfBoundsException wrong) {
                throw new GraphException("the line \"" + line + "\" of the replay cannot be read", wrong);
            }
        }
        return new Replay(Parser.parse(text, withGradients(resolver)), layouts,
                target.orElseThrow(() -> new GraphException("the replay does not name its target")), optimization,
                timed, failure);
    }

    private static Target target(String text) {
        String[] words = text.split(" ", 6);
        return new Target(words[5], Integer.parseInt(words[0]), Integer.parseInt(words[1]),
                Long.parseLong(words[2]), Long.parseLong(words[3]), Integer.parseInt(words[4]));
    }

    private static OptimizationOptions rules(String text) {
        String[] words = text.split(" ");
        OptimizationOptions options = OptimizationOptions.defaults().withRuleLimit(Long.parseLong(words[1]));
        return words[0].equals("reassociating") ? options.withReassociation() : options;
    }

    private static Parser.Resolver withGradients(Parser.Resolver resolver) {
        return new Parser.Resolver() {
            @Override
            public Optional<HostFunction> hostFunction(String name) {
                return resolver.hostFunction(name);
            }

            @Override
            public Optional<CustomGradient> customGradient(String name) {
                return resolver.customGradient(name).or(() -> Optional.of(new CustomGradient(name,
                        (b, self, gradient) -> {
                            throw new GraphException("the rule of the custom gradient " + name
                                    + " is not a part of the replay");
                        })));
            }
        };
    }
}
