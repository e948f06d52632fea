package dev.sinter.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the peers' scripts and what runs them lie. */
final class Peers {
    private final Bench.Scripts scripts;
    private final Optional<Path> bundled;
    private final int threads;

    /**
     * The peers.
     *
     * @param threads how many threads each computes with
     */
    Peers(Bench.Scripts scripts, int threads) {
        this.scripts = scripts;
        this.threads = threads;
        bundled = Checkout.root().map(root -> root.resolve("bench/peers"));
    }

    /** Those that do the work of a comparison, which is named by its first row. */
    List<Contender> of(String name, Cost cost) {
        // Bundled scripts use the timing helper of the others.
        Map<String, String> environment = Map.of(
                "PYTHONPATH", scripts.folder().toAbsolutePath().toString(), "PYTHONDONTWRITEBYTECODE", "1",
                "OMP_NUM_THREADS", Integer.toString(threads), "NPROC", Integer.toString(threads));
        List<Contender> peers = new ArrayList<>();
        for (Peer peer : Peer.of(name)) {
            Optional<Path> folder = peer.bundled() ? bundled : Optional.of(scripts.folder().toAbsolutePath());
            folder.ifPresent(found -> peers.add(new PeerContender(
                    name, cost, peer, scripts.python(), found.resolve(peer.script()), environment)));
        }
        return peers;
    }
}
