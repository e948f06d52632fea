package dev.sinter.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A script in Python that measures the same work in another framework by itself and prints a line
 * {@code NAME: min X us  med Y us} for each piece of it.
 *
 * @param label what rows call the framework
 * @param script the file's name
 * @param bundled whether the script lies in {@code bench/peers}, or in the folder that the user names
 * @param arguments the words after the script
 * @param line how the line begins that counts
 */
record Peer(String label, String script, boolean bundled, List<String> arguments, String line) {
    private static final List<String> TORCH_MODES = List.of("eager", "compile");

    Peer {
        arguments = List.copyOf(arguments);
    }

    /** Those that do the work of a comparison, which is named by its first row. */
    static List<Peer> of(String name) {
        return switch (name) {
            case "lstm" -> suite("lstm");
            case "lstm-37x5x100" -> recurrent("lstm", 37, 5, 100);
            case "gru" -> recurrent("gru", 200, 64, 512);
            case "scan" -> List.of(small("jax scan"));
            case "scan-grad" -> List.of(small("jax grad scan"));
            case "scan-64" -> List.of(scan("jax scan"));
            case "scan-64-grad" -> List.of(scan("jax grad scan"));
            case "while" -> List.of(small("jax while"));
            default -> List.of();
        };
    }

    private static List<Peer> suite(String workload) {
        return withTorch(new Peer("jax", "suite_jax.py", false, List.of(workload), "jax " + workload),
                "suite_torch.py", false, List.of(workload));
    }

    private static List<Peer> recurrent(String cell, int steps, int batch, int hidden) {
        List<String> arguments = List.of(
                cell, Integer.toString(steps), Integer.toString(batch), Integer.toString(hidden));
        return withTorch(new Peer("jax", "rnn_jax.py", true, arguments, "jax " + cell),
                "rnn_torch.py", true, arguments);
    }

    private static List<Peer> withTorch(Peer first, String script, boolean bundled, List<String> arguments) {
        return Stream.concat(Stream.of(first),
                TORCH_MODES.stream().map(mode -> {
                    List<String> words = new ArrayList<>(List.of(mode));
                    words.addAll(arguments);
                    return new Peer("torch-" + mode, script, bundled, words, "torch-" + mode + " ");
                })).toList();
    }

    private static Peer small(String line) {
        return new Peer("jax", "small.py", false, List.of("jax"), line);
    }

    private static Peer scan(String line) {
        return new Peer("jax", "scan_jax.py", true, List.of("64", "64"), line);
    }
}
