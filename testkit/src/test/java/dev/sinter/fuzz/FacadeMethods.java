package dev.sinter.fuzz;

import dev.sinter.graph.Bitwise;
import dev.sinter.graph.Complex;
import dev.sinter.graph.Control;
import dev.sinter.graph.Debugging;
import dev.sinter.graph.Derivatives;
import dev.sinter.graph.Image;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Quantization;
import dev.sinter.graph.Random;
import dev.sinter.graph.Select;
import dev.sinter.graph.Signal;
import dev.sinter.graph.Special;
import dev.sinter.linalg.Decompositions;
import dev.sinter.linalg.LinearOperator;
import dev.sinter.nn.Layers;
import dev.sinter.nn.LearningRates;
import dev.sinter.nn.Losses;
import dev.sinter.nn.Metrics;
import dev.sinter.nn.Rnn;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public methods of all facades. */
final class FacadeMethods {
    private static final List<Class<?>> FACADES = List.of(Ops.class, Nn.class, Linalg.class, Special.class,
            Select.class, Random.class, Image.class, Signal.class, Quantization.class, Bitwise.class, Debugging.class,
            Derivatives.class, Control.class, Complex.class, Decompositions.class, LinearOperator.class, Losses.class,
            Metrics.class, Layers.class, LearningRates.class, Rnn.class);

    private FacadeMethods() {}

    /** All methods, in the order of their names. */
    static Stream<Method> all() {
        return FACADES.stream().flatMap(facade -> Stream.of(facade.getMethods()))
                .filter(method -> Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .peek(method -> method.setAccessible(true)).distinct()
                .sorted(Comparator.comparing(FacadeMethods::name));
    }

    /** {@code Facade.method(Type, Type)}. */
    static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName()
                + Stream.of(method.getParameterTypes()).map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
