package dev.sinter.cli;

import dev.sinter.examples.Decay;
import dev.sinter.examples.Newton;
import dev.sinter.runtime.SessionOptions;
import java.io.PrintStream;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** A loop of as many iterations as its numbers need, differentiated twice. */
record LoopProgram(String name, BiConsumer<SessionOptions, Consumer<String>> body,
        BiFunction<String, Boolean, String> explanation) implements Program {
    static LoopProgram newton() {
        return new LoopProgram("newton", Newton::run, Newton::explain);
    }

    static LoopProgram decay() {
        return new LoopProgram("decay", Decay::run, Decay::explain);
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public void run(Settings settings, PrintStream out) {
        body.accept(settings.session(), out::println);
    }

    @Override
    public void explain(Stage stage, boolean analyze, PrintStream out) {
        out.print(explanation.apply(stage.toString(), analyze));
    }
}
