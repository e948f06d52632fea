package dev.sinter.fuzz;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.floats;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.integers;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Damaged models: each is read and imported, or refused. */
class OnnxFuzzTest {
    private static final byte[] MODEL = sample();

    private static byte[] sample() {
        byte[] branch = graph(node("Neg", List.of("y"), List.of("t")), output("t", 1, "n", 3));
        return model(17, graph(node("MatMul", List.of("x", "w"), List.of("m")),
                node("Reshape", List.of("m", "s"), List.of("r")), node("Relu", List.of("r"), List.of("y")),
                node("If", List.of("c"), List.of("z"), attribute("then_branch", branch),
                        attribute("else_branch", branch)),
                node("ReduceSum", List.of("z", "a"), List.of("u"), attribute("keepdims", 0)),
                floats("w", new long[] {2, 3}, 1, 2, 3, 4, 5, 6), integers("s", new long[] {2}, -1, 3),
                integers("a", new long[] {1}, 1), input("x", 1, "n", 2), input("c", 9), output("u", 1, "n")));
    }

    private static void tried(byte[] bytes) {
        try {
            OnnxImport.of(OnnxModel.of(bytes)).into(new Graph());
        } catch (FormatException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    @Test
    void theSampleIsRight() {
        OnnxImport.of(OnnxModel.of(MODEL)).into(new Graph());
    }

    @Test
    void modelsThatAreCutOff() {
        for (int length = 0; length < MODEL.length; length++) {
            tried(Arrays.copyOf(MODEL, length));
        }
    }

    @RepeatedTest(20)
    void modelsWithBytesChanged(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        for (int i = 0; i < 100; i++) {
            byte[] bytes = MODEL.clone();
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            tried(bytes);
        }
    }

    @RepeatedTest(5)
    void bytesThatAreNoModels(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            tried(bytes);
        }
    }
}
