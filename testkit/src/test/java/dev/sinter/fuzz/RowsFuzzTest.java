package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random functions that go through the rows of arrays several times, which are kernels joined row by row. */
final class RowsFuzzTest {
    private static final int CASES = 150;
    private static final List<String> ELEMENTWISE = List.of("tanh", "logistic", "neg", "abs");
    private static final List<String> COMBINING = List.of("add", "sub", "mul", "max", "min");
    private static final List<String> FOLDING = List.of("sum", "max", "min");

    /** A function's text on the way. */
    private static final class Text {
        private final SplittableRandom random;
        private final String mnemonic;
        private final String rows;
        private final int rowAxes;
        private final int columns;
        private final StringBuilder lines = new StringBuilder();
        private final List<String> whole = new ArrayList<>(List.of("%x", "%y"));
        private final List<String> perRow = new ArrayList<>();
        private int values = 10;

        Text(SplittableRandom random, DType dtype, String rows, int columns) {
            this.random = random;
            this.mnemonic = dtype == DType.FLOAT32 ? "f32" : "f64";
            this.rows = rows;
            this.rowAxes = rows.split(",").length;
            this.columns = columns;
        }

        private String wholeType() {
            return mnemonic + "[" + rows + "," + columns + "]";
        }

        private String rowType() {
            return mnemonic + "[" + rows + "]";
        }

        private String line(String what, String type) {
            String name = "%" + values++;
            lines.append("  ").append(name).append(" = ").append(what).append(" : ").append(type).append('\n');
            return name;
        }

        private <T> T any(List<T> from) {
            return from.get(random.nextInt(from.size()));
        }

        private String stretched(String row) {
            String axes = String.join(",", IntStream.range(0, rowAxes).mapToObj(String::valueOf).toList());
            return line("broadcast{axes=[" + axes + "]}(" + row + ")", wholeType());
        }

        /** Keeps values small, whatever they are made of. */
        private String bounded(String value, String type) {
            return random.nextInt(3) == 0 ? value : line(any(List.of("tanh", "logistic")) + "(" + value + ")", type);
        }

        private void step() {
            switch (random.nextInt(6)) {
                case 0 -> whole.add(line(any(ELEMENTWISE) + "(" + any(whole) + ")", wholeType()));
                case 1 -> whole.add(bounded(line(any(COMBINING) + "(" + any(whole) + ", " + any(whole) + ")",
                        wholeType()), wholeType()));
                case 2 -> whole.add(bounded(line(any(COMBINING) + "(" + any(whole) + ", "
                        + line("broadcast{axes=[" + rowAxes + "]}(%v)", wholeType()) + ")", wholeType()),
                        wholeType()));
                case 3 -> fold();
                default -> {
                    if (perRow.isEmpty()) {
                        fold();
                    }
                    whole.add(bounded(line(any(COMBINING) + "(" + any(whole) + ", " + stretched(any(perRow)) + ")",
                            wholeType()), wholeType()));
                }
            }
        }

        private void fold() {
            String folded = line("reduce{" + any(FOLDING) + ", axes=[" + rowAxes + "]}(" + any(whole) + ")", rowType());
            perRow.add(bounded(folded, rowType()));
        }

        Function function() {
            for (int i = random.nextInt(4, 12); i > 0; i--) {
                step();
            }
            String results = whole.getLast() + (perRow.isEmpty() || random.nextBoolean() ? "" : ", " + any(perRow))
                    + (random.nextInt(3) > 0 ? "" : ", " + any(whole));
            return Parser.parse("sinter-tensor 1\nfunc @rows(%x: " + wholeType() + ", %y: " + wholeType() + ", %v: "
                    + mnemonic + "[" + columns + "]) {\n" + lines + "  return " + results + "\n}\n");
        }
    }

    private static NDArray numbers(SplittableRandom random, DType dtype, long... sizes) {
        NDArray array = NDArray.zeros(dtype, sizes);
        for (int i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextInt(-64, 65) / 32.0);
        }
        return array;
    }

    private static void check(ProgramCheck programs, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DType dtype = random.nextInt(3) == 0 ? DType.FLOAT64 : DType.FLOAT32;
        int columns = random.nextBoolean() ? random.nextInt(1, 80) : random.nextInt(80, 600);
        boolean open = random.nextBoolean();
        int count = random.nextInt(open ? 0 : 1, 90);
        boolean two = random.nextInt(3) == 0;
        String rows = (open ? "n" : String.valueOf(count)) + (two ? ",3" : "");
        Function function = new Text(random, dtype, rows, columns).function();
        long[] sizes = two ? new long[] {count, 3, columns} : new long[] {count, columns};
        List<NDArray> inputs = List.of(numbers(random, dtype, sizes), numbers(random, dtype, sizes),
                numbers(random, dtype, columns));
        Optional<String> mismatch = programs.mismatch(function, List.of(inputs), Sensitivity.MEASURED);
        assertThat(mismatch).as("case %d of %d rows", seed, count).isEmpty();
    }

    @Test
    void nativePrograms() {
        try (ProgramCheck programs = ProgramCheck.compiled(3)) {
            IntStream.range(0, CASES).forEach(seed -> check(programs, seed));
        }
    }

    @Test
    void narrowVectorsAndSmallCaches() {
        ProgramCheck programs = ProgramCheck.interpreted(new Target("fuzz", 16, 16, 2 << 10, 16 << 10, 2));
        IntStream.range(CASES, 4 * CASES).forEach(seed -> check(programs, seed));
    }
}
