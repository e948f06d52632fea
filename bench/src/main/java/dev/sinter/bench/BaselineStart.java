package dev.sinter.bench;

/**
 * A baseline's process, started anew for each round, to the end of the first training step.
 *
 * @param name the name of its row
 * @param builder what starts it
 */
record BaselineStart(String name, ProcessBuilder builder) implements Contender {
    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    @Override
    public void prepare() {
        round(1);
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        long start = System.nanoTime();
        try (BaselineProcess process = new BaselineProcess(builder)) {
            process.round("mlp", 1);
        }
        return (System.nanoTime() - start) / 1e3;
    }

    @Override
    public void close() { }
}
