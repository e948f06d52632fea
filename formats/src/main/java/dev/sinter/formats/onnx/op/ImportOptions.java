package dev.sinter.formats.onnx.op;

import java.util.OptionalLong;

/**
 * What an import chooses for all operators.
 *
 * @param mostFound bounds sizes that only a run finds and nothing else bounds
 * @param reference whether operators compute in the steps of the standard's reference, with its rounding errors, where
 *                  Sinter's own are others
 */
public record ImportOptions(OptionalLong mostFound, boolean reference) {
    /** What is chosen where nothing is said. */
    public static final ImportOptions DEFAULT = new ImportOptions(OptionalLong.empty(), false);
}
