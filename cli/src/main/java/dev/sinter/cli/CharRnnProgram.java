package dev.sinter.cli;

import dev.sinter.examples.CharRnn;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/** A recurrent model of the characters of a text, trained. */
final class CharRnnProgram implements Program {
    @Override
    public String name() {
        return "char-rnn";
    }

    @Override
    public Set<String> options() {
        return Set.of("--steps", "--seed", "--batch", "--data", "--sample");
    }

    @Override
    public void run(Settings settings, PrintStream out) {
        Path data = settings.data().orElseThrow(() -> new WrongArguments("char-rnn needs a text: --data FILE"));
        if (settings.batch() < 1) {
            throw new WrongArguments("char-rnn needs a --batch of at least 1");
        }
        CharRnn.train(text(data), new CharRnn.Training(settings.steps(), settings.seed(), settings.batch(),
                CharRnn.UNITS, settings.sample(), settings.session()), out::println);
    }

    private static String text(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException problem) {
            throw new CommandFailure("there is no file " + file);
        } catch (CharacterCodingException problem) {
            throw new CommandFailure(file + " is not a text in UTF-8");
        } catch (IOException problem) {
            throw new CommandFailure(file + " cannot be read: " + (Files.isDirectory(file) ? "it is a folder"
                    : problem.getMessage()));
        }
        if (text.isEmpty()) {
            throw new CommandFailure(file + " is empty");
        }
        return text;
    }

    @Override
    public void explain(Stage stage, boolean analyze, PrintStream out) {
        out.print(CharRnn.explain(stage.toString(), analyze));
    }
}
