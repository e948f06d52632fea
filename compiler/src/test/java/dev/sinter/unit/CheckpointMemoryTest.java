package dev.sinter.unit;

import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sigmoid;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.program.Target;
import dev.sinter.program.Compilation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The memory of the gradient of a scan, with checkpoints and without. */
class CheckpointMemoryTest {
    private static final Target TARGET = new Target("512", 64, 32, 48 << 10, 1 << 20, 2);
    private static final int BATCH = 4;
    private static final int UNITS = 16;

    /** The bytes that temporaries of a training step take at most, where sequences have a length. */
    private static long peak(long declared, long length, ScanOptions options) {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(declared, BATCH, UNITS));
        Variable w = graph.variable("w", fill(FLOAT32, shape(UNITS, UNITS), 0.01));
        Variable u = graph.variable("u", fill(FLOAT32, shape(UNITS, UNITS), 0.01));
        Tensor start = graph.tensor(zeros(FLOAT32, shape(BATCH, UNITS)));
        ScanResult cell = Control.scan(List.of(start, start), List.of(x), options, each -> {
            Tensor forget = sigmoid(matmul(each.carry(0), w));
            Tensor c = forget.times(each.carry(1)).plus(tanh(matmul(each.element(0), u)));
            return Step.carry(forget.times(tanh(c)), c);
        });
        Tensor loss = reduceSum(cell.carry(0));
        LoweredGraph lowered = Lowering.lower(graph, gradients(loss, w, u).asList(), List.of(x), List.of());
        Compilation compilation = Compilation.compile(lowered.function(), Map.of(), TARGET,
                Compilation.Options.defaults());
        return compilation.memory().bind(_ -> length, 1).peak();
    }

    private static ScanOptions every(long iterations) {
        return ScanOptions.DEFAULT.withCheckpoints(iterations);
    }

    @Test
    void memoryGrowsAsTheSquareRoot() {
        long plain = peak(10_000, 10_000, ScanOptions.DEFAULT);
        long checkpoints = peak(10_000, 10_000, every(100));
        long longer = peak(40_000, 40_000, every(200));
        assertThat((double) checkpoints / plain).as("%d of %d bytes", checkpoints, plain).isLessThan(0.03);
        assertThat((double) longer / checkpoints).as("%d and %d bytes", longer, checkpoints).isBetween(1.5, 2.1);
    }

    /** Of a length that is fed, the sequence is copied once. */
    @Test
    void anUnknownLengthCostsACopyOfTheSequence() {
        long sequence = 10_000L * BATCH * UNITS * Float.BYTES;
        assertThat(peak(UNKNOWN, 10_000, every(100)) - peak(10_000, 10_000, every(100)))
                .isBetween(sequence, sequence + sequence / 50);
    }
}
