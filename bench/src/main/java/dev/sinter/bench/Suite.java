package dev.sinter.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The comparisons by name. Each is made only when its turn comes and given back before the next is made. */
final class Suite {
    private static final List<GemmShape> GEMMS = Stream.concat(
            Stream.of(new GemmShape(64, 1000, 100), new GemmShape(1000, 64, 100)),
            IntStream.of(128, 256, 512, 1024, 2048).mapToObj(n -> new GemmShape(n, n, n))).toList();

    /** Two products forward, one and two back. */
    private static final Cost MLP_COST = Cost.ofFlops(2.0 * 64 * (2 * 1000 * 100 + 3 * 100 * 10));
    private static final long ELEMENTWISE_BYTES = (1L << 24) * Float.BYTES;

    private final int threads;
    private final Baselines baselines;

    Suite(int threads, Baselines baselines) {
        this.threads = threads;
        this.baselines = baselines;
    }

    static List<String> names() {
        return List.of("mlp", "gemm", "call", "elementwise", "start", "batch-sizes");
    }

    /** Hands over the comparisons of the named workloads in turn, those of all where none is named. */
    void each(List<String> names, Consumer<Comparison> measure) {
        for (String name : names) {
            if (!names().contains(name)) {
                throw new IllegalArgumentException(
                        "no workload '" + name + "'; there are " + String.join(", ", names()));
            }
        }
        for (String name : names.isEmpty() ? names() : names) {
            comparisons(name).forEach(comparison -> measure.accept(comparison.get()));
        }
    }

    private List<Supplier<Comparison>> comparisons(String name) {
        return switch (name) {
            case "mlp" -> mlp();
            case "gemm" -> gemm();
            case "call" -> List.of(this::call);
            case "start" -> List.of(this::start);
            case "elementwise" -> List.of(this::elementwise);
            default -> List.of();
        };
    }

    private List<Supplier<Comparison>> gemm() {
        List<Supplier<Comparison>> made = new ArrayList<>();
        for (GemmShape shape : GEMMS) {
            IntStream.of(1, threads).distinct().forEach(count -> made.add(() -> gemm(shape, count)));
        }
        return made;
    }

    private Comparison gemm(GemmShape shape, int count) {
        String name = shape.name() + "-t" + count;
        return new Comparison(List.of(),
                contender(baselines.oneDnn(count), name + "-onednn", shape.cost(), shape.name()),
                Limit.fmaPeak(name, count));
    }

    private List<Supplier<Comparison>> mlp() {
        return List.of(() -> mlp("mlp"), () -> mlp("mlp-fetch"));
    }

    /** TensorFlow is asked twice: small steps take it longer on several threads than on one. */
    private Comparison mlp(String name) {
        List<Contender> others = new ArrayList<>();
        others.addAll(contender(baselines.tensorFlow(threads), name + "-tensorflow", MLP_COST, name));
        if (threads > 1) {
            others.addAll(contender(baselines.tensorFlow(1), name + "-t1-tensorflow", MLP_COST, name));
        }
        return new Comparison(List.of(), others, Limit.fmaPeak(name, threads));
    }

    private Comparison call() {
        return new Comparison(List.of(),
                contender(baselines.tensorFlow(threads), "call-run-tensorflow", Cost.UNCOUNTED, "call"),
                List.of());
    }

    private Comparison elementwise() {
        Cost cost = Cost.ofBytes(2.0 * ELEMENTWISE_BYTES);
        return new Comparison(List.of(),
                contender(baselines.tensorFlow(threads), "elementwise-tensorflow", cost, "elementwise"),
                Limit.copies("elementwise", threads, ELEMENTWISE_BYTES));
    }

    /** Whole processes: to the first loss of the two-layer net, and to the end of its 500 steps. */
    private Comparison start() {
        List<Contender> sinter = new ArrayList<>();
        Checkout.launcher().ifPresent(launcher -> {
            List<String> command = List.of(launcher.toString(), "run", "two-layer-net", "--threads",
                    Integer.toString(threads));
            sinter.add(new ProcessStart("start-first-result", command, false));
            sinter.add(new ProcessStart("start-two-layer-net", command, true));
        });
        List<Contender> others = baselines.tensorFlowStart(threads)
                .<Contender>map(builder -> new BaselineStart("start-first-result-tensorflow", builder))
                .stream().toList();
        return new Comparison(sinter, others, List.of(), 7);
    }

    private static List<Contender> contender(
            Optional<BaselineProcess> process, String name, Cost cost, String workload) {
        return process.<Contender>map(running -> new BaselineContender(name, cost, running, workload))
                .stream().toList();
    }
}
