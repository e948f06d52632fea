package dev.sinter.error;

import static dev.sinter.graph.WindowOptions.SAME;
import static dev.sinter.graph.WindowOptions.VALID;
import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.FractionalPool;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Nn.AttentionOptions;
import dev.sinter.graph.Nn.Partition;
import dev.sinter.graph.Quantization;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The functions of neural nets say what is wrong with what they are given, and leave the graph as it was. */
final class NnErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor image = graph.placeholder("image", FLOAT32, shape(UNKNOWN, 8, 8, 6));
    private final Tensor matrix = graph.placeholder("matrix", FLOAT32, shape(UNKNOWN, 6));
    private final Tensor vector = graph.placeholder("vector", FLOAT32, shape(6));
    private final Tensor integers = graph.placeholder("integers", INT32, shape(UNKNOWN));

    private Tensor given(DType dtype, long... sizes) {
        return graph.placeholder("given", dtype, shape(sizes));
    }

    private void fails(ThrowingCallable code, String... parts) {
        int before = graph.variables().size();
        assertThatThrownBy(code).isInstanceOf(GraphException.class)
                .hasMessageContainingAll(parts).hasMessageContaining("at NnErrorsTest.java:");
        assertThat(graph.variables()).hasSize(before);
    }

    @Test
    void activations() {
        fails(() -> Nn.biasAdd(matrix, given(FLOAT32, 2, 6)), "bias_add: the bias is a vector, not bias float32[2,6]");
        fails(() -> Nn.biasAdd(image, given(FLOAT32, 5), true), "bias_add: sizes differ", "axis 1 is 8");
        fails(() -> Nn.crelu(matrix, 2), "crelu: axis 2 is outside of");
        fails(() -> Nn.prelu(matrix, given(FLOAT32, 5)), "prelu: shapes do not broadcast", "slope float32[5]");
        fails(() -> Nn.xwPlusB(matrix, given(FLOAT32, 5, 2), vector), "xw_plus_b: matmul: contracted sizes differ");
    }

    @Test
    void normalizations() {
        fails(() -> Nn.moments(integers, 0), "moments: floats are needed, not x int32[?]; cast(...) it");
        fails(() -> Nn.moments(matrix, 2), "moments: axis 2 is outside of x float32[?,6]");
        fails(() -> Nn.groupNorm(image, 4, vector, vector, 1e-3, false),
                "group_norm: a known number of channels, a multiple of the 4 groups, is needed along axis 3");
        fails(() -> Nn.instanceNorm(image, given(FLOAT32, 5), vector, 1e-3, false),
                "instance_norm: channels differ: x float32[?,8,8,6] axis 3, scale float32[5]");
        fails(() -> Nn.fusedBatchNorm(image, vector, vector, -1, false),
                "fused_batch_norm: epsilon must be finite and at least 0 but is -1.0");
        fails(() -> Nn.rmsNorm(matrix, matrix, 0), "rms_norm: the scale must be a vector along the last axis");
        fails(() -> Nn.localResponseNormalization(image, -1, 1, 1, 0.5),
                "local_response_normalization: the radius must be from 0 to 2147483647, not -1");
    }

    @Test
    void windows() {
        fails(() -> Nn.conv2dTranspose(given(FLOAT32, 1, 2, 2, 3), given(FLOAT32, 1, 1, 4, 3), VALID.withPadding(1)),
                "conv2d_transpose: the padding takes away more than the 2 elements that 2 windows reach over along"
                        + " spatial axis 0");
        fails(() -> Nn.conv2dBackpropFilter(image, shape(3, 3, 5, 2), given(FLOAT32, UNKNOWN, 8, 8, 2), SAME),
                "conv2d_backprop_filter: channels differ");
        fails(() -> Nn.conv2dBackpropFilter(image, shape(3, 3, 6, 2), given(FLOAT32, UNKNOWN, 7, 8, 2), SAME),
                "conv2d_backprop_filter: windows differ");
        fails(() -> Nn.separableConv2d(image, given(FLOAT32, 3, 3, 6, 1), given(FLOAT32, 3, 1, 6, 2), SAME),
                "separable_conv2d: the pointwise filter has one element along each spatial axis");
        fails(() -> Nn.withSpaceToBatch(given(FLOAT32, 1, UNKNOWN, 4, 2), List.of(2L), VALID.withDilations(2), v -> v),
                "with_space_to_batch: the spatial sizes must be known: x float32[1,?,4,2] axis 1 is unknown; ops with"
                        + " dilations of their own, as Nn.convolution and Nn.pool, take any size");
        fails(() -> Nn.withSpaceToBatch(image, List.of(2L), VALID.withStrides(2), v -> v),
                "with_space_to_batch: [batch, spatial..., channels], strides of 1 and no groups are needed");
        fails(() -> Quantization.quantizedAvgPool(image, List.of(2L), VALID),
                "quantized_avg_pool: integers of 8 or 16 bits are needed, not x float32[?,8,8,6]");
        fails(() -> Nn.maxPool1d(image, List.of(2L), VALID), "max_pool1d: an input of rank 3 is needed");
        fails(() -> Nn.maxPoolWithArgmax(given(BOOL, 1, 4, 4, 1), List.of(2L), VALID),
                "max_pool_with_argmax: numbers of batch, spatial axes and channels are needed");
        fails(() -> Nn.dilation2d(image, vector, SAME), "dilation2d: floats and a filter of spatial axes and channels");
        fails(() -> Nn.dilation2d(image, given(FLOAT32, 2, 2, 5), SAME), "dilation2d: channels differ");
        fails(() -> Nn.fractionalMaxPool(image, 9, 2, FractionalPool.Options.DEFAULT),
                "fractional_max_pool: a known size and a ratio from 1 to it are needed along axis 1");
        fails(() -> Nn.fractionalAvgPool(given(FLOAT32, 1, UNKNOWN, 8, 1), 2, 2, FractionalPool.Options.DEFAULT),
                "fractional_avg_pool: a known size");
    }

    @Test
    void embeddingsAndAttention() {
        fails(() -> Nn.embeddingLookup(matrix, integers, 0), "embedding_lookup: the greatest norm must be finite");
        fails(() -> Nn.embeddingLookup(List.of(), integers, Partition.MOD), "embedding_lookup: at least one part");
        fails(() -> Nn.embeddingLookup(List.of(matrix), integers, Partition.DIV),
                "embedding_lookup: the number of rows of part 0 float32[?,6] must be known; the partition MOD needs it"
                        + " not");
        fails(() -> Nn.scaledDotProductAttention(given(FLOAT32, 3), matrix, matrix),
                "scaled_dot_product_attention: queries [..., queries, depth] are needed, not queries float32[3]");
        fails(() -> Nn.scaledDotProductAttention(matrix, matrix, matrix, AttentionOptions.DEFAULT.withMask(matrix)),
                "scaled_dot_product_attention: the mask must be bool, not mask float32[?,6]");
        fails(() -> Nn.dropout(matrix, 1), "dropout: the rate 1.0 is not from 0 to below 1");
        fails(() -> Nn.dropout(matrix, 0.5, shape(2)), "dropout: the noise's shape (2,) has another rank than");
        fails(() -> Nn.dropout(matrix, 0.5, shape(UNKNOWN, 3)), "or sizes that are neither 1 nor those of it");
    }

    @Test
    void sequences() {
        Tensor labels = given(INT32, UNKNOWN, 4);
        Tensor logits = given(FLOAT32, UNKNOWN, UNKNOWN, 5);
        fails(() -> Nn.ctcLoss(labels, logits, integers, integers, 5),
                "ctc_loss: the blank 5 is none of the 5 classes of logits float32[?,?,5]");
        fails(() -> Nn.ctcLoss(integers, logits, integers, integers, 0),
                "ctc_loss: labels must be [batch, labels], of rank 2, not labels int32[?]");
        fails(() -> Nn.ctcGreedyDecoder(logits, vector, true, -1), "ctc_greedy_decoder: integers are needed");
        fails(() -> Nn.ctcBeamSearchDecoder(logits, integers, 2, 3),
                "ctc_beam_search_decoder: integer lengths, at least 1 path and a width of at least the number");
        fails(() -> Nn.collapseRepeated(integers, integers), "collapse_repeated: labels must be [batch, time]");
    }
}
