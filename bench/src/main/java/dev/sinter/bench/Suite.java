package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;

import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The comparisons by name. Each is made only when its turn comes and given back before the next is made. */
final class Suite {
    /**
     * A comparison that can be made.
     *
     * @param name the name of its first row; what a user names is this or its beginning, up to a dash
     * @param comparison makes it
     */
    record Entry(String name, Supplier<Comparison> comparison) {
        private boolean isCalled(String wanted) {
            return name.equals(wanted) || name.startsWith(wanted + "-");
        }
    }

    /** A workload whose work is a loop of the graph or a net, and whether TensorFlow's baseline does it too. */
    private record Loop(String name, Cost cost, Supplier<ExplainedTask> task, int rounds, boolean inTensorFlow) {
        Loop(String name, Cost cost, Supplier<ExplainedTask> task, int rounds) {
            this(name, cost, task, rounds, false);
        }
    }

    /** A workload that moves many bytes, and does little with each. */
    private record Moving(String name, Cost cost, Supplier<ExplainedTask> task) { }

    private static final List<GemmShape> GEMMS = Stream.concat(
            Stream.of(new GemmShape(64, 1000, 100), new GemmShape(1000, 64, 100), new GemmShape(257, 333, 129)),
            IntStream.of(128, 256, 512, 1024, 2048).mapToObj(GemmShape::square)).toList();

    private static final Cost MLP_COST = TwoLayerStep.cost(MlpTask.ROWS);
    /** Powers of two, many small primes, and a prime. */
    private static final List<Integer> FOURIER_LENGTHS = List.of(1024, 4096, 65536, 1048576, 100000, 997);
    private static final String TENSORFLOW = "tensorflow";
    private static final String CHAIN = "elementwise";
    private static final long ELEMENTWISE_BYTES = (long) ChainTask.ELEMENTS * Float.BYTES;
    private static final int START_ROUNDS = 7;
    private static final int COLD_ROUNDS = 5;
    private static final int MEMORY_ROUNDS = 3;
    private static final int SWEEPS = 11;
    private static final int ROUNDS = 25;
    private static final int FEW_ROUNDS = 9;

    private final int threads;
    private final Baselines baselines;
    private final Optional<Peers> peers;

    /**
     * The comparisons.
     *
     * @param threads how many threads compute
     * @param peers the Python frameworks, if they are to be measured
     */
    Suite(int threads, Baselines baselines, Optional<Peers> peers) {
        this.threads = threads;
        this.baselines = baselines;
        this.peers = peers;
    }

    /** The names of the workloads. */
    static List<String> names() {
        return List.of("mlp", "gemm", "call", CHAIN, "softmax", "fused", "adam", "fft", "start", "compile",
                "memory", "batch-sizes", "lstm", "gru", "scan", "scan-grad", "while", "cnn", "gpt", "resnet50",
                "mobilenetv2", "bert", "gpt2", "attention", "conv", "onnx");
    }

    /** Whether a name means something with that many threads. */
    static boolean knows(String name, int threads) {
        try (Baselines none = new Baselines(System.err, false)) {
            return new Suite(threads, none, Optional.empty()).all().stream().anyMatch(entry -> entry.isCalled(name));
        }
    }

    /** The comparisons of the named workloads in turn, those of all where none is named. */
    List<Entry> entries(List<String> names) {
        List<Entry> all = all();
        for (String name : names) {
            if (all.stream().noneMatch(entry -> entry.isCalled(name))) {
                throw new IllegalArgumentException(
                        "no workload '" + name + "'; there are " + String.join(", ", names()));
            }
        }
        return names.isEmpty() ? all : names.stream()
                .flatMap(name -> all.stream().filter(entry -> entry.isCalled(name)))
                .distinct().toList();
    }

    private List<Entry> all() {
        List<Entry> all = new ArrayList<>();
        all.add(new Entry("mlp", () -> mlp("mlp", threads)));
        all.add(new Entry("mlp-fetch", () -> mlp("mlp-fetch", threads)));
        if (threads > 1) {
            all.add(new Entry("mlp-t1", () -> mlp("mlp", 1)));
            all.add(new Entry("mlp-fetch-t1", () -> mlp("mlp-fetch", 1)));
        }
        for (GemmShape shape : GEMMS) {
            IntStream.of(1, threads).distinct().forEach(
                    count -> all.add(new Entry(shape.name() + "-t" + count, () -> gemm(shape, count))));
        }
        for (GemmShape shape : List.of(GemmShape.square(256), GemmShape.square(512), GemmShape.square(1024))) {
            for (GemmOperands operands : EnumSet.complementOf(EnumSet.of(GemmOperands.VARIABLE))) {
                IntStream.of(1, threads).distinct().forEach(count -> all.add(new Entry(
                        shape.name() + operands.suffix() + "-t" + count, () -> gemm(shape, operands, count))));
            }
        }
        all.add(new Entry("call", this::call));
        all.add(new Entry(CHAIN, this::elementwise));
        moving().forEach(moving -> all.add(new Entry(moving.name, () -> moving(moving))));
        all.add(new Entry("start-compile", this::compilation));
        all.add(new Entry("start-first-result", this::start));
        all.add(new Entry("start-two-layer-net", () -> wholeProcess("start-two-layer-net")));
        Stream.concat(Stream.of(ColdCompile.GPT), ColdCompile.SIZES.stream().map(String::valueOf))
                .map(net -> new ColdCompile(net, threads)).forEach(cold ->
                        all.add(new Entry(cold.name(), () -> new Comparison(
                                List.of(cold), peersOf(cold.name(), cold.cost()), List.of(), COLD_ROUNDS))));
        all.add(new Entry("memory-gpt", () -> memory("memory-gpt")));
        all.add(new Entry("batch-sizes", () -> sweep(
                "batch-sizes", SizeSweep.Subject.BATCHES, SizeSweep.Pace.STEADY)));
        all.add(new Entry("batch-sizes-changing", () -> sweep(
                "batch-sizes-changing", SizeSweep.Subject.BATCHES, SizeSweep.Pace.CHANGING)));
        loops().forEach(loop -> {
            all.add(new Entry(loop.name(), () -> loop(loop, threads, "").beside(peersOf(loop.name, loop.cost))));
            if (threads > 1) {
                all.add(new Entry(loop.name() + "-t1", () -> loop(loop, 1, "-t1")));
            }
        });
        for (OnnxNet net : OnnxNet.values()) {
            all.add(new Entry("onnx-" + net.text(), () -> onnx(net)));
            all.add(new Entry("start-onnx-" + net.text(), () -> onnxStart(net)));
        }
        all.add(new Entry("gru-lengths", () -> sweep("gru-lengths",
                SizeSweep.Subject.lengths(new RecurrentShape(Cell.GRU, 0, 32, 128)), SizeSweep.Pace.STEADY)));
        return all;
    }

    private List<Contender> peersOf(String name, Cost cost) {
        return peers.map(found -> found.of(name, cost)).orElse(List.of());
    }

    /** The names of the workloads whose task can be explained. */
    static List<String> explained() {
        return List.copyOf(tasks().keySet());
    }

    /** The task of a workload that can be explained. */
    static Optional<ExplainedTask> explained(String name) {
        return Optional.ofNullable(tasks().get(name)).map(Supplier::get);
    }

    private static Map<String, Supplier<ExplainedTask>> tasks() {
        Map<String, Supplier<ExplainedTask>> tasks = new LinkedHashMap<>();
        tasks.put(CHAIN, ChainTask::new);
        moving().forEach(moving -> tasks.put(moving.name, moving.task));
        loops().forEach(loop -> tasks.put(loop.name, loop.task));
        return tasks;
    }

    private static List<Moving> moving() {
        List<Moving> moving = new ArrayList<>();
        for (RowsTask.Function function : RowsTask.Function.values()) {
            moving.add(rows(function, "", new RowsShape(4096, 1024, FLOAT32)));
            moving.add(rows(function, "-37x1001", new RowsShape(37, 1001, FLOAT32)));
            moving.add(rows(function, "-f64", new RowsShape(4096, 1024, FLOAT64)));
        }
        moving.add(adam("adam", 10_000_000));
        moving.add(adam("adam-1000003", 1_000_003));
        FOURIER_LENGTHS.forEach(length -> moving.add(
                new Moving("fft-" + length, FourierTask.cost(length), () -> new FourierTask(length))));
        return moving;
    }

    private static Moving rows(RowsTask.Function function, String suffix, RowsShape size) {
        return new Moving(function.text() + suffix, size.cost(), () -> new RowsTask(function, size));
    }

    private static Moving adam(String name, int weights) {
        return new Moving(name, AdamTask.cost(weights), () -> new AdamTask(weights));
    }

    private static List<Loop> loops() {
        List<Loop> loops = new ArrayList<>();
        loops.add(recurrent("lstm", RecurrentShape.LSTM, ROUNDS));
        loops.add(recurrent("lstm-37x5x100", new RecurrentShape(Cell.LSTM, 37, 5, 100), ROUNDS));
        loops.add(recurrent("gru", new RecurrentShape(Cell.GRU, 200, 64, 512), FEW_ROUNDS));
        loops.add(scan("scan", 1, 8, false));
        loops.add(scan("scan-64", 64, 64, false));
        loops.add(scan("scan-grad", 1, 8, true));
        loops.add(scan("scan-64-grad", 64, 64, true));
        loops.add(new Loop("while", WhileTask.cost(), WhileTask::new, ROUNDS));
        loops.add(cnn("cnn", CnnNet.BATCH, true));
        loops.add(cnn("cnn-b13", 13, false));
        for (ImageNet net : ImageNet.values()) {
            for (int batch : new int[] {1, 8}) {
                for (boolean tiled : net == ImageNet.RESNET50 ? List.of(false, true) : List.of(false)) {
                    loops.add(new Loop(net.text() + "-b" + batch + (tiled ? ImageTask.TILED : ""),
                            ImageTask.cost(net, batch), () -> new ImageTask(net, batch, tiled),
                            batch == 1 ? ROUNDS : FEW_ROUNDS));
                }
            }
        }
        for (int batch : new int[] {1, 8}) {
            loops.add(new Loop("bert-b" + batch, BertTask.cost(batch), () -> new BertTask(batch), FEW_ROUNDS));
            loops.add(new Loop("gpt2-b" + batch, Gpt2Task.cost(batch), () -> new Gpt2Task(batch), FEW_ROUNDS));
        }
        for (int length : new int[] {1024, 4096}) {
            for (AttentionTask.Variant variant : AttentionTask.Variant.values()) {
                loops.add(new Loop("attention-" + length + variant.suffix(), AttentionTask.cost(length, variant),
                        () -> new AttentionTask(length, variant), FEW_ROUNDS));
            }
        }
        for (ConvShape shape : ConvShape.ALL) {
            for (boolean gradients : new boolean[] {false, true}) {
                loops.add(new Loop("conv-" + shape.text() + (gradients ? ConvTask.GRADIENTS : ""),
                        ConvTask.cost(shape, gradients), () -> new ConvTask(shape, gradients), FEW_ROUNDS));
            }
        }
        loops.add(gpt("gpt", GptShape.GPT, true));
        loops.add(gpt("gpt-3x77x200", new GptShape(3, 77, 200, FLOAT32), false));
        loops.add(gpt("gpt-f64", new GptShape(8, 128, 256, FLOAT64), false));
        return loops;
    }

    private static Loop cnn(String name, int batch, boolean inTensorFlow) {
        return new Loop(name, CnnNet.cost(batch), () -> new TrainingTask(new CnnNet(batch)), ROUNDS, inTensorFlow);
    }

    private static Loop gpt(String name, GptShape size, boolean inTensorFlow) {
        return new Loop(name, size.cost(), () -> new TrainingTask(new GptNet(size)), FEW_ROUNDS, inTensorFlow);
    }

    private static Loop recurrent(String name, RecurrentShape shape, int rounds) {
        return new Loop(name, shape.cost(), () -> new RecurrentTask(shape), rounds);
    }

    private static Loop scan(String name, int rows, int columns, boolean gradient) {
        return new Loop(name, ScanTask.cost(rows, columns, gradient),
                () -> new ScanTask(rows, columns, gradient), ROUNDS);
    }

    private Comparison gemm(GemmShape shape, int count) {
        String name = shape.name() + "-t" + count;
        return new Comparison(
                session(name, shape.cost(), count, () -> new GemmTask(shape, GemmOperands.VARIABLE)),
                contender(baselines.oneDnn(count), name, "onednn", shape.cost(), shape.name()),
                limits(name, shape.cost(), count));
    }

    private Comparison gemm(GemmShape shape, GemmOperands operands, int count) {
        String name = shape.name() + operands.suffix() + "-t" + count;
        return new Comparison(session(name, shape.cost(), count, () -> new GemmTask(shape, operands)), List.of(),
                limits(name, shape.cost(), count));
    }

    private Comparison mlp(String workload, int count) {
        String name = count == threads ? workload : workload + "-t" + count;
        return new Comparison(
                session(name, MLP_COST, count, () -> new MlpTask(workload.equals("mlp-fetch"))),
                contender(baselines.tensorFlow(count), name, TENSORFLOW, MLP_COST, workload),
                limits(name, MLP_COST, count));
    }

    private Comparison call() {
        List<Contender> sinter = new ArrayList<>();
        sinter.addAll(session("call-prepared", Cost.UNCOUNTED, threads, () -> new ScalarAddTask(true)));
        sinter.addAll(session("call-run", Cost.UNCOUNTED, threads, () -> new ScalarAddTask(false)));
        return new Comparison(sinter,
                contender(baselines.tensorFlow(threads), "call-run", TENSORFLOW, Cost.UNCOUNTED, "call"),
                List.of());
    }

    private Comparison elementwise() {
        Cost cost = Cost.ofBytes(2.0 * ELEMENTWISE_BYTES);
        return new Comparison(
                session(CHAIN, cost, threads, ChainTask::new),
                contender(baselines.tensorFlow(threads), CHAIN, TENSORFLOW, cost, CHAIN),
                limits(CHAIN, cost, threads));
    }

    private Comparison moving(Moving moving) {
        return new Comparison(session(moving.name, moving.cost, threads, moving.task::get), List.of(),
                limits(moving.name, moving.cost, threads))
                .beside(peersOf(moving.name, moving.cost));
    }

    private Comparison compilation() {
        return new Comparison(
                List.of(new FirstRunProcess("start-compile", threads),
                        new FirstRun("start-compile-cached", threads)),
                List.of(), List.of(), START_ROUNDS);
    }

    /** A net on random weights as a model in a file. */
    private Comparison onnx(OnnxNet net) {
        try {
            Path file = Files.createTempDirectory("sinter-onnx").resolve("onnx-" + net.text() + ".onnx");
            // The last one that is registered goes first.
            file.getParent().toFile().deleteOnExit();
            file.toFile().deleteOnExit();
            net.write(file, false);
            return onnx(file, OptionalLong.empty(), Cost.ofFlops(net.flops()));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /**
     * A model of a file beside ONNX Runtime, whose outputs are compared.
     *
     * @param mostFound what bounds sizes that only a run finds, where something does
     * @param cost what one run does at least
     */
    Comparison onnx(Path file, OptionalLong mostFound, Cost cost) {
        OnnxJob job = OnnxJob.of(file, mostFound);
        List<NDArray> results = new ArrayList<>();
        List<Contender> others = baselines.onnxRuntime(threads).<Contender>map(process ->
                new OnnxRuntimeContender(job, cost, process, () -> results)).stream().toList();
        return new Comparison(session(job.name(), cost, threads, () -> new OnnxTask(job, results::addAll)), others,
                limits(job.name(), cost, threads));
    }

    /** The command that runs the two-layer net, where the launcher is found. */
    private Optional<List<String>> twoLayerNet() {
        return Checkout.launcher().map(launcher -> List.of(
                launcher.toString(), "run", "two-layer-net", "--threads", Integer.toString(threads)));
    }

    /** A whole process: to the end of the 500 steps of the two-layer net. */
    private Comparison wholeProcess(String name) {
        List<Contender> sinter = twoLayerNet().<Contender>map(command ->
                new ProcessStart(name, command, Map.of(), true)).stream().toList();
        return new Comparison(sinter, peers.map(found -> found.processes(name)).orElse(List.of()), List.of(),
                START_ROUNDS);
    }

    /** To the first loss of the two-layer net. */
    private Comparison start() {
        List<Contender> sinter = new ArrayList<>();
        twoLayerNet().ifPresent(command -> {
            Map<String, String> uncached = Map.of("JDK_JAVA_OPTIONS", "-Dsinter.code.cache=off");
            sinter.add(new ProcessStart("start-first-result", command, Map.of(), false));
            sinter.add(new ProcessStart("start-first-result-uncached", command, uncached, false));
        });
        List<Contender> others = baselines.tensorFlowStart(threads)
                .<Contender>map(builder -> new BaselineStart("start-first-result-" + TENSORFLOW, builder))
                .stream().toList();
        return new Comparison(sinter, others, List.of(), START_ROUNDS);
    }

    /** The memory of training steps. */
    private Comparison memory(String name) {
        return new Comparison(List.of(StepMemory.sinter(name, threads)),
                peers.map(found -> found.memory(name)).orElse(List.of()), List.of(), MEMORY_ROUNDS);
    }

    /** A whole process that imports a model, keeps no code, and runs it once. */
    private Comparison onnxStart(OnnxNet net) {
        List<Contender> sinter = Checkout.launcher().<Contender>map(launcher ->
                new OnnxStart("start-onnx-" + net.text(), launcher, net, threads)).stream().toList();
        return new Comparison(sinter, List.of(), List.of(), START_ROUNDS);
    }

    /** One net for all sizes beside one net for each size. */
    private Comparison sweep(String name, SizeSweep.Subject subject, SizeSweep.Pace pace) {
        SizeSweep each = new SizeSweep(name + "-static", threads, subject, SizeSweep.Mode.SESSION_EACH, pace);
        SizeSweep one = new SizeSweep(name, threads, subject, SizeSweep.Mode.ONE_SESSION, pace, each);
        return new Comparison(List.of(one, each), List.of(), List.of(), SWEEPS);
    }

    private Comparison loop(Loop loop, int count, String suffix) {
        String name = loop.name + suffix;
        List<Contender> others = loop.inTensorFlow
                ? contender(baselines.tensorFlow(count), name, TENSORFLOW, loop.cost, loop.name) : List.of();
        return new Comparison(session(name, loop.cost, count, loop.task::get), others,
                limits(name, loop.cost, count), loop.rounds);
    }

    /** What the machine can do of that which a workload does: as many bytes or as many operations. */
    private static List<Contender> limits(String name, Cost cost, int count) {
        if (cost.bytes() == 0 && cost.flops() == 0) {
            return List.of();
        }
        return switch (cost.bound()) {
            case FLOAT32 -> Limit.fmaPeak(name, count, FLOAT32);
            case FLOAT64 -> Limit.fmaPeak(name, count, FLOAT64);
            case COPY -> Limit.copies(name, count, (long) (cost.bytes() / 2));
            case READ -> Limit.reads(name, count, (long) cost.bytes());
        };
    }

    private static List<Contender> session(String name, Cost cost, int threads, Supplier<SessionTask> maker) {
        return List.of(Contender.of(new SessionWorkload(name, cost, threads, maker)));
    }

    private static List<Contender> contender(
            Optional<BaselineProcess> process, String name, String label, Cost cost, String workload) {
        return process.<Contender>map(running -> new BaselineContender(
                name + "-" + label, Optional.of(label), cost, running, workload)).stream().toList();
    }
}
