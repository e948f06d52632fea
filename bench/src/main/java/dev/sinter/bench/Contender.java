package dev.sinter.bench;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Something whose time is taken, in turns with others. */
interface Contender extends AutoCloseable {
    /** The name of its row. */
    String name();

    /** What one iteration does at least. */
    Cost cost();

    /** Sets everything up that is not timed. */
    void prepare();

    /** Runs that many iterations and says how many microseconds one took. */
    double round(int iterations);

    /** The times of the parts of a turn, each as {@link #round} would say it. */
    default double[] turn(Turn turn) {
        return IntStream.range(0, turn.parts()).mapToDouble(_ -> round(turn.iterations())).toArray();
    }

    /** Warms up and says what makes a turn. */
    default Turn warmUp() {
        return Rounds.warmUp(this);
    }

    /** What else the row says. */
    default List<Remark> remarks() {
        return List.of();
    }

    /** The framework whose median Sinter's is divided by, in a row's {@code of_LABEL} and {@code of_fastest}. */
    default Optional<String> label() {
        return Optional.empty();
    }

    /** What was timed in all turns. */
    default Samples samples(double[] micros) {
        return new Samples(micros);
    }

    @Override
    void close();

    /** A workload of this process. */
    static Contender of(Workload workload) {
        return new Contender() {
            @Override
            public String name() {
                return workload.name();
            }

            @Override
            public Cost cost() {
                return workload.cost();
            }

            @Override
            public void prepare() {
                workload.prepare();
            }

            @Override
            public double round(int iterations) {
                long start = System.nanoTime();
                for (int i = 0; i < iterations; i++) {
                    workload.iterate();
                }
                return (System.nanoTime() - start) / 1e3 / iterations;
            }

            @Override
            public List<Remark> remarks() {
                return workload.remarks();
            }

            @Override
            public void close() {
                workload.close();
            }
        };
    }
}
