package dev.sinter.plan;

/** An answer of a heuristic, kept for {@code explain}. */
public sealed interface Decision {
    /** The question, naming the values: {@code fuse max_4 into matmul_3}. */
    String question();

    /** Why the answer is what it is. */
    String because();

    /** It was done. */
    record Yes(String question, String because) implements Decision {
        @Override
        public String toString() {
            return "yes: " + question + ", because " + because;
        }
    }

    /** It was not done. */
    record No(String question, String because) implements Decision {
        @Override
        public String toString() {
            return "no: " + question + ", because " + because;
        }
    }
}
