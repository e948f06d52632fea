package dev.sinter.cli;

import dev.sinter.llvm.Llvm;
import dev.sinter.llvm.LlvmBackend;
import dev.sinter.program.Backend;
import dev.sinter.replay.Replay;
import dev.sinter.replay.ReplayCheck;
import dev.sinter.replay.ReplayFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Compiles again what has failed to compile, and says which stage fails. */
final class ReplayCommand implements Command {
    private static final Option<Long> SEED = Option.any64("--seed", 0, "The seed of the inputs (default 0).");
    private static final Option<dev.sinter.cli.Backend> BACKEND = Option.oneOf("--backend",
            dev.sinter.cli.Backend.LLVM,
            "llvm compiles too, eval stops before, auto does as can be (default llvm).");

    @Override
    public Syntax syntax() {
        return new Syntax("replay", Syntax.Operands.NAMES, "Compile again what failed; name the stage that fails.",
                """
                A NAME is a file that the message of a failure names, or that a dead process has left.
                Without one, the files that there are are listed, the latest first.
                Runs what it compiles on random inputs and compares the stages' results.
                """, List.of(SEED, BACKEND));
    }

    @Override
    public void run(Arguments arguments, PrintStream out, PrintStream err) throws IOException {
        if (arguments.operands().isEmpty()) {
            for (Option<?> option : List.of(SEED, BACKEND)) {
                if (arguments.isGiven(option)) {
                    throw new WrongArguments("replay takes no " + option.name() + " without a name");
                }
            }
            ReplayFolder.configured().files().forEach(out::println);
            return;
        }
        for (String name : arguments.operands()) {
            Path file = Path.of(name);
            if (!Files.isReadable(file)) {
                throw new CommandFailure("there is no file " + name);
            }
            replay(file, arguments.get(SEED), arguments.get(BACKEND), out, err);
        }
    }

    private static void replay(Path file, long seed, dev.sinter.cli.Backend kind, PrintStream out,
            PrintStream err) throws IOException {
        Replay replay = Replay.parse(Files.readString(file));
        boolean good = switch (kind) {
            case EVAL -> ReplayCheck.run(replay, Optional.empty(), seed, out);
            case AUTO, LLVM -> switch (Llvm.load()) {
                case Llvm.Availability.Available(Llvm llvm) -> compiled(replay, llvm, seed, out);
                case Llvm.Availability.Unavailable(String reason) when kind == dev.sinter.cli.Backend.AUTO -> {
                    err.println("sinter: native code is not available, the replay stops before it: " + reason);
                    yield ReplayCheck.run(replay, Optional.empty(), seed, out);
                }
                case Llvm.Availability.Unavailable(String reason) ->
                        throw new CommandFailure("native code is not available: " + reason
                                + "; choose --backend eval");
            };
        };
        if (!good) {
            throw new CommandFailure("the replay fails");
        }
    }

    private static boolean compiled(Replay replay, Llvm llvm, long seed, PrintStream out) {
        try (Backend backend = LlvmBackend.of(llvm, Math.max(1, replay.target().threads()))) {
            return ReplayCheck.run(replay, Optional.of(backend), seed, out);
        }
    }
}
