package dev.sinter.bench;

import java.util.Optional;

/**
 * A workload of a baseline.
 *
 * @param name the name of its row
 * @param label what rows call the baseline
 * @param cost what one iteration does at least
 * @param process the process that runs it; several contenders may share one
 * @param workload what the process calls it
 */
record BaselineContender(String name, Optional<String> label, Cost cost, BaselineProcess process, String workload)
        implements Contender {
    @Override
    public void prepare() {
        process.prepare(workload);
    }

    @Override
    public double round(int iterations) {
        return process.round(workload, iterations);
    }

    @Override
    public double[] turn(Turn turn) {
        return process.turn(workload, turn);
    }

    /** Leaves the process alone: its owner ends it. */
    @Override
    public void close() { }
}
