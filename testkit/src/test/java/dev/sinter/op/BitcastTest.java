package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Half floats of all bits: what they are as numbers, and that their bits come back, on both back ends. */
final class BitcastTest {
    private static final int ALL = 1 << 16;

    @ParameterizedTest
    @EnumSource(Backend.class)
    void allHalfFloatsAreTheirBits(Backend backend) {
        Graph graph = new Graph();
        for (DType half : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            Variable bits = graph.variable(half + "/bits", Ops.range(DType.UINT16, ALL));
            Tensor numbers = Ops.bitcast(bits, half);
            // Twice the number, so that it is computed with.
            Tensor wide = Ops.cast(numbers, DType.FLOAT32).times(2);
            Tensor back = Ops.bitcast(numbers, DType.UINT16);
            try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
                session.run(bits.initializer());
                Fetches out = session.run(Fetch.fetch(wide, back));
                for (int i = 0; i < ALL; i++) {
                    float expected = half == DType.FLOAT16 ? Float.float16ToFloat((short) i)
                            : Float.intBitsToFloat(i << 16);
                    double found = out.get(wide).getDouble(i);
                    assertThat(Double.compare(found, expected * 2)).as("%s of bits %x", half, i).isZero();
                    long signal = half == DType.FLOAT16 ? 0x200 : 0x40;
                    long same = out.get(back).getLong(i);
                    assertThat(Float.isNaN(expected) ? same | signal : same).as("bits of %s %x", half, i)
                            .isEqualTo(Float.isNaN(expected) ? i | signal : i);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRunSaysWhichElementsDoNotFit(Backend backend) {
        Graph graph = new Graph();
        Tensor bytes = graph.placeholder("bytes", DType.INT8, Shape.shape(Shape.UNKNOWN));
        Tensor one = Ops.bitcast(bytes, DType.FLOAT32);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            NDArray fits = NDArray.of(new byte[] {0, 0, -128, 63});
            assertThat(session.run(Feeds.feed(bytes, fits), Fetch.fetch(one)).get(one).floatValue()).isEqualTo(1f);
            assertThatThrownBy(() -> session.run(Feeds.feed(bytes, NDArray.of(new byte[5])), Fetch.fetch(one)))
                    .isInstanceOf(GraphException.class);
        }
    }
}
