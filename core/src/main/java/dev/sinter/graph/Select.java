package dev.sinter.graph;

/**
 * Ops whose results have as many elements along axis 0 as the run finds. Their shapes show an unknown size there, as
 * those of placeholders do, but no feed gives it: the run computes it, and checks that it is at most a bound, for which
 * memory is planned. Such a size is equal to itself alone: it meets no other size in an op, and no variable holds it.
 */
public final class Select {
    private Select() {}

    /**
     * The first elements along axis 0: {@code x[:count]}.
     *
     * @param count an integer scalar; a run in which it is negative or larger than axis 0 fails
     */
    public static Tensor prefix(Operand x, Operand count) {
        return Composer.tensor("prefix", c -> Found.prefix(c, c.in(0), c.in(1)), x, count);
    }
}
