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
import dev.sinter.testkit.Tolerance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What each method of the facades makes of operands of unknown sizes, written as an ONNX model and imported again,
 * computes the same bits on the interpreter.
 */
class OnnxFacadesTest {
    /**
     * Rows that compute other bits: no facade makes the primitive of the gradient, so that its function's body is
     * imported.
     */
    private static final Set<String> EXCEPTIONS = Set.of("SpecialFacadeTest/igamma_gradient",
            "SpecialFacadeTest/igammac_gradient", "SpecialFacadeTest/gamma_grad");

    @Test
    void everyMethodComesBackBitForBit() {
        Map<String, String> wrong = new TreeMap<>();
        Set<String> refused = new TreeSet<>();
        int compared = 0;
        for (FacadeTest family : FacadeModel.families()) {
            for (FacadeTest.Row row : family.allRows()) {
                String name = FacadeModel.name(family, row);
                try {
                    problem(row, family.casesOf(row).getFirst()).ifPresent(text -> wrong.put(name, text));
                    compared++;
                } catch (UnsupportedException unsupported) {
                    assertThat(unsupported).as(name).hasMessageContaining(": Java code, ");
                    refused.add(name);
                } catch (FormatException | GraphException failed) {
                    wrong.put(name, failed.getMessage());
                }
            }
        }
        assertThat(wrong).containsOnlyKeys(EXCEPTIONS);
        assertThat(wrong.values()).allMatch(text -> text.startsWith("result 0, element "));
        assertThat(compared).isGreaterThan(600);
        assertThat(refused).hasSizeLessThan(80);
    }

    private static Optional<String> problem(FacadeTest.Row row, FacadeCase one) {
        FacadeModel model = FacadeModel.of(row, one);
        Graph again = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(model.export().bytes())).into(again);
        List<NDArray> expected = model.run(one.inputs());
        List<NDArray> found = FacadeModel.run(again, List.copyOf(net.inputs().values()),
                List.copyOf(net.outputs().values()), one.inputs());
        return Tolerance.EXACT.mismatch(expected, found);
    }
}
