package dev.sinter.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process that is started anew for each round.
 *
 * @param name the name of its row
 * @param label the framework, if it is not Sinter
 * @param command what starts it
 * @param environment variables that it gets besides this process's
 * @param whole whether its end is waited for, or only its first line on standard output
 */
record ProcessStart(String name, Optional<String> label, List<String> command, Map<String, String> environment,
        boolean whole) implements Contender {
    /** Sinter's own. */
    ProcessStart(String name, List<String> command, Map<String, String> environment, boolean whole) {
        this(name, Optional.empty(), command, environment, whole);
    }

    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    /** Starts it once, so that what it builds or caches on first use is there. */
    @Override
    public void prepare() {
        new ProcessStart(name, label, command, environment, true).round(1);
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        double first = ChildProcess.run(builder, out -> {
            String line = out.readLine();
            double micros = (System.nanoTime() - start) / 1e3;
            while (line != null) {
                line = out.readLine();
            }
            return micros;
        });
        return whole ? (System.nanoTime() - start) / 1e3 : first;
    }

    @Override
    public void close() { }
}
