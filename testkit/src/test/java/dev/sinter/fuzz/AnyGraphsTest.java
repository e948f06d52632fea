package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.op.SideBySide;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Graphs that every method of every facade makes of arguments of any kind: native code gives the results of the
 * interpreter, or its error. For each method there is a graph that gives elements, but for those that are listed. The
 * seed and the number of graphs of a method are chosen as in {@link ProgramFuzzTest}.
 */
final class AnyGraphsTest {
    private static final long SEED = Long.getLong("sinter.fuzz.seed", 1);
    private static final int GRAPHS = Integer.getInteger("sinter.fuzz.count", 1);
    /** How often a method is called for each of its graphs, since many arguments are refused. */
    private static final int CALLS = 300;
    /** The seeds, from 1 on, one of which gives elements for each method, and how many graphs are run for that. */
    private static final long SEEDS = 1500;
    private static final int TRIES = 20;

    /** Loops, which code of any kind need not end, and placeholders, which nobody feeds: no graph of these is run. */
    private static final Set<String> WITHOUT_GRAPHS = Set.of("whileLoop", "placeholder");

    /** Methods of whose graphs none gives elements, each with the reason. */
    private static final Map<String, String> WITHOUT_ELEMENTS = without();

    private static final SideBySide CHECKS = new SideBySide();

    private static Map<String, String> without() {
        Map<String, String> all = new HashMap<>();
        Stream.of("assertInteger(Operand)", "assertRank(Operand, int)", "assertRankAtLeast(Operand, int)",
                "assertRankIn(Operand, int[])", "assertSameFloatDtype(Operand[])", "assertScalar(Operand)",
                "assertShapes(String, Tensor[])", "assertType(Operand, DType)", "isNumericTensor(Operand)")
                .forEach(check -> all.put("Debugging." + check, "checks while the graph is built"));
        Stream.of("broadcastStaticShape(Shape, Shape)", "requiredSpaceToBatchPaddings(long[], long[], long[][])",
                "staticShape(Operand)", "staticValue(Operand)")
                .forEach(known -> all.put("ArrayOps." + known, "gives what is known while the graph is built"));
        all.put("Signal.inverseStftWindowFn(int)", "gives a function");
        all.put("Control.function(Graph, String, List, Function)", "gives a function");
        all.put("Layers.conv2d(Graph, DType, long, long, List, WindowOptions, LayerOptions)", "gives a layer");
        all.put("Image.ssimMultiscale(Operand, Operand, double)", "takes larger images");
        all.put("Decompositions.eigvalshTridiagonal(Operand, Operand)", "takes one element less beside the diagonal");
        all.put("Nn.ctcLoss(Operand, Operand, Operand, Operand, long)", "takes lengths that fit labels and steps");
        return Map.copyOf(all);
    }

    @AfterAll
    static void stop() {
        CHECKS.close();
    }

    @TestFactory
    Stream<DynamicTest> allMethods() {
        List<Method> methods = FacadeMethods.all().filter(method -> !WITHOUT_GRAPHS.contains(method.getName()))
                .toList();
        return CHECKS.tests(methods, FacadeMethods::name, AnyGraphsTest::problems);
    }

    @Test
    void exceptionsAreMethods() {
        assertThat(FacadeMethods.all().map(FacadeMethods::name)).containsAll(WITHOUT_ELEMENTS.keySet());
    }

    private static List<String> problems(Method method) {
        List<String> problems = new ArrayList<>();
        boolean gives = false;
        int graphs = 0;
        for (long i = 0; i < (long) GRAPHS * CALLS && graphs < GRAPHS; i++) {
            Optional<AnyGraph.Comparison> found = compared(method, SEED + i, problems);
            graphs += found.isPresent() ? 1 : 0;
            gives |= found.filter(AnyGraph.Comparison::gives).isPresent();
        }
        graphs = 0;
        for (long seed = 1; seed <= SEEDS && graphs < TRIES && !gives; seed++) {
            Optional<AnyGraph.Comparison> found = compared(method, seed, problems);
            graphs += found.isPresent() ? 1 : 0;
            gives = found.filter(AnyGraph.Comparison::gives).isPresent();
        }
        String why = WITHOUT_ELEMENTS.get(FacadeMethods.name(method));
        if (gives == (why != null)) {
            problems.add(gives ? "gives elements, though listed: it " + why : "no graph gives elements");
        }
        return problems;
    }

    private static Optional<AnyGraph.Comparison> compared(Method method, long seed, List<String> problems) {
        Optional<AnyGraph.Comparison> found = AnyGraph.of(method, seed).map(AnyGraph::compare);
        found.flatMap(AnyGraph.Comparison::difference).ifPresent(why -> problems.add("seed " + seed + ": " + why));
        return found;
    }
}
