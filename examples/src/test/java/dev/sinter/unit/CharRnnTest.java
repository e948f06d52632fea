package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.examples.CharRnn;
import dev.sinter.examples.TextBatches;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CharRnnTest {
    private static final String TEXT = "abcabcabcabcabc";

    private static List<String> train(int steps, long seed, int sample) {
        List<String> lines = new ArrayList<>();
        CharRnn.train(TEXT, new CharRnn.Training(steps, seed, 2, 8, sample,
                SessionOptions.DEFAULT.withBackend(Backend.EVAL)), lines::add);
        return lines;
    }

    @Test
    void lossesFallFromThoseOfAGuess() {
        List<String> losses = train(40, 0, 0);
        assertThat(losses).hasSize(40).allMatch(loss -> loss.matches("\\d+\\.\\d+"));
        assertThat(Double.parseDouble(losses.getFirst())).isBetween(0.9 * Math.log(3), 1.2 * Math.log(3));
        assertThat(Double.parseDouble(losses.getLast())).isLessThan(0.9 * Double.parseDouble(losses.getFirst()));
    }

    @Test
    void theSeedDecides() {
        assertThat(train(1, 3, 5)).isEqualTo(train(1, 3, 5)).isNotEqualTo(train(1, 4, 5));
    }

    @Test
    void aSampleIsOfTheTextsCharacters() {
        assertThat(train(0, 0, 40)).hasSize(1).first().asString().hasSize(40).matches("[abc]*").contains("a")
                .contains("b").contains("c");
    }

    @Test
    void batchesAreRaggedPartsOfTheText() {
        TextBatches batches = new TextBatches("To be, or not to be, that is the question: ".repeat(3), 1);
        assertThat(batches.alphabetSize()).isEqualTo(16);
        TextBatches.Batch batch = batches.next(5);
        int[] lengths = batch.lengths().toIntArray();
        assertThat(Arrays.stream(lengths).boxed()).hasSize(5).doesNotHaveDuplicates()
                .allMatch(length -> length >= 16 && length <= 64);
        assertThat(batch.inputs().sizes()).containsExactly(Arrays.stream(lengths).max().getAsInt(), 5);
        for (int row = 0; row < 5; row++) {
            for (int step = 0; step + 1 < batch.inputs().size(0); step++) {
                long label = step < lengths[row] - 1 ? batch.inputs().getLong((step + 1) * 5 + row) : 0;
                if (step != lengths[row] - 1) {
                    assertThat(batch.labels().getLong(step * 5 + row)).isEqualTo(label);
                }
            }
        }
    }

    @Test
    void aTextOfOneCharacterHasNothingToPredict() {
        assertThatThrownBy(() -> new TextBatches("a", 0)).isInstanceOf(GraphException.class)
                .hasMessage("a text of at least 2 characters is needed, one to read and one to predict");
        assertThat(new TextBatches("ab", 0).next(1).lengths().toIntArray()).containsExactly(1);
    }
}
