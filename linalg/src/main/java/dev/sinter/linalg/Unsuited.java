package dev.sinter.linalg;

/** Says that a matrix has no such decomposition, as the end of a sentence: {@code is not invertible}. */
final class Unsuited extends Exception {
    private static final long serialVersionUID = 1;

    Unsuited(String what) {
        super(what, null, false, false);
    }
}
