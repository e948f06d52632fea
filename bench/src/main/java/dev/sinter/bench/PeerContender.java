package dev.sinter.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A peer whose script is started anew in each turn; what counts is the median that it prints. */
final class PeerContender implements Contender {
    private static final Pattern LINE = Pattern.compile("(.*): min ([0-9.]+) us {2}med ([0-9.]+) us");

    private final String name;
    private final Peer peer;
    private final Cost cost;
    private final List<String> command;
    private final Map<String, String> environment;
    private double least = Double.POSITIVE_INFINITY;

    /**
     * A peer beside a workload.
     *
     * @param prefix the name of the workload
     * @param cost what one iteration does at least
     * @param python what starts Python
     * @param script where the peer's script lies
     * @param environment variables that the process gets besides this process's
     */
    PeerContender(
            String prefix, Cost cost, Peer peer, String python, Path script, Map<String, String> environment) {
        name = prefix + "-" + peer.label();
        this.cost = cost;
        this.peer = peer;
        this.environment = Map.copyOf(environment);
        command = new ArrayList<>(List.of(python, script.toString()));
        command.addAll(peer.arguments());
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
        Path script = Path.of(command.get(1));
        if (!Files.exists(script)) {
            throw new BaselineFailure("there is no " + script);
        }
    }

    @Override
    public Turn warmUp() {
        return Turn.ONCE;
    }

    @Override
    public double round(int iterations) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            try (BufferedReader out = process.inputReader()) {
                return read(out.lines().toList());
            } finally {
                process.destroy();
            }
        } catch (IOException problem) {
            throw new BaselineFailure(problem.getMessage());
        }
    }

    private double read(List<String> lines) {
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (line.startsWith(peer.line()) && matcher.matches()) {
                least = Math.min(least, Double.parseDouble(matcher.group(2)));
                return Double.parseDouble(matcher.group(3));
            }
        }
        throw new BaselineFailure("'" + String.join(" ", command) + "' prints no time of '" + peer.line() + "'"
                + (lines.isEmpty() ? "" : "; its last line is: " + lines.getLast()));
    }

    @Override
    public Samples samples(double[] micros) {
        return new Samples(micros, Math.min(least, new Samples(micros).least()));
    }

    @Override
    public void close() { }
}
