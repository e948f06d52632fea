package dev.sinter.bench;

import java.util.List;
import java.util.Optional;

/**
 * A contender whose turns are what a script measures from its start to its end, as the {@code bench} of
 * {@code bench/peers/common.py}: the mean of each of 7 parts of about 350 ms. What counts of a turn is the median of
 * these means; their least counts too.
 */
final class LongTurns implements Contender {
    private static final int PARTS = 7;
    private static final double PART_MICROS = 350_000;

    private final Contender contender;
    private double least = Double.POSITIVE_INFINITY;

    LongTurns(Contender contender) {
        this.contender = contender;
    }

    @Override
    public String name() {
        return contender.name();
    }

    @Override
    public Optional<String> label() {
        return contender.label();
    }

    @Override
    public Cost cost() {
        return contender.cost();
    }

    @Override
    public void prepare() {
        contender.prepare();
    }

    @Override
    public double round(int iterations) {
        return contender.round(iterations);
    }

    @Override
    public Turn warmUp() {
        double micros = contender.round(contender.warmUp().iterations());
        return new Turn(PARTS, (int) Math.clamp(PART_MICROS / micros, 1, Integer.MAX_VALUE), true);
    }

    /** The median of the parts alone. */
    @Override
    public double[] turn(Turn turn) {
        Samples parts = new Samples(contender.turn(turn));
        least = Math.min(least, parts.least());
        return new double[] {parts.median()};
    }

    @Override
    public Samples samples(double[] micros) {
        return new Samples(micros, least);
    }

    @Override
    public List<Remark> remarks() {
        return contender.remarks();
    }

    @Override
    public void close() {
        contender.close();
    }
}
