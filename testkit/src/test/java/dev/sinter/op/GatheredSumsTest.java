package dev.sinter.op;

import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Sums of products one of whose factors is read at indices that change along the sum, or along the rows. */
class GatheredSumsTest {
    private static NDArray doubles(long rows, long columns) {
        NDArray array = NDArray.zeros(FLOAT64, rows, columns);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, (i * 7 + 3) % 11 - 4.5);
        }
        return array;
    }

    private static NDArray indices(long rows, long columns, long limit) {
        NDArray array = NDArray.zeros(INT64, rows, columns);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setLong(i, (i * 5 + 2) % limit);
        }
        return array;
    }

    @TestFactory
    Stream<DynamicTest> agreeWithTheInterpreter() {
        ProgramCheck check = ProgramCheck.compiled(2);
        return Stream.of(1L, 3L, 16L, 37L).map(width -> DynamicTest.dynamicTest("width " + width, () -> {
            Graph graph = new Graph();
            Tensor table = graph.placeholder("table", FLOAT64, shape(5, width));
            Tensor index = graph.placeholder("index", INT64, shape(4, 7));
            Tensor weights = graph.placeholder("weights", FLOAT64, shape(4, 7));
            Tensor right = graph.placeholder("right", FLOAT64, shape(width, 9));
            Tensor rows = Ops.gather(table, index);
            List<Tensor> fetches = List.of(Ops.reduceSum(rows.times(Ops.expandDims(weights, 2)), 1),
                    Ops.einsum("ik,ikc->ic", weights, rows), Ops.reduceSum(rows.times(rows), 1),
                    Ops.matmul(rows, right),
                    Ops.reduceSum(Ops.expandDims(rows, 3).times(right), 2));
            LoweredGraph lowered = Lowering.lower(graph, fetches, List.of(table, index, weights, right), List.of());
            Map<String, NDArray> values = Map.of("table", doubles(5, width), "index", indices(4, 7, 5), "weights",
                    doubles(4, 7), "right", doubles(width, 9));
            List<NDArray> inputs = lowered.feeds().stream().map(feed -> values.get(feed.name())).toList();
            assertThat(check.mismatch(lowered.function(), List.of(inputs), Sensitivity.MEASURED)).isEmpty();
        })).onClose(check::close);
    }
}
