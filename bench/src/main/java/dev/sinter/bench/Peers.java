package dev.sinter.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        return Peer.of(name).stream().<Contender>map(peer -> new PeerContender(name, cost, peer,
                folder.resolve(peer.script()), new PeerScript(command(peer), environment()))).toList();
    }

    /** The memory of those that take the steps of a comparison. */
    List<Contender> memory(String name) {
        return Peer.of(name).stream().<Contender>map(peer -> {
            ProcessBuilder builder = new ProcessBuilder(command(peer));
            builder.environment().putAll(environment());
            return new StepMemory(name + "-" + peer.label(), Optional.of(peer.label()), builder, List.of());
        }).toList();
    }

    /** The whole processes of those that are the programs of a comparison. */
    List<Contender> processes(String name) {
        return Peer.of(name).stream().<Contender>map(peer -> new ProcessStart(name + "-" + peer.label(),
                Optional.of(peer.label()), command(peer), environment(), true)).toList();
    }

    private Map<String, String> environment() {
        return Map.of("PYTHONDONTWRITEBYTECODE", "1",
                "OMP_NUM_THREADS", Integer.toString(threads), "NPROC", Integer.toString(threads));
    }

    private List<String> command(Peer peer) {
        List<String> command = new ArrayList<>(List.of(python, folder.resolve(peer.script()).toString()));
        command.addAll(peer.arguments());
        return command;
    }
}
