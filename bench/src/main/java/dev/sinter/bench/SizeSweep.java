package dev.sinter.bench;

import dev.sinter.runtime.FeedSlot;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.LongFunction;

/**
 * Training steps of a net on data of many sizes, one size after the other. What is counted is the sum over
 * the sizes of the time of one step.
 */
final class SizeSweep implements Contender {
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

    /**
     * What is swept.
     *
     * @param sizes the sizes in their order
     * @param net the net of a size, or of all sizes where it is {@link Shape#UNKNOWN}
     * @param cost what a step of a size does at least
     */
    record Subject(List<Integer> sizes, LongFunction<SizedNet> net, IntFunction<Cost> cost) {
        /** Batches of the two-layer net: few, odd, round and many rows; none, one and 10,000 among them. */
        static final Subject BATCHES = new Subject(List.of(
                0, 1, 2, 3, 5, 7, 8, 13, 16, 17, 24, 31, 32, 33, 48, 50, 64, 65, 96, 100, 127, 128, 192, 200,
                255, 256, 384, 500, 512, 1000, 1024, 10_000),
                rows -> new TwoLayerStep(rows, 1e-9), TwoLayerStep::cost);

        /** Sequences of a recurrent net: of no, of one and of up to 200 steps. */
        static Subject lengths(RecurrentShape shape) {
            return new Subject(List.of(
                    0, 1, 2, 3, 5, 7, 8, 10, 13, 16, 20, 24, 25, 30, 31, 32, 33, 37, 40, 48, 50, 60, 64, 75,
                    80, 90, 96, 100, 120, 128, 150, 200),
                    length -> new RecurrentNet(shape, length), length -> shape.withSteps(length).cost());
        }
    }

    private static final double LOSS_TOLERANCE = 1e-4;
    private static final double SHARE_MICROS = 500;
    private static final int MOST_STEPS = 500;
    private static final int WARM_UP_SWEEPS = 5;

    private record Call(PreparedCall call, FeedSlot xSlot, FeedSlot ySlot) { }

    private final String name;
    private final int threads;
    private final Subject subject;
    private final Mode mode;
    private final Pace pace;
    private final Optional<SizeSweep> reference;
    private final List<Session> sessions = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<NDArray> xs = new ArrayList<>();
    private final List<NDArray> ys = new ArrayList<>();
    private final int[] steps;
    private final List<List<Double>> micros = new ArrayList<>();

    /** A sweep that others are compared with. */
    SizeSweep(String name, int threads, Subject subject, Mode mode, Pace pace) {
        this(name, threads, subject, mode, pace, Optional.empty());
    }

    /** A sweep whose row says its throughput as a fraction of another's. */
    SizeSweep(String name, int threads, Subject subject, Mode mode, Pace pace, SizeSweep reference) {
        this(name, threads, subject, mode, pace, Optional.of(reference));
    }

    private SizeSweep(
            String name, int threads, Subject subject, Mode mode, Pace pace, Optional<SizeSweep> reference) {
        this.name = name;
        this.threads = threads;
        this.subject = subject;
        this.mode = mode;
        steps = new int[subject.sizes.size()];
        this.pace = pace;
        this.reference = reference;
        Arrays.fill(steps, 1);
        subject.sizes.forEach(_ -> micros.add(new ArrayList<>()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.ofFlops(
                subject.sizes.stream().mapToDouble(size -> subject.cost.apply(size).flops()).sum());
    }

    @Override
    public void prepare() {
        switch (mode) {
            case ONE_SESSION -> {
                SizedNet net = subject.net.apply(Shape.UNKNOWN);
                Call call = call(net);
                for (int size : subject.sizes) {
                    calls.add(call);
                    data(net, size);
                }
            }
            case SESSION_EACH -> subject.sizes.forEach(size -> {
                SizedNet net = subject.net.apply(size);
                calls.add(call(net));
                data(net, size);
            });
        }
    }

    private Call call(SizedNet net) {
        Session session = new Session(net.graph(), SessionWorkload.options(threads));
        sessions.add(session);
        net.loadWeights(session);
        PreparedCall call = session.prepare(net.step(), net.x(), net.y());
        return new Call(call, call.slot(net.x()), call.slot(net.y()));
    }

    private void data(SizedNet net, int size) {
        xs.add(net.inputs(size));
        ys.add(net.targets(size));
        net.firstLoss(size).ifPresent(expected -> {
            Call call = calls.getLast();
            net.loadWeights(sessions.getLast());
            float loss = call.call.feed(call.xSlot, xs.getLast()).feed(call.ySlot, ys.getLast()).run()
                    .floatValue(0);
            Values.require(Math.abs(loss - expected) < LOSS_TOLERANCE,
                    "the loss of size " + size + " is " + loss + " instead of " + expected);
        });
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
                SizedNet.run(call.call);
            }
            long start = System.nanoTime();
            for (int step = 0; step < steps[i]; step++) {
                SizedNet.run(call.call);
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
                if (subject.sizes.get(i) == 0) {
                    continue;
                }
                double fraction = other.median(i) / median(i);
                logarithms += Math.log(fraction);
                if (fraction < worst) {
                    worst = fraction;
                    worstSize = subject.sizes.get(i);
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
