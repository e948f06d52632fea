package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Value;
import dev.sinter.op.Reduce;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that random search has found to be hard for one stage or another, shrunk. */
final class KnownCasesTest {
    /** Sums of 1,050 terms, whose order shows. */
    private static final String LONG_SUM = """
            sinter-tensor 1
            func @long() {
              %0 = constant{1.0}() : f64[]
              %1 = broadcast{axes=[]}(%0) : f64[70,3,15]
              %2 = tanh(%1) : f64[70,3,15]
              %3 = reduce{sum, axes=[0,2]}(%2) : f64[3]
              return %3
            }
            """;

    @ParameterizedTest(name = "{index}")
    @ValueSource(strings = {
        // LLVM's instruction combiner needs more than one round.
        """
        sinter-tensor 1
        func @least(%p0: f32[3,3,1]) {
          %1 = reduce{min, axes=[1]}(%p0) : f32[3,1]
          return %1
        }
        """,
        // An axis without elements has vectors of one lane, whose places are no neighbours.
        """
        sinter-tensor 1
        func @gaps(%p0: f64[0]) {
          %1 = constant{4.0}() : f64[]
          %2 = pad{low=[1], high=[0], interior=[2]}(%p0, %1) : f64[1]
          return %2
        }
        """,
        """
        sinter-tensor 1
        func @nothing(%p0: f32[4,7]) {
          %1 = slice{from=[2,1], to=[2,5], step=[1,1]}(%p0) : f32[0,4]
          return %1
        }
        """,
        // The array that is updated is read as it was, after the update.
        """
        sinter-tensor 1
        func @updated(%p0: f64[40,70], %p1: f64[27,8], %p2: i64[]) {
          %3 = reverse{axes=[0]}(%p0) : f64[40,70]
          %4 = dynamic_update_slice(%3, %p1, %p2, %p2) : f64[40,70]
          %5 = div(%4, %3) : f64[40,70]
          return %5
        }
        """,
        // The update is a view of a value that lies nowhere else.
        """
        sinter-tensor 1
        func @view(%p0: f64[70,40], %p1: f64[3,13,22], %p2: i64[]) {
          %3 = add(%p1, %p1) : f64[3,13,22]
          %4 = reshape(%3) : f64[39,22]
          %5 = dynamic_update_slice(%p0, %4, %p2, %p2) : f64[70,40]
          return %5
        }
        """,
        // Two places that round in a row.
        """
        sinter-tensor 1
        func @remainder(%p0: f32[8,16], %p1: f32[8,37], %p2: f32[8,37,16]) {
          %3 = log(%p0) : f32[8,16]
          %4 = contract{ac,ab->abc}(%3, %p1) : f32[8,37,16]
          %5 = rem(%p2, %4) : f32[8,37,16]
          return %5
        }
        """,
        LONG_SUM
    })
    void everyStageAgrees(String text) {
        Function function = Parser.parse(text);
        SplittableRandom random = new SplittableRandom(text.hashCode());
        List<NDArray> inputs = function.parameters().stream().map(parameter -> array(parameter, random)).toList();
        try (ProgramCheck programs = ProgramCheck.compiled(2)) {
            assertThat(programs.mismatch(function, List.of(inputs), Sensitivity.MEASURED)).isEmpty();
        }
    }

    @Test
    void theLongSumIsLong() {
        Value sum = Parser.parse(LONG_SUM).results().getFirst();
        assertThat(sum.op()).isInstanceOf(Reduce.class);
        assertThat(sum.operand(0).shape().elementCount().constant() / sum.shape().elementCount().constant())
                .isEqualTo(1050);
    }

    private static NDArray array(Value parameter, SplittableRandom random) {
        NDArray array = NDArray.zeros(parameter.dtype(), parameter.shape().sizes());
        for (long i = 0; i < array.elementCount(); i++) {
            if (parameter.dtype().isFloat()) {
                array.setDouble(i, random.nextDouble(0.5, 3));
            } else {
                array.setLong(i, random.nextLong(-5, 90));
            }
        }
        return array;
    }
}
