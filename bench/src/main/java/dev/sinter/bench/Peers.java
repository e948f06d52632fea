package dev.sinter.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What runs the peers' scripts.
 *
 * @param folder where the scripts lie
 * @param python what starts Python
 * @param threads how many threads each computes with
 */
record Peers(Path folder, String python, int threads) {
    /** Those that do the work of a comparison, which is named by its first row. */
    List<Contender> of(String name, Cost cost) {
        Map<String, String> environment = Map.of("PYTHONDONTWRITEBYTECODE", "1",
                "OMP_NUM_THREADS", Integer.toString(threads), "NPROC", Integer.toString(threads));
        List<Contender> peers = new ArrayList<>();
        for (Peer peer : Peer.of(name)) {
            Path file = folder.resolve(peer.script());
            List<String> command = new ArrayList<>(List.of(python, file.toString()));
            command.addAll(peer.arguments());
            peers.add(new PeerContender(name, cost, peer, file, new PeerScript(command, environment)));
        }
        return peers;
    }
}
