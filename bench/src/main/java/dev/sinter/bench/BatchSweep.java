package dev.sinter.bench;

import dev.sinter.runtime.Backend;
import dev.sinter.runtime.FeedSlot;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Training steps of the two-layer net on batches of many sizes, one size after the other. What is counted is
 * the sum over the sizes of the time of one step.
 */
final class BatchSweep implements Contender {
    /** How sizes and sessions go together. */
    enum Mode {
        /** A net of unknown batch size in one session takes all sizes. */
        ONE_SESSION,
        /** Each size has a net of its own, built for it, in a session of its own. */
        SESSION_EACH
    }

    /** How often a size is repeated before the next one's turn. */
    enum Pace {
        /** For a while, so that what is timed are steps whose size is that of the step before. */
        STEADY,
        /** Once: the size of each step is another than that of the step before. */
        CHANGING
    }

    /** Few, odd, round and many rows; none, one and 10,000 among them. */
    static final List<Integer> SIZES = List.of(
            0, 1, 2, 3, 5, 7, 8, 13, 16, 17, 24, 31, 32, 33, 48, 50, 64, 65, 96, 100, 127, 128, 192, 200, 255,
            256, 384, 500, 512, 1000, 1024, 10_000);

    private static final double LEARNING_RATE = 1e-9;
    private static final double SHARE_MICROS = 500;
    private static final int MOST_STEPS = 500;
    private static final int WARM_UP_SWEEPS = 5;

    private record Call(PreparedCall call, FeedSlot xSlot, FeedSlot ySlot) { }

    private final String name;
    private final int threads;
    private final Mode mode;
    private final Pace pace;
    private final Optional<BatchSweep> reference;
    private final List<Session> sessions = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<NDArray> xs = new ArrayList<>();
    private final List<NDArray> ys = new ArrayList<>();
    private final int[] steps = new int[SIZES.size()];
    private final List<List<Double>> micros = new ArrayList<>();

    /** A sweep that others are compared with. */
    BatchSweep(String name, int threads, Mode mode, Pace pace) {
        this(name, threads, mode, pace, Optional.empty());
    }

    /** A sweep whose row says its throughput as a fraction of another's. */
    BatchSweep(String name, int threads, Mode mode, Pace pace, BatchSweep reference) {
        this(name, threads, mode, pace, Optional.of(reference));
    }

    private BatchSweep(String name, int threads, Mode mode, Pace pace, Optional<BatchSweep> reference) {
        this.name = name;
        this.threads = threads;
        this.mode = mode;
        this.pace = pace;
        this.reference = reference;
        Arrays.fill(steps, 1);
        SIZES.forEach(_ -> micros.add(new ArrayList<>()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.ofFlops(SIZES.stream().mapToDouble(size -> TwoLayerStep.cost(size).flops()).sum());
    }

    @Override
    public void prepare() {
        int most = Collections.max(SIZES);
        NDArray x = TwoLayerStep.inputs(most);
        NDArray y = TwoLayerStep.targets(most);
        for (int size : SIZES) {
            xs.add(Values.rows(x, size));
            ys.add(Values.rows(y, size));
        }
        switch (mode) {
            case ONE_SESSION -> calls.addAll(Collections.nCopies(SIZES.size(), call(Shape.UNKNOWN)));
            case SESSION_EACH -> SIZES.forEach(size -> calls.add(call(size)));
        }
    }

    private Call call(long rows) {
        TwoLayerStep net = new TwoLayerStep(rows, LEARNING_RATE);
        Session session = new Session(net.graph(),
                SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(threads));
        sessions.add(session);
        net.loadWeights(session);
        PreparedCall call = session.prepare(net.step(), net.x(), net.y());
        return new Call(call, call.slot(net.x()), call.slot(net.y()));
    }

    @Override
    public Turn warmUp() {
        for (int sweep = 0; sweep < WARM_UP_SWEEPS; sweep++) {
            round(1);
        }
        if (pace == Pace.STEADY) {
            for (int i = 0; i < steps.length; i++) {
                steps[i] = Math.clamp(Math.round(SHARE_MICROS / least(i)), 2, MOST_STEPS);
            }
            round(1);
        }
        micros.forEach(List::clear);
        return Turn.ONCE;
    }

    /** One sweep over the sizes. */
    @Override
    public double round(int iterations) {
        double sum = 0;
        for (int i = 0; i < steps.length; i++) {
            Call call = calls.get(i);
            call.call.feed(call.xSlot, xs.get(i)).feed(call.ySlot, ys.get(i));
            if (steps[i] > 1) {
                TwoLayerStep.run(call.call);
            }
            long start = System.nanoTime();
            for (int step = 0; step < steps[i]; step++) {
                TwoLayerStep.run(call.call);
            }
            double time = (System.nanoTime() - start) / 1e3 / steps[i];
            micros.get(i).add(time);
            sum += time;
        }
        return sum;
    }

    private double least(int index) {
        return Collections.min(micros.get(index));
    }

    private double median(int index) {
        return new Samples(micros.get(index).stream().mapToDouble(Double::doubleValue).toArray()).median();
    }

    /**
     * How many programs its sessions have compiled, and where there is a reference the throughput as a
     * fraction of the reference's: of the sweep, of all sizes alike (the geometric mean) and of the worst;
     * no rows have no throughput.
     */
    @Override
    public List<Remark> remarks() {
        List<Remark> remarks = new ArrayList<>();
        remarks.add(new Remark("compilations", sessions.stream().mapToInt(Session::compilations).sum()));
        reference.filter(other -> !other.micros.getFirst().isEmpty()).ifPresent(other -> {
            double own = 0;
            double others = 0;
            double logarithms = 0;
            double worst = Double.POSITIVE_INFINITY;
            int worstSize = 0;
            for (int i = 0; i < steps.length; i++) {
                own += median(i);
                others += other.median(i);
                if (SIZES.get(i) == 0) {
                    continue;
                }
                double fraction = other.median(i) / median(i);
                logarithms += Math.log(fraction);
                if (fraction < worst) {
                    worst = fraction;
                    worstSize = SIZES.get(i);
                }
            }
            remarks.add(new Remark("static_fraction", others / own));
            remarks.add(new Remark("static_fraction_mean", Math.exp(logarithms / (steps.length - 1))));
            remarks.add(new Remark("static_fraction_worst", worst));
            remarks.add(new Remark("worst_size", worstSize));
        });
        return List.copyOf(remarks);
    }

    @Override
    public void close() {
        sessions.forEach(Session::close);
        sessions.clear();
        calls.clear();
        xs.clear();
        ys.clear();
    }
}
