package dev.sinter.cli;

import dev.sinter.examples.TwoLayerNet;
import java.io.PrintStream;
import java.util.Set;

/** A net with one hidden layer, trained. */
final class TwoLayerNetProgram implements Program {
    @Override
    public String name() {
        return "two-layer-net";
    }

    @Override
    public Set<String> options() {
        return Set.of("--steps", "--seed", "--batch");
    }

    @Override
    public void run(Settings settings, PrintStream out) {
        TwoLayerNet.train(settings.steps(), settings.seed(), settings.batch(), settings.threads(),
                settings.engine(), out::println);
    }

    @Override
    public void explain(Stage stage, boolean analyze, PrintStream out) {
        out.print(TwoLayerNet.explain(stage.toString(), analyze));
    }
}
