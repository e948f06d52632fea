package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.PrimitiveIterator;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The activations of recurrent layers by name. Lists of alpha and beta have an element for each activation, in their
 * order, that has such a parameter.
 */
final class RecurrentActivations {
    private final Call call;
    private final PrimitiveIterator.OfDouble alphas;
    private final PrimitiveIterator.OfDouble betas;

    private RecurrentActivations(Call call) {
        this.call = call;
        this.alphas = numbers(call, "activation_alpha");
        this.betas = numbers(call, "activation_beta");
    }

    private static PrimitiveIterator.OfDouble numbers(Call call, String attribute) {
        return call.numbers(attribute).map(Arrays::stream).orElseGet(DoubleStream::empty).iterator();
    }

    /** The activations of each direction, their inputs clipped where the call says so. */
    static List<List<UnaryOperator<Tensor>>> of(Call call, int directions, String... otherwise) {
        List<String> names = call.texts("activations").filter(some -> !some.isEmpty())
                .orElseGet(() -> Stream.generate(() -> otherwise).limit(directions).flatMap(Arrays::stream).toList());
        if (names.size() != directions * otherwise.length) {
            throw call.wrong(names.size() + " activations are given for " + directions + " directions with "
                    + otherwise.length + " each");
        }
        RecurrentActivations reader = new RecurrentActivations(call);
        Iterator<String> next = names.iterator();
        List<List<UnaryOperator<Tensor>>> all = new ArrayList<>();
        for (int direction = 0; direction < directions; direction++) {
            List<UnaryOperator<Tensor>> some = new ArrayList<>();
            for (int i = 0; i < otherwise.length; i++) {
                some.add(clipped(call, reader.function(next.next())));
            }
            all.add(some);
        }
        return all;
    }

    private static UnaryOperator<Tensor> clipped(Call call, UnaryOperator<Tensor> function) {
        double bound = call.number("clip", 0);
        if (bound < 0) {
            throw call.wrong("clip must not be negative: " + bound);
        }
        return bound == 0 ? function : x -> function.apply(Ops.clipByValue(x, -bound, bound));
    }

    private double alpha(double otherwise) {
        return alphas.hasNext() ? alphas.nextDouble() : otherwise;
    }

    private double beta(double otherwise) {
        return betas.hasNext() ? betas.nextDouble() : otherwise;
    }

    private UnaryOperator<Tensor> function(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "relu" -> x -> Ops.maximum(x, 0);
            case "tanh" -> Ops::tanh;
            case "sigmoid" -> Ops::sigmoid;
            case "softsign" -> Nn::softsign;
            case "softplus" -> Nn::softplus;
            case "affine" -> affine(alpha(1), beta(0));
            case "leakyrelu" -> leaky((float) alpha(0.01f));
            case "thresholdedrelu" -> thresholded(alpha(1));
            case "scaledtanh" -> scaled(alpha(1), beta(1));
            case "hardsigmoid" -> hard(alpha(0.2f), beta(0.5));
            case "elu" -> elu(alpha(1));
            default -> throw call.wrong("there is no activation '" + name + "': Relu, Tanh, Sigmoid, Softsign,"
                    + " Softplus, Affine, LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid and Elu are");
        };
    }

    private static UnaryOperator<Tensor> affine(double alpha, double beta) {
        return x -> x.times(alpha).plus(beta);
    }

    private static UnaryOperator<Tensor> leaky(float alpha) {
        return x -> Nn.leakyRelu(x, alpha);
    }

    private static UnaryOperator<Tensor> thresholded(double alpha) {
        return x -> Ops.where(Ops.less(x, alpha), Ops.zerosLike(x), x);
    }

    private static UnaryOperator<Tensor> scaled(double alpha, double beta) {
        return x -> Ops.tanh(x.times(beta)).times(alpha);
    }

    private static UnaryOperator<Tensor> hard(double alpha, double beta) {
        return x -> ActivationOperators.hardSigmoid(x, alpha, beta);
    }

    private static UnaryOperator<Tensor> elu(double alpha) {
        return x -> Nn.elu(x, alpha);
    }
}
