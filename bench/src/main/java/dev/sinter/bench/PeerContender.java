package dev.sinter.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A peer whose script is started anew in each turn; what counts is the median that it prints. */
final class PeerContender implements Contender {
    private final String name;
    private final Peer peer;
    private final Cost cost;
    private final Path file;
    private final PeerScript script;
    private double least = Double.POSITIVE_INFINITY;

    /**
     * A peer beside a workload.
     *
     * @param prefix the name of the workload
     * @param cost what one iteration does at least
     * @param file where the peer's script lies
     * @param script how it is run
     */
    PeerContender(String prefix, Cost cost, Peer peer, Path file, PeerScript script) {
        name = prefix + "-" + peer.label();
        this.cost = cost;
        this.peer = peer;
        this.file = file;
        this.script = script;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> label() {
        return Optional.of(peer.label());
    }

    @Override
    public Cost cost() {
        return cost;
    }

    @Override
    public void prepare() {
        if (!Files.exists(file)) {
            throw new BaselineFailure("there is no " + file);
        }
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        PeerScript.Times times = script.run(peer.line());
        least = Math.min(least, times.least());
        return times.median();
    }

    @Override
    public Samples samples(double[] micros) {
        return new Samples(micros, least);
    }

    @Override
    public void close() { }
}
