package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.FacadeCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What each method of the facades makes of operands of unknown sizes, written as an ONNX model and imported again,
 * computes the same bits on the interpreter.
 */
class OnnxFacadesTest {
    /** Rows for which that does not hold, with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "igamma_gradient", "no facade makes the primitive of the gradient, so that its function's body is imported",
            "igammac_gradient", "the same",
            "gamma_grad", "the same");

    @Test
    void everyMethodComesBackBitForBit() {
        List<String> wrong = new ArrayList<>();
        Set<String> refused = new TreeSet<>();
        int compared = 0;
        for (FacadeTest family : FacadeModel.families()) {
            for (FacadeTest.Row row : family.allRows()) {
                if (EXCEPTIONS.containsKey(row.name())) {
                    continue;
                }
                try {
                    problem(row, family.casesOf(row).getFirst()).ifPresent(text -> wrong.add(row.name() + ": " + text));
                    compared++;
                } catch (UnsupportedException unsupported) {
                    refused.add(unsupported.getMessage().contains(": Java code, ") ? row.name()
                            : unsupported.getMessage());
                } catch (FormatException | GraphException failed) {
                    wrong.add(row.name() + ": " + failed.getMessage());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(600);
        assertThat(refused).hasSizeLessThan(80).allMatch(name -> name.matches("\\w+"));
    }

    private static Optional<String> problem(FacadeTest.Row row, FacadeCase one) {
        FacadeModel model = FacadeModel.of(row, one);
        Graph again = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(model.export().bytes())).into(again);
        List<NDArray> expected = model.run(one.inputs());
        List<NDArray> found = FacadeModel.run(again, List.copyOf(net.inputs().values()),
                List.copyOf(net.outputs().values()), one.inputs());
        return IntStream.range(0, expected.size()).filter(i -> !isSame(expected.get(i), found.get(i)))
                .mapToObj(i -> "result " + i + " is " + found.get(i) + ", not " + expected.get(i)).findFirst();
    }

    /** Whether two arrays have the same bits, but for those of NaN. */
    private static boolean isSame(NDArray expected, NDArray found) {
        return expected.sameBits(found) || expected.dtype().isFloat() && expected.shape().equals(found.shape())
                && LongStream.range(0, expected.elementCount()).allMatch(i -> expected.getBits(i) == found.getBits(i)
                        || Double.isNaN(expected.getDouble(i)) && Double.isNaN(found.getDouble(i)));
    }
}
