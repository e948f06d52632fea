package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.InitialState;
import dev.sinter.op.Join;
import dev.sinter.op.Parameter;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Philox;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InterpreterTest {
    private final Builder b = new Builder();

    @Test
    void aStateIsReadBeforeAndAfterAWrite() {
        Value state = b.add(new InitialState("w", new TensorType(DType.FLOAT32, Shape.shape(2))));
        Value before = b.add(new Read(), state);
        Value written = b.add(new Assign(), state, b.times(before, 10));
        Value after = b.add(new Read(), written);
        Value token = b.add(new Join(), written);
        Value ordered = b.add(new After(), before, token);
        Function function = new Function("f", List.of(state), List.of(before, written, after, token, ordered),
                b.locations());
        List<NDArray> results = Interpreter.run(function, List.of(NDArray.of(1f, 2f)));
        assertThat(results).map(NDArray::toString)
                .containsExactly("[1. 2.]", "[10. 20.]", "[10. 20.]", "True", "[1. 2.]");
    }

    @Test
    void unknownSizesComeFromTheInputs() {
        Value x = b.add(new Parameter("x", new TensorType(DType.FLOAT32, Shape.of(Dim.symbol("n"), Dim.of(2)))));
        Value sum = b.reduceSum(x, List.of(1));
        Function function = new Function("f", List.of(x), List.of(sum, b.dimSize(Dim.symbol("n").plus(1))),
                b.locations());
        for (int n : new int[] {0, 1, 3}) {
            List<NDArray> results = Interpreter.run(function, List.of(NDArray.full(DType.FLOAT32, 1.5, n, 2)));
            assertThat(results.get(0).sizes()).containsExactly(n);
            assertThat(results.get(1).longValue()).isEqualTo(n + 1);
        }
    }

    /** However many rows there are. */
    @Test
    void rowsWithoutElementsAreNotVisited() {
        Value one = b.add(new Constant(NDArray.scalar(1f)));
        Value rows = b.add(new Reverse(List.of(0)), b.add(new Broadcast(Shape.shape(1L << 50, 0), List.of()), one));
        Function function = new Function("f", List.of(), List.of(rows), b.locations());
        NDArray result = Interpreter.run(function, List.of()).getFirst();
        assertThat(result.sizes()).containsExactly(1L << 50, 0);
    }

    @Test
    void randomBitsAreWordsOfPhilox() {
        Value run = b.add(new RunNumber());
        Value bits = b.add(new RandomBits(3, 4, 1, Shape.shape(2, 2)), run);
        Function function = new Function("f", List.of(run), List.of(bits), b.locations());
        int[] words = Interpreter.run(function, List.of(NDArray.scalar(7L))).getFirst().toIntArray();
        assertThat(words[3]).isEqualTo(Philox.words(3, 0, 7, 0, 3, 4)[1]);
    }

    @Test
    void aLongChainNeedsNoDeepStack() {
        Value x = b.add(new Parameter("x", new TensorType(DType.INT64, Shape.SCALAR)));
        Value one = b.fullLike(x, 1);
        Value sum = x;
        for (int i = 0; i < 100_000; i++) {
            sum = b.plus(sum, one);
        }
        Function function = new Function("f", List.of(x), List.of(sum), b.locations());
        assertThat(Interpreter.run(function, List.of(NDArray.scalar(5L))).getFirst().longValue()).isEqualTo(100_005);
    }
}
