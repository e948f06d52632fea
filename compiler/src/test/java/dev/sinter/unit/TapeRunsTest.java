package dev.sinter.unit;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Tensor;
import dev.sinter.ir.Function;
import dev.sinter.program.Compilation;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.Frame;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.ProgramRunner;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs of one frame whose loops write a history. */
class TapeRunsTest {
    private static final InterpretedBackend BACKEND = new InterpretedBackend();

    /** A program with one frame, which all its runs share. */
    private record OneFrame(Frame newFrame) implements CompiledProgram {
        @Override
        public String text(String stage) {
            return "";
        }

        @Override
        public void close() {}
    }

    @Test
    void aFrameRunsWithAnySizesInTurn() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN));
        Tensor steps = graph.placeholder("steps", FLOAT64, shape());
        Tensor end = Control.whileLoop(List.of(graph.constant(0.0), x), carries -> less(carries.get(0), steps),
                carries -> List.of(carries.get(0).plus(1), carries.get(1).times(carries.get(1)).times(0.5))).get(1);
        Function function = Lowering.lower(graph, List.of(gradients(end, x).of(x)), List.of(x, steps), List.of())
                .function();
        Compilation compilation =
                Compilation.compile(function, Map.of(), BACKEND.target(), Compilation.Options.defaults());
        assertThat(compilation.hasTapes()).isTrue();
        OneFrame program = new OneFrame(BACKEND.compile(compilation.program()).newFrame());
        for (int[] run : new int[][] {{3, 70}, {40, 3}, {0, 2}, {3, 70}, {41, 2}}) {
            NDArray value = NDArray.zeros(FLOAT64, run[0]);
            for (int i = 0; i < run[0]; i++) {
                value.setDouble(i, 1.75 + i % 8 / 32.0);
            }
            List<NDArray> inputs = List.of(value, NDArray.scalar((double) run[1]));
            NDArray actual = ProgramRunner.run(compilation.function(), compilation.program(), program, inputs, 1)
                    .getFirst();
            assertThat(actual.sameBits(Interpreter.run(compilation.function(), inputs).getFirst())).isTrue();
        }
    }
}
