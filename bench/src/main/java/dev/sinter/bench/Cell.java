package dev.sinter.bench;

/** The cells of recurrent nets, and how many gates the columns of their weights hold side by side. */
enum Cell {
    /** Long short-term memory, as PyTorch's: input, forget, cell and output gate (Hochreiter, 1997). */
    LSTM(4),
    /** The gated recurrent unit, as PyTorch's: reset, update and new gate (Cho et al., 2014). */
    GRU(3);

    private final int gates;

    Cell(int gates) {
        this.gates = gates;
    }

    int gates() {
        return gates;
    }
}
