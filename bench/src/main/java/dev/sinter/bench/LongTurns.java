package dev.sinter.bench;

import java.util.List;

/**
 * A contender whose turns are as long as those of a script, so that few of them suffice.
 *
 * @param contender the contender
 */
record LongTurns(Contender contender) implements Contender {
    private static final double MICROS = 500_000;
    private static final int MOST = 500;

    @Override
    public String name() {
        return contender.name();
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
        Turn turn = contender.warmUp();
        double micros = contender.round(turn.iterations()) * turn.iterations();
        return new Turn(Math.clamp(Math.round(MICROS / micros), 3, MOST), turn.iterations());
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
