package dev.sinter.graph;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The functions of neural nets, under the names of TensorFlow's {@code tf.nn}. */
public final class Nn extends Normalizations {
    private Nn() {}

    /**
     * The greatest elements along the last axis, in falling order, the first of equals first and NaN before all others;
     * as {@code tf.math.top_k}. Gradients flow through the values. The elements are gone through once for each of them:
     * for a few of many.
     *
     * @param x numbers {@code [..., n]}
     * @param k how many
     * @throws GraphException where there are fewer, at the latest at a run
     */
    public static TopK topK(Operand x, long k) {
        return TopK.of(x, k);
    }

    /** Elements set to 0 with a probability, the others divided by the rest (Srivastava et al., 2014). */
    public static Tensor dropout(Operand x, double rate) {
        return dropout(x, rate, Optional.empty(), Optional.empty());
    }

    /** {@link #dropout(Operand, double)} under a seed of one's own. */
    public static Tensor dropout(Operand x, double rate, long seed) {
        return dropout(x, rate, Optional.empty(), Optional.of(seed));
    }

    /**
     * {@link #dropout(Operand, double)} of several elements together.
     *
     * @param noise the shape in which it is chosen what stays, which broadcasts to that of x; an
     *              {@link Shape#UNKNOWN} size is that of x
     */
    public static Tensor dropout(Operand x, double rate, Shape noise) {
        return dropout(x, rate, Optional.of(noise), Optional.empty());
    }

    /** {@link #dropout(Operand, double, Shape)} under a seed of one's own. */
    public static Tensor dropout(Operand x, double rate, Shape noise, long seed) {
        return dropout(x, rate, Optional.of(noise), Optional.of(seed));
    }

    /**
     * {@link #dropout(Operand, double)} by numbers of one's own, as {@code tf.nn.experimental.general_dropout}: what
     * has one below the rate is set to 0.
     *
     * @param uniform floats from 0 to below 1, of a shape that broadcasts to that of x
     */
    public static Tensor dropout(Operand x, Operand uniform, double rate) {
        requireRate(rate);
        return Composer.tensor("dropout", c -> {
            c.label("x", "uniform");
            if (!Composer.dtype(c.in(1)).isFloat()) {
                throw new GraphException("floats from 0 to 1 are needed, not " + c.describe(c.in(1)));
            }
            Node each = Shaping.broadcastTo(c, c.in(1), Composer.shape(c.in(0)));
            return dropped(c, c.in(0), c.map(ScalarFn.GE, each, c.fullLike(each, rate)), rate);
        }, x, uniform);
    }

    private static Tensor dropout(Operand x, double rate, Optional<Shape> noise, Optional<Long> seed) {
        requireRate(rate);
        return Composer.tensor("dropout", c -> {
            Shape shape = noise.map(given -> noiseShape(c, c.in(0), given)).orElse(Composer.shape(c.in(0)));
            Node uniform = c.graph().tensor(Random.uniform(DType.FLOAT32, shape, 0, 1, seed)).node();
            return dropped(c, c.in(0), c.map(ScalarFn.LT, uniform, c.fullLike(uniform, 1 - rate)), rate);
        }, x);
    }

    private static void requireRate(double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new GraphException("dropout: the rate " + rate + " is not from 0 to below 1\n  at " + Place.here());
        }
    }

    private static Node dropped(Composer c, Node x, Node kept, double rate) {
        Node scaled = c.map(ScalarFn.MUL, x, c.fullLike(x, 1 / (1 - rate)));
        return c.map(ScalarFn.SELECT, c.broadcastTo(kept, Composer.shape(x)), scaled, c.fullLike(x, 0));
    }

    private static Shape noiseShape(Composer c, Node x, Shape noise) {
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < noise.rank(); axis++) {
            if (noise.rank() != Composer.rank(x)) {
                break;
            }
            Dim own = Composer.shape(x).dim(axis);
            Dim given = noise.dim(axis).equals(Dim.UNKNOWN) ? own : noise.dim(axis);
            if (given.isConstant(1) || given.equals(own)) {
                dims.add(given);
            }
        }
        if (dims.size() != Composer.rank(x)) {
            throw new GraphException("the noise's shape " + noise.toUserString() + " has another rank than "
                    + c.describe(x) + ", or sizes that are neither 1 nor those of it");
        }
        return new Shape(dims);
    }

    /**
     * How queries attend to keys.
     *
     * @param mask    bools that broadcast to {@code [..., queries, keys]}: where a query may look. One that may look
     *                nowhere looks everywhere alike.
     * @param causal  whether a query looks at keys up to its own number alone
     * @param scale   of the products; none means {@code 1 / sqrt(depth)}
     * @param dropout the part of the weights that is dropped, from 0 to below 1
     */
    public record AttentionOptions(Optional<Operand> mask, boolean causal, OptionalDouble scale, double dropout) {
        /** Everything is looked at, and nothing dropped. */
        public static final AttentionOptions DEFAULT =
                new AttentionOptions(Optional.empty(), false, OptionalDouble.empty(), 0);

        /** These options with a mask. */
        public AttentionOptions withMask(Operand allowed) {
            return new AttentionOptions(Optional.of(allowed), causal, scale, dropout);
        }

        /** These options for queries that look at keys up to their own number alone. */
        public AttentionOptions withCausal() {
            return new AttentionOptions(mask, true, scale, dropout);
        }

        /** These options with a factor for the products. */
        public AttentionOptions withScale(double factor) {
            return new AttentionOptions(mask, causal, OptionalDouble.of(factor), dropout);
        }

        /** These options with a part of the weights dropped. */
        public AttentionOptions withDropout(double rate) {
            return new AttentionOptions(mask, causal, scale, rate);
        }
    }

    /** {@link #scaledDotProductAttention(Operand, Operand, Operand, AttentionOptions)} without a mask. */
    public static Tensor scaledDotProductAttention(Operand queries, Operand keys, Operand values) {
        return scaledDotProductAttention(queries, keys, values, AttentionOptions.DEFAULT);
    }

    /**
     * {@code softmax(scale * queries keys^T) values} (Vaswani et al., "Attention is all you need", 2017).
     *
     * @param queries floats {@code [..., queries, depth]}
     * @param keys    {@code [..., keys, depth]}
     * @param values  {@code [..., keys, n]}
     * @return {@code [..., queries, n]}
     */
    public static Tensor scaledDotProductAttention(Operand queries, Operand keys, Operand values,
            AttentionOptions options) {
        List<Operand> operands = new ArrayList<>(List.of(queries, keys, values));
        options.mask().ifPresent(operands::add);
        return Composite.tensor("scaled_dot_product_attention", operands, in -> Attention.of(in, options));
    }

    /** The rows of a table at indices, {@code [ids..., depth]}: {@link Ops#gather} along axis 0. */
    public static Tensor embeddingLookup(Operand table, Operand ids) {
        return Composite.tensor("embedding_lookup", List.of(table, ids), in -> Ops.gather(in.get(0), in.get(1)));
    }

    /** {@link #embeddingLookup(Operand, Operand)} of rows that are scaled down to a greatest norm. */
    public static Tensor embeddingLookup(Operand table, Operand ids, double maxNorm) {
        return Composite.tensor("embedding_lookup", List.of(table, ids), in ->
                Embedding.clipped(Ops.gather(in.get(0), in.get(1)), in.get(1).rank(), maxNorm));
    }

    /** Which rows of a table lie in which of its parts. */
    public enum Partition {
        /** Row {@code i} of {@code n} parts is row {@code i / n} of part {@code i % n}. */
        MOD,
        /** Each part has the rows that follow those of the part before. */
        DIV
    }

    /**
     * {@link #embeddingLookup(Operand, Operand)} of a table in parts.
     *
     * @param parts {@code [rows, depth...]}, at least one; of known numbers of rows where they follow each other
     */
    public static Tensor embeddingLookup(List<? extends Operand> parts, Operand ids, Partition partition) {
        List<Operand> operands = new ArrayList<>(parts);
        operands.add(ids);
        return Composite.tensor("embedding_lookup", operands, in -> Embedding.lookup(in, partition));
    }

    /** How the embeddings of one example become one. */
    public enum Combiner {
        /** {@code sum(weight * row)}. */
        SUM,
        /** {@code sum(weight * row) / sum(weight)}. */
        MEAN,
        /** {@code sum(weight * row) / sqrt(sum(weight^2))}. */
        SQRTN
    }

    /**
     * For each example one embedding made of the rows of several ids, which are given in the coordinates of a sparse
     * matrix. An example without ids gets zeros.
     *
     * @param table    {@code [rows, depth]}
     * @param examples the example of each id, integers {@code [n]}
     * @param ids      integers {@code [n]}
     * @param weights  floats {@code [n]} of the table's dtype
     * @param count    how many examples there are
     * @return {@code [count, depth]}
     */
    public static Tensor embeddingLookupSparse(Operand table, Operand examples, Operand ids, Operand weights,
            Combiner combiner, Dim count) {
        return Composite.tensor("embedding_lookup_sparse", List.of(table, examples, ids, weights),
                in -> Embedding.combined(in, combiner, count));
    }

    /**
     * {@link #embeddingLookupSparse} that leaves out ids below 0 and, unless they are summed, weights that are not
     * above 0.
     *
     * @param defaultId the row that an example without ids gets; none means zeros
     */
    public static Tensor safeEmbeddingLookupSparse(Operand table, Operand examples, Operand ids, Operand weights,
            Combiner combiner, Dim count, OptionalLong defaultId) {
        return Composite.tensor("safe_embedding_lookup_sparse", List.of(table, examples, ids, weights),
                in -> Embedding.safe(in, combiner, count, defaultId));
    }

    /**
     * The negative logarithm of the probability that a sequence of class scores shows given labels, with blanks
     * between them and repetitions of them left out (Graves et al., "Connectionist temporal classification", 2006).
     * Infinite, with a gradient of 0, where there are too few steps for the labels.
     *
     * @param labels       class numbers, integers {@code [batch, labels]}
     * @param logits       floats {@code [time, batch, classes]}
     * @param labelLengths how many labels count, integers {@code [batch]}
     * @param logitLengths how many steps count, integers {@code [batch]}
     * @param blank        the class of blanks; negative from the end
     * @return {@code [batch]}
     * @throws GraphException where operands do not fit; at a run where a length is negative or greater than the number
     *                        of labels or steps, or the blank or a label that counts is none of the classes
     */
    public static Tensor ctcLoss(Operand labels, Operand logits, Operand labelLengths, Operand logitLengths,
            long blank) {
        return Composite.tensor("ctc_loss", List.of(labels, logits, labelLengths, logitLengths),
                in -> Ctc.loss("ctc_loss", in, blank));
    }

    /**
     * The labels of the best class of each step, without blanks.
     *
     * @param logits         floats {@code [time, batch, classes]}
     * @param lengths        how many steps count, integers {@code [batch]}
     * @param mergeRepeated  whether a class that follows itself counts once
     * @param blank          the class of blanks; negative from the end
     * @throws GraphException where operands do not fit; at a run where a length is negative or greater than the number
     *                        of steps, or the blank is none of the classes
     */
    public static CtcDecoded ctcGreedyDecoder(Operand logits, Operand lengths, boolean mergeRepeated, long blank) {
        return Composite.of("ctc_greedy_decoder", List.of(logits, lengths),
                in -> Ctc.greedy("ctc_greedy_decoder", in.get(0), in.get(1), mergeRepeated, blank));
    }

    /**
     * The most probable sequences of labels that a beam search over prefixes finds, blanks and repetitions left out.
     * Java code computes it; no gradient flows. The blank is the last class.
     *
     * @param logits   floats {@code [time, batch, classes]}
     * @param lengths  how many steps count, integers {@code [batch]}
     * @param width    how many prefixes are kept after each step, at least the number of paths
     * @param topPaths how many sequences are given, the most probable first
     * @throws GraphException where operands do not fit; at a run where a length is negative or greater than the number
     *                        of steps
     */
    public static List<CtcDecoded> ctcBeamSearchDecoder(Operand logits, Operand lengths, int width, int topPaths) {
        return Composite.of("ctc_beam_search_decoder", List.of(logits, lengths),
                in -> BeamSearch.decode("ctc_beam_search_decoder", in.get(0), in.get(1), width, topPaths));
    }

    /**
     * Sequences in which what follows itself counts once.
     *
     * @param labels  integers {@code [batch, time]}
     * @param lengths how many count, integers {@code [batch]}; all where it is greater than their number, none where it
     *                is negative
     */
    public static CtcDecoded collapseRepeated(Operand labels, Operand lengths) {
        return Composite.of("collapse_repeated", List.of(labels, lengths), in -> Ctc.collapsed(in.get(0), in.get(1)));
    }

    /**
     * Labels without repetitions.
     *
     * @param labels  each label of a sequence once, in the order of their first places and 0 behind them, int64
     *                {@code [batch, n]}
     * @param indices where each label of the sequence is among them, int32 {@code [batch, n]}
     */
    public record UniqueLabels(Tensor labels, Tensor indices) {}

    /**
     * The different labels of each sequence, padding included: as {@code tf.nn.ctc_unique_labels}. Memory and time are
     * those of {@code [batch, n, n]}.
     *
     * @param labels integers {@code [batch, n]}
     */
    public static UniqueLabels ctcUniqueLabels(Operand labels) {
        return Composite.of("ctc_unique_labels", List.of(labels), in -> Ctc.unique(in.getFirst()));
    }
}
