package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.GraphException;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every method of every facade, called with arguments of any kind, makes its nodes or fails with a
 * {@link GraphException} that names the op and the user's line. The seed and the number of calls of a method are chosen
 * as in {@link ProgramFuzzTest}.
 */
final class AnyArgumentsTest {
    private static final long SEED = Long.getLong("sinter.fuzz.seed", 1);
    private static final int CALLS = Integer.getInteger("sinter.fuzz.count", 60);

    /** Methods whose op has another name. */
    private static final Map<String, String> OTHER_NAMES = Map.of("of", "complex", "ofinterleaved", "complex", "join",
            "complex", "where", "nonzero", "swish", "silu", "multinomial", "categorical", "statelessmultinomial",
            "categorical");

    @TestFactory
    Stream<DynamicTest> allMethods() {
        return FacadeMethods.all().map(method -> DynamicTest.dynamicTest(FacadeMethods.name(method), () ->
                assertThat(LongStream.range(SEED, SEED + CALLS).mapToObj(seed -> problem(method, seed))
                        .flatMap(Optional::stream)).isEmpty()));
    }

    /** What is wrong with a call of a method. */
    static Optional<String> problem(Method method, long seed) {
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

    /** Whether a message begins with the name of an op: of the method's, or of any that made an argument. */
    private static boolean isNamed(Method method, String message, boolean called) {
        String op = message.substring(0, Math.max(0, message.indexOf(':'))).replace("_", "");
        if (!called || Stream.of(method.getParameterTypes()).anyMatch(AnyArguments::isCode)) {
            return op.matches("[A-Za-z][A-Za-z0-9/]*");
        }
        String name = method.getName().toLowerCase(Locale.ROOT);
        return !op.isEmpty() && (op.contains(name) || name.contains(op)
                || op.contains(OTHER_NAMES.getOrDefault(name, name)));
    }
}
