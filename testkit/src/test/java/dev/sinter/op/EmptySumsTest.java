package dev.sinter.op;

import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Sums of no products: what there is not is not read, though it has another shape than its memory. */
class EmptySumsTest {
    @TestFactory
    Stream<DynamicTest> agreeWithTheInterpreter() {
        ProgramCheck check = ProgramCheck.compiled(2);
        return Stream.of(DType.INT8, DType.INT32, DType.FLOAT16, DType.FLOAT32, DType.FLOAT64)
                .map(dtype -> DynamicTest.dynamicTest(dtype.toString(), () -> {
                    Graph graph = new Graph();
                    Tensor x = graph.placeholder("x", dtype, shape(0, 5, 3));
                    Tensor y = graph.placeholder("y", dtype, shape(0, 5, 0));
                    Tensor shaped = Ops.reshape(y, shape(0, 5, 2));
                    List<Tensor> fetches = List.of(Ops.einsum("abi,abj->ij", x, shaped), Ops.reduceSum(shaped, 0, 1),
                            Ops.reduceMax(Ops.expandDims(x, 3).times(Ops.expandDims(shaped, 2)), 0, 1));
                    LoweredGraph lowered = Lowering.lower(graph, fetches, List.of(x, y), List.of());
                    List<NDArray> inputs = List.of(NDArray.zeros(dtype, 0, 5, 3), NDArray.zeros(dtype, 0, 5, 0));
                    assertThat(check.mismatch(lowered.function(), List.of(inputs), Sensitivity.MEASURED)).isEmpty();
                })).onClose(check::close);
    }
}
