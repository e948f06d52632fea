package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * 32 random bits an element, as {@code int32}: one word of Philox 4x32-10 (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", 2011) under the key (low 32 bits of {@code graphSeed}, low 32 bits of
 * {@code opSeed}) at the counter (element's row-major index, low word; the same, high word; run number, low
 * word; run number, high word). Its operand is the run number, an {@code int64} scalar.
 *
 * @param graphSeed the graph's part of the key
 * @param opSeed    the op's part of the key
 * @param word      which of the four words, 0 to 3
 * @param shape     the result's shape
 */
public record RandomBits(long graphSeed, long opSeed, int word, Shape shape) implements Op {
    @Override
    public String mnemonic() {
        return "random_bits";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 1);
        Inference.index(this, operands, 0);
        if (word < 0 || word > 3) {
            throw new GraphException("random_bits: word " + word + " is not one of 0 to 3");
        }
        return new TensorType(DType.INT32, shape);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("random bits do not depend on a tensor");
    }
}
