package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int execute(String... arguments) {
        return new Main(new PrintStream(out, true), new PrintStream(err, true), false).execute(arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "explain", "bench", "check", "onnx", "replay"})
    void everyCommandHasHelp(String command) {
        assertThat(execute(command, "--help")).isZero();
        assertThat(out()).startsWith("Usage: sinter " + command).contains("--help");
        assertThat(err()).isEmpty();
        assertThat(out().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(execute("--help")).isZero();
        assertThat(out()).contains("run ", "explain ", "bench ", "check ", "onnx ", "replay ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "''                               @ no command; there are: run, explain, bench, check, onnx, replay",
        "walk                             @ no command is called 'walk'; there are: run, explain, "
                + "bench, check, onnx, replay",
        "run                              @ run needs a name",
        "run a b                          @ run takes one name but there are 2: a b",
        "run nothing                      @ no program is called 'nothing'; there are: "
                + "two-layer-net, char-rnn, newton, decay",
        "run newton --data a              @ newton takes no --data",
        "run two-layer-net --stepz 3      @ run has no option --stepz",
        "run two-layer-net --steps        @ --steps needs a value: --steps N",
        "run two-layer-net --steps many   @ --steps must be an integer in range but is 'many'",
        "run two-layer-net --steps=99999999999 @ --steps must be an integer in range but is '99999999999'",
        "run two-layer-net --steps=-1     @ --steps must be at least 0 but is -1",
        "run two-layer-net --threads 0    @ --threads must be at least 1 but is 0",
        "run two-layer-net --backend gpu  @ --backend must be one of auto|llvm|eval but is 'gpu'",
        "run char-rnn                     @ char-rnn needs a text: --data FILE",
        "run char-rnn --data a --batch 0  @ char-rnn needs a --batch of at least 1",
        "run char-rnn --data              @ --data needs a value: --data FILE",
        "run two-layer-net --data a       @ two-layer-net takes no --data",
        "run two-layer-net --sample 3     @ two-layer-net takes no --sample",
        "run newton --steps 3             @ newton takes no --steps",
        "run decay --seed=0               @ decay takes no --seed",
        "run newton --batch 64            @ newton takes no --batch",
        "explain newton --threads 1       @ newton takes no --threads; workloads of bench do",
        "explain lstm --analyze --stage asm @ --analyze goes with the stage plan, not with asm",
        "bench lstm --python python3      @ --python goes with --peers",
        "onnx                             @ onnx needs a task: inspect, run, explain, bench, test",
        "onnx walk                        @ onnx has no task 'walk'; there are: inspect, run, explain, bench, test",
        "onnx inspect                     @ onnx inspect takes one model, not 0",
        "onnx inspect a b                 @ onnx inspect takes one model, not 2",
        "onnx run                         @ onnx run takes one model, not 0",
        "onnx run a                       @ onnx run needs a folder: --out DIR",
        "onnx run a --list b              @ onnx run takes no --list",
        "onnx test a --input x=y          @ onnx test takes no --input",
        "onnx explain                     @ onnx explain takes one model, not 0",
        "onnx explain a --analyze --stage llvm @ --analyze goes with the stage plan, not with llvm",
        "onnx bench                       @ onnx bench needs a model",
        "onnx run a --most-found 0        @ --most-found must be at least 1 but is 0",
        "onnx bench a --out b             @ onnx bench takes no --out",
        "onnx inspect a --rtol 1          @ onnx inspect takes no --rtol",
        "onnx test                        @ onnx test needs a folder",
        "onnx test a --rtol x             @ --rtol must be a number but is 'x'",
        "onnx test a --out b              @ onnx test takes no --out",
        "replay --seed 3                  @ replay takes no --seed without a name",
        "replay --backend eval            @ replay takes no --backend without a name",
        "replay a --seed x                @ --seed must be an integer in range but is 'x'",
        "bench lstm --peers=a             @ --peers takes no value",
        "explain nothing                  @ no program is called 'nothing'; there are: "
                + "two-layer-net, char-rnn, newton, decay",
        "explain lstm --threads=0         @ --threads must be at least 1 but is 0",
        "explain two-layer-net --analyze=1 @ --analyze takes no value",
    })
    void wrongArgumentsAreOneMessageAndStatusTwo(String words, String message) {
        assertThat(execute(words.isEmpty() ? new String[0] : words.split(" "))).isEqualTo(2);
        assertThat(out()).isEmpty();
        assertThat(err().lines().findFirst()).hasValue("sinter: " + message);
        assertThat(err().lines()).hasSize(2);
    }
}
