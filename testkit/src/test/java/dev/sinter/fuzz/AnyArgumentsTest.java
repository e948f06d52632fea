package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Random;
import dev.sinter.linalg.LinearOperator;
import dev.sinter.tensor.GraphException;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every method of every facade, called with arguments of any kind, makes its nodes or fails with a
 * {@link GraphException} that names the op and the user's line. Some call of each method is taken. The seed and the
 * number of calls of a method are chosen as in {@link ProgramFuzzTest}.
 */
final class AnyArgumentsTest {
    private static final long SEED = Long.getLong("sinter.fuzz.seed", 1);
    private static final int CALLS = Integer.getInteger("sinter.fuzz.count", 60);
    /** The seeds, from 1 on, of one of which each method takes the arguments. */
    private static final long SEEDS = 1500;

    /** Methods that take no arguments of these seeds, each with the reason. */
    private static final Map<String, String> REFUSING = Map.of(
            "Image.ssimMultiscale(Operand, Operand, double)", "takes images of 176 pixels and more");

    /** The names of ops that are not those of their methods, by class and method: of the op that a method is. */
    private static final Map<String, String> OTHER_NAMES = Map.ofEntries(
            Map.entry("Activations.swish", "silu"),
            Map.entry("ArrayOps.meshgridOfMatrix", "meshgrid"),
            Map.entry("ArrayOps.shapeOf", "shape"),
            Map.entry("Complex.of", "complex"),
            Map.entry("Complex.ofInterleaved", "complex"),
            Map.entry("ImageShapes.transpose", "transpose_image"),
            Map.entry("IndexOps.sequenceMaskOfLongest", "sequence_mask"),
            Map.entry("MathOps.mod", "floormod"),
            Map.entry("Ops.argMax", "argmax"),
            Map.entry("Ops.argMin", "argmin"),
            Map.entry("Ops.divide", "div"),
            Map.entry("Ops.multiply", "mul"),
            Map.entry("Ops.negative", "neg"),
            Map.entry("Ops.reduceLogSumExp", "reduce_logsumexp"),
            Map.entry("Ops.remainder", "rem"),
            Map.entry("Ops.subtract", "sub"),
            Map.entry("OrderOps.searchSorted", "searchsorted"),
            Map.entry("Quantization.matMulInteger", "matmul_integer"),
            Map.entry("Quantization.qLinearConv", "qlinear_conv"),
            Map.entry("Quantization.qLinearMatMul", "qlinear_matmul"),
            Map.entry("Random.parameterizedTruncatedNormal", "parameterized_truncated_normal"),
            Map.entry("Random.truncatedNormal", "truncated_normal"),
            Map.entry("Random.multinomial", "random_categorical"),
            Map.entry("Rnn.bidirectionalRnn", "rnn"),
            Map.entry("Rnn.dynamicRnn", "rnn"),
            Map.entry("Rnn.stackedRnn", "rnn"),
            Map.entry("StatelessRandom.statelessMultinomial", "stateless_categorical"));

    /** What the names of all ops of a facade begin with. */
    private static final Map<Class<?>, String> PREFIXES = Map.of(Random.class, "random_", LinearOperator.class,
            "linear_operator_");

    /** The same of methods one of whose overloads alone is another op. */
    private static final Map<String, String> OTHER_OVERLOADS = Map.of(
            "IndexOps.slice(Operand, Index[])", "strided_slice", "Ops.where(Operand)", "nonzero",
            "Ops.reduce(ReduceFn, Operand, int[], boolean)",
            "reduce_sum|reduce_prod|reduce_max|reduce_min|reduce_all|reduce_any");

    @TestFactory
    Stream<DynamicTest> allMethods() {
        return FacadeMethods.all().map(method -> DynamicTest.dynamicTest(FacadeMethods.name(method), () -> {
            assertThat(LongStream.range(SEED, SEED + CALLS).mapToObj(seed -> problem(method, seed))
                    .flatMap(Optional::stream)).isEmpty();
            assertThat(LongStream.rangeClosed(1, SEEDS).noneMatch(seed -> isTaken(method, seed)))
                    .as("refuses all arguments").isEqualTo(REFUSING.containsKey(FacadeMethods.name(method)));
        }));
    }

    @Test
    void exceptionsAreMethods() {
        assertThat(FacadeMethods.all().map(FacadeMethods::name)).containsAll(REFUSING.keySet())
                .containsAll(OTHER_OVERLOADS.keySet());
        assertThat(FacadeMethods.all().map(AnyArgumentsTest::shortName)).containsAll(OTHER_NAMES.keySet());
    }

    private static boolean isTaken(Method method, long seed) {
        AnyArguments arguments = AnyArguments.of(method, seed);
        try {
            Object[] drawn = arguments.forParameters(method);
            AnyArguments.value(() -> method.invoke(null, drawn));
            return true;
        } catch (GraphException refused) {
            return false;
        }
    }

    /** What is wrong with a call of a method. */
    private static Optional<String> problem(Method method, long seed) {
        AnyArguments arguments = AnyArguments.of(method, seed);
        Object[] drawn = {};
        boolean called = false;
        String wrong;
        try {
            drawn = arguments.forParameters(method);
            called = true;
            Object[] given = drawn;
            AnyArguments.value(() -> method.invoke(null, given));
            return Optional.empty();
        } catch (GraphException problem) {
            String message = problem.getMessage();
            if (isNamed(method, message, called) && (!called || message.contains("\n  at "))) {
                return Optional.empty();
            }
            wrong = "does not say where: " + message;
        } catch (RuntimeException | Error bug) {
            wrong = "throws " + bug + Stream.of(bug.getStackTrace()).limit(5).map(line -> "\n  " + line)
                    .collect(Collectors.joining());
        }
        return Optional.of("seed " + seed + " " + wrong + "\n  of " + AnyArguments.text(drawn));
    }

    /**
     * Whether a message begins with the name of the method's op; with any name where an argument cannot be made, or
     * where the method calls code of the user's, which fails by itself.
     */
    private static boolean isNamed(Method method, String message, boolean called) {
        return Stream.of(op(method).split("\\|")).anyMatch(name -> message.startsWith(name + ": "))
                || (!called || Stream.of(method.getParameterTypes()).anyMatch(AnyArguments::isCode))
                && message.matches("(?s)[a-z][a-z0-9_]*(/[a-z0-9_]+)*: .*");
    }

    /** The name of a method's op: that of TensorFlow, in lower case with underscores; several between bars. */
    private static String op(Method method) {
        String name = method.getName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        return OTHER_OVERLOADS.getOrDefault(FacadeMethods.name(method), OTHER_NAMES.getOrDefault(shortName(method),
                PREFIXES.getOrDefault(method.getDeclaringClass(), "") + name));
    }

    private static String shortName(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }
}
