package dev.sinter.unit;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs graphs on the interpreter, once, without a session. */
public final class Evaluation {
    private Evaluation() {}

    public static NDArray of(Operand fetch) {
        return of(fetch, Map.of());
    }

    public static NDArray of(Operand fetch, Map<Tensor, NDArray> feeds) {
        return of(List.of(fetch), feeds).getFirst();
    }

    /** The values of some tensors; variables have their initial values. */
    public static List<NDArray> of(List<? extends Operand> fetches, Map<Tensor, NDArray> feeds) {
        List<Tensor> tensors = fetches.stream().map(Evaluation::tensor).toList();
        Graph graph = tensors.getFirst().graph();
        List<Tensor> fed = feeds.keySet().stream().filter(tensor -> tensor.graph() == graph).toList();
        LoweredGraph lowered = Lowering.lower(graph, tensors, fed, List.of());
        List<NDArray> inputs = new ArrayList<>();
        lowered.feeds().forEach(feed -> inputs.add(feeds.get(feed)));
        lowered.states().forEach(state -> inputs.add(of(state.variable().initialValue())));
        if (lowered.usesRunNumber()) {
            inputs.add(NDArray.scalar(0L));
        }
        return Interpreter.run(lowered.function(), inputs).subList(0, lowered.fetches());
    }

    private static Tensor tensor(Operand operand) {
        return switch (operand) {
            case Tensor tensor -> tensor;
            case Variable variable -> variable.value();
            default -> throw new IllegalArgumentException(operand + " is in no graph");
        };
    }

    public static NDArray doubles(long[] sizes, double... values) {
        NDArray array = NDArray.zeros(DType.FLOAT64, sizes);
        for (int i = 0; i < values.length; i++) {
            array.setDouble(i, values[i]);
        }
        return array;
    }
}
