package dev.sinter.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.FacadeCase;
import java.util.List;
import java.util.stream.Stream;

/** Numbers as bits, within the bounds of a dtype, or made of bits. Names of rows say the method and its options. */
final class BitsFacadeTest extends FacadeTest {
    private static final List<DType> NUMBERS = Stream.of(DType.values()).filter(each -> each != DType.BOOL).toList();

    BitsFacadeTest() {
        super("bits", FacadeCase.read(FacadeTest.class, "bits").stream().map(FacadeCase::row).distinct()
                .map(name -> new Row(name, in -> call(name.split("/"), in))).toList());
    }

    private static List<Tensor> call(String[] words, List<Tensor> in) {
        Tensor x = in.getFirst();
        return switch (words[0]) {
            case "bitcast" -> NUMBERS.stream().map(to -> Ops.bitcast(to.bits() <= x.dtype().bits() ? x
                    : Ops.reshape(x, Shape.shape(Shape.UNKNOWN, to.bits() / x.dtype().bits())), to)).toList();
            case "saturate_cast" -> NUMBERS.stream().map(to -> Ops.saturateCast(x, to)).toList();
            case "sobol_sample" -> List.of(sobol(x, words));
            case "sobol_sums" -> List.of(Ops.reduceSum(sobol(x, words), 1));
            case "index_shuffle" -> List.of(Random.indexShuffle(x, in.get(1), in.get(2)));
            case "index_shuffle_rounds" -> List.of(Random.indexShuffle(x, in.get(1), in.get(2), 8));
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static Tensor sobol(Tensor x, String[] words) {
        return x.graph().tensor(Ops.sobolSample(x.dtype(), Integer.parseInt(words[1]), Long.parseLong(words[2]),
                Long.parseLong(words[3])));
    }
}
