package dev.sinter.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A script of {@code bench/peers} that measures the same work in a Python framework.
 *
 * @param label what rows call the framework
 * @param script the file's name
 * @param arguments the words after the script
 * @param line how the {@linkplain PeerScript line} begins that counts
 */
record Peer(String label, String script, List<String> arguments, String line) {
    private static final String FLOAT32 = "float32";
    private static final String FLOAT64 = "float64";
    private static final List<String> TORCH_MODES = List.of("eager", "compile");

    Peer {
        arguments = List.copyOf(arguments);
    }

    /** Those that do the work of a comparison, which is named by its first row. */
    static List<Peer> of(String name) {
        return switch (name) {
            case "lstm" -> recurrent("lstm", 100, 32, 256);
            case "lstm-37x5x100" -> recurrent("lstm", 37, 5, 100);
            case "gru" -> recurrent("gru", 200, 64, 512);
            case "scan" -> List.of(scan("1", "8", "jax scan"));
            case "scan-grad" -> List.of(scan("1", "8", "jax grad scan"));
            case "scan-64" -> List.of(scan("64", "64", "jax scan"));
            case "scan-64-grad" -> List.of(scan("64", "64", "jax grad scan"));
            case "while" -> List.of(new Peer("jax", "while_jax.py", List.of(), "jax while"));
            case "softmax", "fused" -> moving(name, "4096", "1024", FLOAT32);
            case "softmax-37x1001", "fused-37x1001" -> moving(beforeDash(name), "37", "1001", FLOAT32);
            case "softmax-f64", "fused-f64" -> moving(beforeDash(name), "4096", "1024", FLOAT64);
            case "adam" -> moving(name, "10000000");
            case "adam-1000003" -> moving("adam", "1000003");
            case "resnet50-b1-tiled", "resnet50-b8-tiled" ->
                    inference(name.substring(0, name.length() - ImageTask.TILED.length()));
            case "resnet50-b1", "resnet50-b8", "mobilenetv2-b1", "mobilenetv2-b8",
                    "bert-b1", "bert-b8", "gpt2-b1", "gpt2-b8" -> inference(name);
            case "cnn" -> cnn(64);
            case "cnn-b13" -> cnn(13);
            case "gpt" -> gpt(8, 128, 256, FLOAT32);
            case "gpt-3x77x200" -> gpt(3, 77, 200, FLOAT32);
            case "gpt-f64" -> gpt(8, 128, 256, FLOAT64);
            case "memory-gpt" -> gpt(8, 128, 256, FLOAT32, "memory");
            case "compile-gpt" -> gpt(8, 128, 256, FLOAT32, "first").subList(0, 1);
            case "start-two-layer-net" -> List.of(new Peer("jax", "two_layer_net_jax.py", List.of(), ""));
            case "attention-1024", "attention-4096" -> attention(name, "all");
            case "attention-1024-causal", "attention-4096-causal", "attention-1024-grad", "attention-4096-grad" ->
                    attention(name, name.substring(name.lastIndexOf('-') + 1));
            default -> name.startsWith("fft-") ? fourier(name.substring("fft-".length()))
                    : name.startsWith("conv-") ? convolution(name.substring("conv-".length())) : List.of();
        };
    }

    private static List<Peer> fourier(String length) {
        return List.of(new Peer("scipy", "fft.py", List.of("scipy", length), "scipy fft"),
                new Peer("torch-eager", "fft.py", List.of("torch", length), "torch fft"));
    }

    /** Of a shape's name, which may be followed by that of its gradients. */
    private static List<Peer> convolution(String work) {
        boolean gradients = work.endsWith(ConvTask.GRADIENTS);
        List<String> arguments = new ArrayList<>(List.of(gradients ? "grad" : "forward"));
        arguments.addAll(ConvShape.of(gradients ? work.substring(0, work.length() - ConvTask.GRADIENTS.length()) : work)
                .arguments());
        List<Peer> peers = new ArrayList<>(List.of(new Peer("jax", "conv_jax.py", arguments, "jax conv")));
        for (String mode : List.of("eager", "channels-last")) {
            List<String> words = new ArrayList<>(List.of(mode));
            words.addAll(arguments);
            peers.add(new Peer("torch-" + mode, "conv_torch.py", words, "torch-" + mode + " "));
        }
        return List.copyOf(peers);
    }

    private static List<Peer> attention(String name, String variant) {
        return everywhere("attention", List.of(name.split("-")[1], variant), "attention " + variant);
    }

    private static String beforeDash(String name) {
        return name.substring(0, name.indexOf('-'));
    }

    private static List<Peer> moving(String work, String... sizes) {
        return everywhere("moving", Stream.concat(Stream.of(work), Stream.of(sizes)).toList(), work);
    }

    private static List<Peer> cnn(int batch) {
        return everywhere("cnn", List.of(Integer.toString(batch)), "cnn");
    }

    private static List<Peer> gpt(int batch, int length, int width, String... words) {
        Stream<String> sizes = Stream.of(batch, length, width).map(String::valueOf);
        return everywhere("gpt", Stream.concat(sizes, Stream.of(words)).toList(), "gpt");
    }

    private static List<Peer> recurrent(String cell, int steps, int batch, int hidden) {
        List<String> arguments = List.of(
                cell, Integer.toString(steps), Integer.toString(batch), Integer.toString(hidden));
        return everywhere("rnn", arguments, cell);
    }

    /** A script for JAX and one for each mode of PyTorch, whose lines begin with the framework and the work. */
    private static List<Peer> everywhere(String script, List<String> arguments, String work) {
        List<Peer> peers = new ArrayList<>(List.of(new Peer("jax", script + "_jax.py", arguments, "jax " + work)));
        for (String mode : TORCH_MODES) {
            List<String> words = new ArrayList<>(List.of(mode));
            words.addAll(arguments);
            peers.add(new Peer("torch-" + mode, script + "_torch.py", words, "torch-" + mode + " "));
        }
        return List.copyOf(peers);
    }

    /** ONNX Runtime and the modes of PyTorch; the name ends in the batch's size. */
    private static List<Peer> inference(String name) {
        int dash = name.lastIndexOf("-b");
        List<Peer> peers = new ArrayList<>();
        for (String mode : List.of("onnxruntime", "torch-eager", "torch-compile")) {
            peers.add(new Peer(mode, "infer.py", List.of(mode, name.substring(0, dash), name.substring(dash + 2)),
                    mode + " "));
        }
        return List.copyOf(peers);
    }

    private static Peer scan(String rows, String columns, String line) {
        return new Peer("jax", "scan_jax.py", List.of(rows, columns), line);
    }
}
