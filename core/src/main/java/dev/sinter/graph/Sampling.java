package dev.sinter.graph;

import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.negative;

import dev.sinter.op.CustomGradient;
import dev.sinter.op.Refusal;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The random ops whose parameters are tensors, with a seed that is a tensor or with numbers that each run draws. */
final class Sampling {
    private Sampling() {}

    /** What an op makes of random words and of its parameters, of one float64 or wider shape. */
    private interface Body {
        Tensor of(Words words, List<Tensor> parameters);
    }

    private static Tensor sample(String op, Shape shape, Optional<Operand> seed, Optional<Long> opSeed,
            List<String> labels, List<? extends Operand> parameters, Body body) {
        List<Operand> operands = new ArrayList<>(parameters);
        seed.ifPresent(operands::add);
        return Composite.tensor(op, c -> {
            c.label(seed.isPresent() ? with(labels, "seed") : labels.toArray(String[]::new));
            Distributions.requireSizes(shape);
            List<Node> nodes = c.ins().subList(0, parameters.size());
            c.sameDtype(nodes);
            if (!Composer.dtype(nodes.getFirst()).isFloat()) {
                throw new GraphException(c.describe(nodes.getFirst()) + " is not of a float dtype; cast(...) it");
            }
            List<Tensor> fitting = new ArrayList<>();
            for (Node node : nodes) {
                if (!mayBroadcast(Composer.shape(node), shape)) {
                    throw new GraphException(c.describe(node) + " does not broadcast to the shape "
                            + shape.toUserString());
                }
                fitting.add(broadcastTo(node.tensor(), shape));
            }
            Words words = seed.isPresent() ? Words.ofSeed(c, c.in(parameters.size()))
                    : Words.ofRun(c.graph(), opSeed);
            return body.of(words, fitting);
        }, operands);
    }

    /** Whether sizes that are known do not keep a tensor from being stretched to a shape. */
    private static boolean mayBroadcast(Shape own, Shape shape) {
        int skip = shape.rank() - own.rank();
        return skip >= 0 && IntStream.range(0, own.rank()).allMatch(axis -> {
            Dim from = own.dim(axis);
            Dim to = shape.dim(axis + skip);
            return !from.isConstant() || !to.isConstant() || from.isConstant(1) || from.equals(to);
        });
    }

    private static void requireNumbers(String op, DType dtype) {
        if (dtype == DType.BOOL) {
            throw new GraphException(op + ": counts are numbers, not bool\n  at " + Place.here());
        }
    }

    private static String[] with(List<String> labels, String last) {
        List<String> all = new ArrayList<>(labels);
        all.add(last);
        return all.toArray(String[]::new);
    }

    private static Tensor withoutGradient(String op, Tensor x, String why) {
        return Composer.tensor(op, c -> c.add(new CustomGradient(op, new Refusal(why)), c.in(0)), x);
    }

    /** The shape of some samples of each parameter. */
    static Shape shape(Shape samples, Operand... parameters) {
        Shape common = parameters[0].shape();
        for (Operand parameter : parameters) {
            common = parameter.shape().rank() > common.rank() ? parameter.shape() : common;
        }
        List<Dim> dims = new ArrayList<>(samples.dims());
        for (int axis = 0; axis < common.rank(); axis++) {
            Dim size = Dim.ONE;
            for (Operand parameter : parameters) {
                int own = axis - common.rank() + parameter.shape().rank();
                size = own < 0 ? size : size.broadcast(parameter.shape().dim(own));
            }
            dims.add(size);
        }
        return new Shape(dims);
    }

    static Tensor truncatedNormal(String op, Shape shape, Optional<Operand> seed, Optional<Long> opSeed,
            List<Operand> parameters) {
        return sample(op, shape, seed, opSeed, List.of("means", "deviations", "lowest", "highest"), parameters,
                (words, all) -> {
            List<Tensor> wide = all.stream().map(x -> cast(x, DType.FLOAT64)).toList();
            Tensor drawn = TruncatedNormal.of(words, wide.get(0), wide.get(1), wide.get(2), wide.get(3));
            return withoutGradient(op, cast(drawn, all.getFirst().dtype()),
                    "what bounds a truncated normal variable has no gradient here");
        });
    }

    static Tensor gamma(String op, Shape shape, Optional<Operand> seed, Optional<Long> opSeed, Operand alpha,
            Operand beta) {
        return sample(op, shape, seed, opSeed, List.of("alpha", "beta"), List.of(alpha, beta), (words, all) -> {
            Tensor drawn = Gamma.of(words, all.get(0));
            return Composer.tensor(op, c -> c.add(new CustomGradient(op, new GammaGradient()), c.in(0), c.in(1)), drawn,
                    all.get(0)).div(all.get(1));
        });
    }

    static Tensor poisson(String op, DType dtype, Shape shape, Optional<Operand> seed, Optional<Long> opSeed,
            Operand rate) {
        requireNumbers(op, dtype);
        return sample(op, shape, seed, opSeed, List.of("rate"), List.of(rate), (words, all) -> withoutGradient(op,
                cast(Counts.poisson(words, cast(all.getFirst(), DType.FLOAT64)), dtype),
                "a Poisson variable is an integer, which does not vary continuously with its rate"));
    }

    static Tensor binomial(String op, DType dtype, Shape shape, Optional<Operand> seed, Optional<Long> opSeed,
            Operand counts, Operand probabilities) {
        requireNumbers(op, dtype);
        return sample(op, shape, seed, opSeed, List.of("counts", "probabilities"), List.of(counts, probabilities),
                (words, all) -> withoutGradient(op, cast(Counts.binomial(words, cast(all.get(0), DType.FLOAT64),
                cast(all.get(1), DType.FLOAT64)), dtype),
                "a binomial variable is an integer, which does not vary continuously with its parameters"));
    }

    /** The elements along axis 0 in a random order. */
    static Tensor shuffled(String op, Operand given, Optional<Operand> seed, Optional<Long> opSeed) {
        List<Operand> operands = new ArrayList<>(List.of(given));
        seed.ifPresent(operands::add);
        return Composite.tensor(op, c -> {
            c.label("x", "seed");
            if (Composer.rank(c.in(0)) == 0) {
                throw new GraphException(c.describe(c.in(0)) + " has no axis 0");
            }
            Tensor x = c.in(0).tensor();
            Words words = seed.isPresent() ? Words.ofSeed(c, c.in(1)) : Words.ofRun(c.graph(), opSeed);
            return x.dim(0).isConstant(0) ? x : Clamped.gather(x, Permutation.of(words, x.dim(0)), 0);
        }, operands);
    }

    static Tensor categorical(String op, Operand logits, long samples, Optional<Operand> seed,
            Optional<Long> opSeed) {
        List<Operand> operands = new ArrayList<>(List.of(logits));
        seed.ifPresent(operands::add);
        return Composite.tensor(op, c -> {
            c.label("logits", "seed");
            Node given = c.in(0);
            if (Composer.rank(given) != 2 || !Composer.dtype(given).isFloat() || samples < 0
                    || Composer.shape(given).dim(1).isConstant(0)) {
                throw new GraphException("floats [batch, classes] of at least one class and a number of samples from 0"
                        + " on are needed, not " + c.describe(given) + " and " + samples);
            }
            Tensor x = cast(given.tensor(), DType.FLOAT64);
            Words words = seed.isPresent() ? Words.ofSeed(c, c.in(1)) : Words.ofRun(c.graph(), opSeed);
            Shape all = Shape.of(x.dim(0), Dim.of(samples), x.dim(1));
            // Gumbel's trick: the greatest of the logits with such noise is each with its probability.
            Tensor noise = negative(log(negative(log(words.inside(DType.FLOAT64, all, 0)))));
            return Ops.argMax(noise.plus(Ops.expandDims(x, 1)), 2);
        }, operands);
    }
}
