package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Graphs that every method of every facade makes of arguments of any kind: native code gives the results of the
 * interpreter, or its error. The seed and the number of graphs of a method are chosen as in {@link ProgramFuzzTest}.
 */
final class AnyGraphsTest {
    private static final long SEED = Long.getLong("sinter.fuzz.seed", 1);
    private static final int GRAPHS = Integer.getInteger("sinter.fuzz.count", 1);
    /** How often a method is called for each of its graphs, since most arguments are refused. */
    private static final int CALLS = 300;
    private static final ExecutorService WORKERS =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    @AfterAll
    static void stop() {
        WORKERS.shutdownNow();
    }

    /** All methods but the loops that code of any kind need not end, and placeholders, which nobody feeds. */
    @TestFactory
    Stream<DynamicTest> allMethods() {
        List<Method> methods = FacadeMethods.all()
                .filter(method -> !Set.of("whileLoop", "placeholder").contains(method.getName())).toList();
        List<CompletableFuture<List<String>>> started = methods.stream()
                .map(method -> CompletableFuture.supplyAsync(() -> problems(method), WORKERS)).toList();
        return IntStream.range(0, methods.size()).mapToObj(i -> DynamicTest.dynamicTest(
                FacadeMethods.name(methods.get(i)), () -> assertThat(started.get(i).join()).isEmpty()));
    }

    private static List<String> problems(Method method) {
        return LongStream.range(SEED, SEED + (long) GRAPHS * CALLS).boxed()
                .flatMap(seed -> AnyGraph.of(method, seed).map(graph -> graph.difference()
                        .map(why -> "seed " + seed + ": " + why)).stream())
                .limit(GRAPHS).flatMap(Optional::stream).toList();
    }
}
