package dev.sinter.bench;

import dev.sinter.runtime.Session;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The first training step of a net in a process that has compiled nothing but the net's initial values, and keeps no
 * code: from the call to its result. Each round is a process of its own.
 */
final class ColdCompile implements Contender {
    /** The name of {@link GptNet}; any other net is a {@link MixedNet} of as many nodes as its name says. */
    static final String GPT = "gpt";
    /** The sizes of mixed nets. */
    static final List<Integer> SIZES = List.of(1000, 2000, 5000, 10_000);

    private final String net;
    private final int threads;

    ColdCompile(String net, int threads) {
        this.net = net;
        this.threads = threads;
    }

    /** Prints the microseconds; the arguments are the net and the number of threads. */
    public static void main(String[] arguments) {
        ExplainedTask task = arguments[0].equals(GPT) ? new TrainingTask(new GptNet(GptShape.GPT))
                : new MixedNet(Integer.parseInt(arguments[0]));
        try (Session session = new Session(task.graph(), SessionWorkload.options(Integer.parseInt(arguments[1])))) {
            task.load(session);
            long start = System.nanoTime();
            session.run(task.feeds(), task.fetch());
            System.out.printf(Locale.ROOT, "%.3f%n", (System.nanoTime() - start) / 1e3);
        }
    }

    @Override
    public String name() {
        return "compile-" + net;
    }

    @Override
    public Cost cost() {
        return Cost.UNCOUNTED;
    }

    @Override
    public void prepare() { }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        double micros = ChildProcess.run(new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Dsinter.code.cache=off",
                "-cp", System.getProperty("java.class.path"), ColdCompile.class.getName(), net,
                Integer.toString(threads)), out -> {
            String line = out.readLine();
            return line == null ? Double.NaN : Double.parseDouble(line);
        });
        Values.require(!Double.isNaN(micros), "the process of " + name() + " prints nothing");
        return micros;
    }

    @Override
    public List<Remark> remarks() {
        return net.equals(GPT) ? List.of()
                : List.of(new Remark("nodes", new MixedNet(Integer.parseInt(net)).nodes()));
    }

    @Override
    public void close() { }
}
