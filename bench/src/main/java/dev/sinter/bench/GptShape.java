package dev.sinter.bench;

import dev.sinter.tensor.DType;

/**
 * The sizes of a {@link GptNet}.
 *
 * @param batch how many sequences there are
 * @param length the tokens of a sequence
 * @param width the elements of a token's vector
 * @param dtype float32 or float64
 */
record GptShape(int batch, int length, int width, DType dtype) {
    /** How many tokens there are to choose from. */
    static final int TOKENS = 1000;
    static final int HEADS = 8;
    static final int BLOCKS = 4;
    /** The sizes of the workload {@code gpt}. */
    static final GptShape GPT = new GptShape(8, 128, 256, DType.FLOAT32);

    /** The tokens of all sequences. */
    int rows() {
        return batch * length;
    }

    /** The products of a step, forward once and back twice. */
    Cost cost() {
        Cost cost = Cost.ofFlops(3 * (TransformerLayers.flops(BLOCKS, width, rows(), length)
                + 2.0 * rows() * width * TOKENS));
        return dtype == DType.FLOAT64 ? cost.inFloat64() : cost;
    }
}
