package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.ir.Verifier;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.InitialState;
import dev.sinter.op.Join;
import dev.sinter.op.Parameter;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VerifierTest {
    private static final TensorType TYPE = new TensorType(DType.FLOAT32, Shape.shape(2));

    private final Builder b = new Builder();
    private final Value x = b.add(new Parameter("x", TYPE));
    private final Value state = b.add(new InitialState("w", TYPE));

    private List<String> problems(List<Value> parameters, Value... results) {
        return Verifier.problems(new Function("f", parameters, List.of(results), b.locations()));
    }

    @Test
    void aChainOfStatesIsSound() {
        Value first = b.add(new Assign(), state, x);
        Value ordered = b.add(new After(), first, b.add(new Join(), x));
        Value second = b.add(new Assign(), ordered, b.negate(x));
        assertThat(problems(List.of(x, state), second, second)).isEmpty();
    }

    @Test
    void aStateIsConsumedOnce() {
        Value first = b.add(new Assign(), state, x);
        Value second = b.add(new Assign(), b.add(new After(), state, b.add(new Join(), x)), b.negate(x));
        assertThat(problems(List.of(x, state), first, second)).singleElement().asString()
                .startsWith("%6: state<w: f32[2]> = assign: its state %1: ")
                .contains("is also consumed by %2: ");
    }

    @Test
    void resultsHoldTheLastState() {
        Value first = b.add(new Assign(), state, x);
        Value second = b.add(new Assign(), first, b.negate(x));
        assertThat(problems(List.of(x, state), first, second)).singleElement().asString()
                .startsWith("%2: state<w: f32[2]> = assign: it is a result, but %4: ");
    }

    @Test
    void parametersAreCompleteAndUnique() {
        Value other = b.add(new Parameter("x", new TensorType(DType.INT32, Shape.shape(2))));
        assertThat(problems(List.of(x), b.negate(other))).singleElement().asString()
                .contains("it is not among the function's parameters");
        assertThat(problems(List.of(x, other), x)).singleElement().asString().contains("given twice");
        assertThat(problems(List.of(x, x), x)).singleElement().asString().contains("given twice");
        assertThat(problems(List.of(x, b.negate(x)), x)).singleElement().asString()
                .contains("a parameter is");
    }

    @Test
    void valuesOfTwoBuildersDoNotMix() {
        Builder second = new Builder();
        Value y = second.add(new Parameter("y", TYPE));
        assertThat(problems(List.of(x, y), b.negate(x), second.map(ScalarFn.EXP, y))).isNotEmpty()
                .allMatch(problem -> problem.contains("values of two builders are mixed"));
        assertThatThrownBy(() -> b.plus(x, y)).isInstanceOf(CompilerBug.class)
                .hasMessageStartingWith("add: the operand %0: f32[2] = parameter{y} comes from another"
                        + " builder");
    }
}
