package dev.sinter.bench;

/**
 * The sizes of a recurrent net that classifies sequences by its last state.
 *
 * @param cell what a step computes
 * @param steps how long a sequence is
 * @param batch how many sequences there are
 * @param hidden the elements of a state
 */
record RecurrentShape(Cell cell, int steps, int batch, int hidden) {
    /** The elements of a sequence's element. */
    static final int INPUTS = 128;
    /** The number of classes. */
    static final int CLASSES = 10;
    /** The sizes of the workload {@code lstm}. */
    static final RecurrentShape LSTM = new RecurrentShape(Cell.LSTM, 100, 32, 256);

    /** The columns of the weights of all gates. */
    int columns() {
        return cell.gates() * hidden;
    }

    RecurrentShape withSteps(int length) {
        return new RecurrentShape(cell, length, batch, hidden);
    }

    /**
     * The products of a training step: of the inputs and the states with the weights, both weights'
     * gradients, and the states' gradients. The inputs have none.
     */
    Cost cost() {
        double products = 2.0 * (INPUTS + hidden) + hidden;
        return Cost.ofFlops(2.0 * steps * batch * columns() * products).withSteps(steps);
    }
}
