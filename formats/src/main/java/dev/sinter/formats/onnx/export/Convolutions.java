package dev.sinter.formats.onnx.export;

import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import java.util.Optional;

/** Contractions of windows with a filter. */
final class Convolutions {
    private Convolutions() {}

    static Optional<Term> of(Emitter e, Contract op, Value value) {
        return Optional.empty();
    }
}
