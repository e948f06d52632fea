package dev.sinter.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class InterpreterErrorsTest {
    private final Builder b = new Builder();
    private final Value x = b.add(new Parameter("x", new TensorType(DType.INT32, Shape.shape(2))));

    private Function function(Value... results) {
        return new Function("f", List.of(x), List.of(results), b.locations());
    }

    @Test
    void integersDividedByZeroNameTheLine() {
        b.at(new Location("Mnist.java", 41, "mlp/div"));
        for (ScalarFn fn : List.of(ScalarFn.DIV, ScalarFn.REM)) {
            Function function = function(b.map(fn, x, b.zerosLike(x)));
            assertThatThrownBy(() -> Interpreter.run(function, List.of(NDArray.of(1, 2))))
                    .isInstanceOf(GraphException.class)
                    .hasMessage("an integer is divided by 0; guard the divisor with where(...)\n  at Mnist.java:41"
                            + " (mlp/div)");
        }
    }

    @Test
    void eachLineIsNamedOnceAndNoneForAnother() {
        Value quotient = b.map(ScalarFn.DIV, x, b.zerosLike(x));
        b.locations().add(quotient, new Location("Mnist.java", 41, "mlp/div"));
        b.locations().add(quotient, new Location("Mnist.java", 41, "mlp/loop"));
        b.locations().add(quotient, new Location("Mnist.java", 4, "net/div"));
        assertThatThrownBy(() -> Interpreter.run(function(quotient), List.of(NDArray.of(1, 2))))
                .hasMessageEndingWith("\n  at Mnist.java:41 (mlp/div)\n  at Mnist.java:4 (net/div)");
    }

    @Test
    void theLeastIntegerByMinusOneWraps() {
        Function function = function(b.div(x, b.fullLike(x, -1)));
        assertThat(Interpreter.run(function, List.of(NDArray.of(Integer.MIN_VALUE, 2))).getFirst().toIntArray())
                .containsExactly(Integer.MIN_VALUE, -2);
    }

    @Test
    void inputsAreChecked() {
        assertThatThrownBy(() -> Interpreter.run(function(x), List.of(NDArray.of(1, 2, 3))))
                .isInstanceOf(GraphException.class)
                .hasMessage("parameter \"x\": axis 0 of the array int32(3,) is 3, not 2 as in (2,)");
    }

    @Test
    void aPollEndsTheRun() {
        AtomicInteger polls = new AtomicInteger();
        Function function = function(b.negate(b.times(x, x)));
        assertThatThrownBy(() -> Interpreter.run(function, List.of(NDArray.of(1, 2)), () -> {
            if (polls.incrementAndGet() == 2) {
                throw new CancellationException("enough");
            }
        })).isInstanceOf(CancellationException.class);
        assertThat(polls).hasValue(2);
    }

    /** Returns what it is told to. */
    private record Answer(List<NDArray> results) implements HostFunction {
        @Override
        public String name() {
            return "answer";
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            return operands;
        }

        @Override
        public List<NDArray> call(List<NDArray> operands) {
            if (results.isEmpty()) {
                throw new IllegalStateException("no answer");
            }
            return results;
        }
    }

    @Test
    void hostCallsAreChecked() {
        refused("host call answer: java.lang.IllegalStateException: no answer");
        refused("host call answer: result 0 is int32[3], declared i32[2]", NDArray.of(1, 2, 3));
        refused("host call answer: returned 2 arrays, declared 1", NDArray.of(1, 2), NDArray.of(1, 2));
    }

    private void refused(String message, NDArray... results) {
        Value call = b.add(new HostCall(new Answer(List.of(results))), x);
        Function function = function(b.add(new Project(0), call));
        assertThatThrownBy(() -> Interpreter.run(function, List.of(NDArray.of(1, 2))))
                .isInstanceOf(GraphException.class).hasMessage(message);
    }
}
