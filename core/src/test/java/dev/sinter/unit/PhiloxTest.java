package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.Philox;
import org.junit.jupiter.api.Test;

final class PhiloxTest {
    /** The known answers for philox4x32-10 that come with Random123. */
    @Test
    void knownAnswers() {
        assertThat(Philox.words(0, 0, 0, 0, 0, 0))
                .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(Philox.words(-1, -1, -1, -1, -1, -1))
                .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(Philox.words(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void elementAndRunMakeTheCounter() {
        assertThat(Philox.word(0x85a308d3243f6a88L, 0x0370734413198a2eL, 0xa4093822L, 0x299f31d0L, 2))
                .isEqualTo(0x5001e420);
    }
}
