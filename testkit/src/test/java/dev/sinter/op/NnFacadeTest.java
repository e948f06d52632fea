package dev.sinter.op;

import dev.sinter.graph.CtcDecoded;
import dev.sinter.graph.FusedBatchNorm;
import dev.sinter.graph.Moments;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Nn.AttentionOptions;
import dev.sinter.graph.Nn.Combiner;
import dev.sinter.graph.Nn.Partition;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Activations, cross entropies, normalizations, embeddings, attention and CTC. */
final class NnFacadeTest extends FacadeTest {
    NnFacadeTest() {
        super("nn", rows());
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>(activations());
        rows.addAll(losses());
        rows.addAll(normalizations());
        rows.addAll(embeddings());
        rows.addAll(sequences());
        return rows;
    }

    private static List<Row> activations() {
        return List.of(
                Row.of("relu", in -> Nn.relu(in.get(0))),
                Row.of("relu6", in -> Nn.relu6(in.get(0))),
                Row.of("crelu", in -> Nn.crelu(in.get(0))),
                Row.of("crelu_axis", in -> Nn.crelu(in.get(0), 0)),
                Row.of("leaky_relu", in -> Nn.leakyRelu(in.get(0))),
                Row.of("prelu", in -> Nn.prelu(in.get(0), in.get(1))),
                Row.of("elu", in -> Nn.elu(in.get(0))),
                Row.of("selu", in -> Nn.selu(in.get(0))),
                Row.of("softplus", in -> Nn.softplus(in.get(0))),
                Row.of("log_sigmoid", in -> Nn.logSigmoid(in.get(0))),
                Row.of("softsign", in -> Nn.softsign(in.get(0))),
                Row.of("silu", in -> Nn.swish(in.get(0))),
                Row.of("silu_beta", in -> Nn.silu(in.get(0), 1.5)),
                Row.of("hard_sigmoid", in -> Nn.hardSigmoid(in.get(0))),
                Row.of("hard_swish", in -> Nn.hardSwish(in.get(0))),
                Row.of("mish", in -> Nn.mish(in.get(0))),
                Row.of("gelu", in -> Nn.gelu(in.get(0))),
                Row.of("gelu_approximate", in -> Nn.gelu(in.get(0), true)),
                Row.of("dropout_by", in -> Nn.dropout(in.get(0), in.get(1), 0.25)),
                Row.of("xw_plus_b", in -> Nn.xwPlusB(in.get(0), in.get(1), in.get(2))),
                Row.of("relu_layer", in -> Nn.reluLayer(in.get(0), in.get(1), in.get(2))),
                Row.of("bias_add", in -> Nn.biasAdd(in.get(0), in.get(1))),
                Row.of("bias_add_first", in -> Nn.biasAdd(in.get(0), in.get(1), true)),
                Row.of("softmax_axis", in -> Nn.softmax(in.get(0), 0)),
                Row.of("log_softmax_axis", in -> Nn.logSoftmax(in.get(0), 0)),
                Row.of("zero_fraction", in -> Nn.zeroFraction(in.get(0))));
    }

    private static List<Row> losses() {
        return List.of(
                Row.of("softmax_cross_entropy", in -> Nn.softmaxCrossEntropyWithLogits(in.get(0), in.get(1))),
                Row.of("softmax_cross_entropy_axis",
                        in -> Nn.softmaxCrossEntropyWithLogits(in.get(0), in.get(1), 0)),
                Row.of("sparse_softmax_cross_entropy",
                        in -> Nn.sparseSoftmaxCrossEntropyWithLogits(in.get(0), in.get(1))),
                Row.of("sigmoid_cross_entropy", in -> Nn.sigmoidCrossEntropyWithLogits(in.get(0), in.get(1))),
                Row.of("weighted_cross_entropy", in -> Nn.weightedCrossEntropyWithLogits(in.get(0), in.get(1), 2.5)),
                Row.of("log_poisson_loss", in -> Nn.logPoissonLoss(in.get(0), in.get(1))),
                Row.of("log_poisson_loss_full", in -> Nn.logPoissonLoss(in.get(0), in.get(1), true)),
                Row.of("in_top_k", in -> Nn.inTopK(in.get(0), in.get(1), 2)));
    }

    private static Row moments(String name, Function<List<Tensor>, Moments> call) {
        return new Row(name, in -> {
            Moments moments = call.apply(in);
            return List.of(moments.mean(), moments.variance());
        });
    }

    private static Row batchNorm(String name, Function<List<Tensor>, FusedBatchNorm> call) {
        return new Row(name, in -> {
            FusedBatchNorm norm = call.apply(in);
            return List.of(norm.y(), norm.mean(), norm.variance());
        });
    }

    private static List<Row> normalizations() {
        return List.of(
                moments("moments", in -> Nn.moments(in.get(0), 0, 2)),
                moments("moments_kept", in -> Nn.moments(in.get(0), new int[] {1}, true)),
                moments("weighted_moments", in -> Nn.weightedMoments(in.get(0), new int[] {0, 2}, in.get(1), false)),
                new Row("sufficient_statistics", in -> {
                    Moments.Sums sums = Nn.sufficientStatistics(in.get(0), new int[] {0, 1}, in.get(1), false);
                    return List.of(sums.count(), sums.sum(), sums.squares());
                }),
                moments("normalize_moments", in -> Nn.normalizeMoments(
                        new Moments.Sums(in.get(0), in.get(1), in.get(2), Optional.of(in.get(3))))),
                Row.of("batch_normalization", in -> Nn.batchNormalization(in.get(0), in.get(1), in.get(2), in.get(3),
                        in.get(4), 1e-3)),
                Row.of("batch_norm_global", in -> Nn.batchNormWithGlobalNormalization(in.get(0), in.get(1),
                        in.get(2), in.get(3), in.get(4), 1e-3, false)),
                batchNorm("fused_batch_norm", in -> Nn.fusedBatchNorm(in.get(0), in.get(1), in.get(2), 1e-3, false)),
                batchNorm("fused_batch_norm_first",
                        in -> Nn.fusedBatchNorm(in.get(0), in.get(1), in.get(2), 1e-3, true)),
                Row.of("fused_batch_norm_inference", in -> Nn.fusedBatchNorm(in.get(0), in.get(1), in.get(2),
                        in.get(3), in.get(4), 1e-3, false).y()),
                Row.of("layer_norm", in -> Nn.layerNorm(in.get(0), in.get(1), in.get(2), 1e-5)),
                Row.of("rms_norm", in -> Nn.rmsNorm(in.get(0), in.get(1), 1e-5)),
                Row.of("group_norm", in -> Nn.groupNorm(in.get(0), 2, in.get(1), in.get(2), 1e-5, false)),
                Row.of("group_norm_first", in -> Nn.groupNorm(in.get(0), 2, in.get(1), in.get(2), 1e-5, true)),
                Row.of("instance_norm", in -> Nn.instanceNorm(in.get(0), in.get(1), in.get(2), 1e-5, false)),
                Row.of("l2_normalize", in -> Nn.l2Normalize(in.get(0), 1, 2)),
                Row.of("local_response", in -> Nn.localResponseNormalization(in.get(0), 2, 1.5, 0.7, 0.75)),
                Row.of("local_response_default", in -> Nn.localResponseNormalization(in.get(0))));
    }

    private static List<Row> embeddings() {
        List<Row> rows = new ArrayList<>(List.of(
                Row.of("attention", in -> Nn.scaledDotProductAttention(in.get(0), in.get(1), in.get(2))),
                Row.of("attention_masked", in -> Nn.scaledDotProductAttention(in.get(0), in.get(1), in.get(2),
                        AttentionOptions.DEFAULT.withMask(in.get(3)))),
                Row.of("attention_causal", in -> Nn.scaledDotProductAttention(in.get(0), in.get(1), in.get(2),
                        AttentionOptions.DEFAULT.withCausal().withScale(0.3))),
                Row.of("embedding_lookup", in -> Nn.embeddingLookup(in.get(0), in.get(1))),
                Row.of("embedding_lookup_norm", in -> Nn.embeddingLookup(in.get(0), in.get(1), 1.5)),
                Row.of("embedding_lookup_mod",
                        in -> Nn.embeddingLookup(in.subList(0, 3), in.get(3), Partition.MOD)),
                Row.of("embedding_lookup_div",
                        in -> Nn.embeddingLookup(in.subList(0, 3), in.get(3), Partition.DIV)),
                Row.of("embedding_safe_mean", in -> Nn.safeEmbeddingLookupSparse(in.get(0), in.get(1), in.get(2),
                        in.get(3), Combiner.MEAN, Dim.of(4), OptionalLong.empty())),
                Row.of("embedding_safe_default", in -> Nn.safeEmbeddingLookupSparse(in.get(0), in.get(1), in.get(2),
                        in.get(3), Combiner.SQRTN, Dim.of(4), OptionalLong.of(4)))));
        for (Combiner combiner : Combiner.values()) {
            rows.add(Row.of("embedding_sparse_" + combiner.name().toLowerCase(Locale.ROOT),
                    in -> Nn.embeddingLookupSparse(in.get(0), in.get(1), in.get(2), in.get(3), combiner, Dim.of(4))));
        }
        return rows;
    }

    private static List<Tensor> decoded(CtcDecoded decoded) {
        return List.of(decoded.labels(), decoded.lengths(), decoded.score());
    }

    private static List<Row> sequences() {
        return List.of(
                Row.of("ctc_loss", in -> Nn.ctcLoss(in.get(0), in.get(1), in.get(2), in.get(3), 0)),
                Row.of("ctc_loss_last", in -> Nn.ctcLoss(in.get(0), in.get(1), in.get(2), in.get(3), -1)),
                new Row("ctc_greedy_merged",
                        in -> decoded(Nn.ctcGreedyDecoder(in.get(0), in.get(1), true, -1))),
                new Row("ctc_greedy_plain",
                        in -> decoded(Nn.ctcGreedyDecoder(in.get(0), in.get(1), false, -1))),
                new Row("ctc_beam", in -> Nn.ctcBeamSearchDecoder(in.get(0), in.get(1), 200, 2).stream()
                        .flatMap(path -> decoded(path).stream()).toList()),
                new Row("collapse_repeated", in -> {
                    CtcDecoded collapsed = Nn.collapseRepeated(in.get(0), in.get(1));
                    return List.of(collapsed.labels(), collapsed.lengths());
                }));
    }
}
