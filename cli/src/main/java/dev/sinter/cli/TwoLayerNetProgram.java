package dev.sinter.cli;

import dev.sinter.examples.TwoLayerNet;
import java.io.PrintStream;

/** A net with one hidden layer, trained. */
final class TwoLayerNetProgram implements Program {
    @Override
    public String name() {
        return "two-layer-net";
    }

    @Override
    public void run(Settings settings, PrintStream out) {
        TwoLayerNet.train(settings.steps(), settings.seed(), settings.batch(), settings.threads(),
                switch (settings.backend()) {
                    case AUTO -> dev.sinter.runtime.Backend.AUTO;
                    case LLVM -> dev.sinter.runtime.Backend.LLVM;
                    case EVAL -> dev.sinter.runtime.Backend.EVAL;
                }, out::println);
    }

    @Override
    public void explain(Stage stage, boolean analyze, PrintStream out) {
        out.print(TwoLayerNet.explain(stage.toString(), analyze));
    }
}
