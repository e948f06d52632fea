package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.diff.ReverseMode;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Parser;
import dev.sinter.ir.Value;
import dev.sinter.kernel.Kernel.Access;
import dev.sinter.op.Contract;
import dev.sinter.plan.Recomputation;
import dev.sinter.program.Compilation;
import dev.sinter.program.Program;
import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two products and what is between them, of random sizes, orders of axes, masks and results. */
final class AttentionFuzzTest {
    private static final int CASES = 60;
    private static final Target WIDE = new Target("fuzz", 64, 32, 48 << 10, 1 << 20, 2);

    /** Scores of any size are computed by each group of their readers. */
    private static final Compilation.Options APART = Compilation.Options.defaults()
            .withRecomputation(new Recomputation.Policy(1, 4, 1, false, 1, 0));

    /** A function and what it is given. */
    private record Attention(Function function, List<NDArray> arguments) {
        /** Whether both products are in one kernel, and what is between them is memory of a thread. */
        boolean isJoined() {
            return compiled(Compilation.Options.defaults()).program().steps()
                    .stream().filter(Program.Step.Launch.class::isInstance)
                    .map(step -> ((Program.Step.Launch) step).kernel())
                    .anyMatch(kernel -> kernel.name().matches(".*contract.*contract.*")
                            && kernel.buffers().stream().anyMatch(buffer -> buffer.access() == Access.SCRATCH));
        }

        Compilation compiled(Compilation.Options options) {
            return Compilation.compile(function, Map.of(), WIDE, options);
        }

        /** The same with the gradients of half the sum of the last result's squares. */
        Attention withGradients() {
            Builder b = new Builder();
            List<Value> parameters = function.parameters().stream().map(value -> b.add(value.op())).toList();
            List<Value> results = new ArrayList<>(function.inline(b, parameters));
            List<Value> last = List.of(results.getLast());
            ReverseMode.gradients(b, last, last, parameters).forEach(gradient -> gradient.ifPresent(results::add));
            return new Attention(new Function("gradients", parameters, results, b.locations()), arguments);
        }

        /** The bytes of all scores. */
        long bytesOfScores() {
            return function.values().stream().mapToLong(value -> value.op() instanceof Contract
                    ? Float.BYTES * value.shape().elementCount().assumed() : 0).max().orElseThrow();
        }
    }

    private static void check(ProgramCheck programs, int seed) {
        check(programs, seed, random(new SplittableRandom(seed)));
    }

    private static void check(ProgramCheck programs, int seed, Attention attention) {
        assertThat(programs.mismatch(attention.function, List.of(attention.arguments), Sensitivity.MEASURED))
                .as("case %d", seed).isEmpty();
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
        IntStream.range(CASES, 3 * CASES).forEach(seed -> check(programs, seed));
    }

    @Test
    void mostAreOneKernel() {
        assertThat(IntStream.range(0, CASES).filter(seed -> random(new SplittableRandom(seed)).isJoined()))
                .hasSizeGreaterThan(CASES / 3);
    }

    @Test
    void gradientsWithoutArraysOfScores() {
        try (ProgramCheck programs = ProgramCheck.compiled(3)) {
            IntStream.range(0, CASES).forEach(seed -> check(programs.with(APART), seed,
                    random(new SplittableRandom(seed)).withGradients()));
        }
    }

    @Test
    void gradientsWithNarrowVectorsAndSmallCaches() {
        ProgramCheck programs = ProgramCheck.interpreted(new Target("fuzz", 16, 16, 2 << 10, 16 << 10, 2));
        IntStream.range(CASES, 2 * CASES).forEach(seed -> check(programs.with(APART), seed,
                random(new SplittableRandom(seed)).withGradients()));
    }

    @Test
    void manyGradientsNeedNoArrayOfScores() {
        assertThat(IntStream.range(0, CASES).filter(seed -> {
            Attention attention = random(new SplittableRandom(seed)).withGradients();
            return attention.compiled(APART).memory().bind(_ -> 2, 1).peak() < attention.bytesOfScores();
        })).hasSizeGreaterThan(CASES / 6);
    }

    private static Attention random(SplittableRandom random) {
        boolean isOpen = random.nextInt(4) == 0;
        long b = random.nextInt(1, 4);
        long h = random.nextInt(1, 5);
        long[] lengths = {1, 7, 12, 16, 31, 32, 48, 50, 64, 96};
        long q = lengths[random.nextInt(lengths.length)];
        long k = random.nextBoolean() ? q : lengths[random.nextInt(lengths.length)];
        long d = List.of(3L, 4L, 8L, 16L, 17L).get(random.nextInt(5));
        long e = List.of(d, 5L, 16L).get(random.nextInt(3));
        boolean isTurned = random.nextBoolean();
        String batch = isOpen ? "n" : String.valueOf(b);
        String sizes = isTurned ? "B,L,H,W" : "B,H,L,W";
        String scores = batch + "," + h + "," + q + "," + k;
        String rows = batch + "," + h + "," + q;
        StringBuilder text = new StringBuilder("sinter-tensor 1\nfunc @f(");
        List<NDArray> arguments = new ArrayList<>();
        argument(text, arguments, random, "q", type(sizes, batch, h, q, d), type(sizes, "" + b, h, q, d));
        argument(text, arguments, random, "k", type(sizes, batch, h, k, d), type(sizes, "" + b, h, k, d));
        argument(text, arguments, random, "v", type(sizes, batch, h, k, e), type(sizes, "" + b, h, k, e));
        int mask = random.nextInt(5);
        if (mask == 1) {
            argument(text, arguments, random, "m", q + "," + k, q + "," + k);
        } else if (mask == 2) {
            argument(text, arguments, random, "m", batch + "," + k, b + "," + k);
        }
        text.setLength(text.length() - 2);
        String axes = isTurned ? "bqhd,bkhd->bhqk" : "bhqd,bhkd->bhqk";
        String mixed = "bhqk," + (isTurned ? "bkhe" : "bhke") + (random.nextBoolean() ? "->bhqe" : "->bqhe");
        String result = mixed.endsWith("bhqe") ? rows + "," + e : batch + "," + q + "," + h + "," + e;
        text.append("""
                ) {
                  %1 = contract{AXES}(%q, %k) : f32[SCORES]
                  %2 = constant{0.25}() : f32[]
                  %3 = broadcast{axes=[]}(%2) : f32[SCORES]
                  %4 = mul(%1, %3) : f32[SCORES]
                """.replace("AXES", axes));
        text.append(switch (mask) {
            case 1 -> "%10 = broadcast{axes=[2,3]}(%m) : f32[SCORES]\n%11 = add(%4, %10) : f32[SCORES]\n";
            case 2 -> "%10 = broadcast{axes=[0,3]}(%m) : f32[SCORES]\n%11 = add(%4, %10) : f32[SCORES]\n";
            case 3 -> """
                  %6 = iota{axis=2}() : i64[SCORES]
                  %7 = iota{axis=3}() : i64[SCORES]
                  %8 = ge(%6, %7) : bool[SCORES]
                  %9 = constant{-1e30}() : f32[]
                  %10 = broadcast{axes=[]}(%9) : f32[SCORES]
                  %11 = select(%8, %4, %10) : f32[SCORES]
                """;
            case 4 -> """
                  %5 = constant{7}() : i64[]
                  %6 = random_bits{graph_seed=1, op_seed=2, word=0}(%5) : i32[SCORES]
                  %7 = constant{0}() : i32[]
                  %8 = broadcast{axes=[]}(%7) : i32[SCORES]
                  %9 = gt(%6, %8) : bool[SCORES]
                  %11 = select(%9, %4, %3) : f32[SCORES]
                """;
            default -> "%11 = add(%4, %3) : f32[SCORES]\n";
        });
        text.append("""
                  %12 = reduce{max, axes=[3]}(%11) : f32[ROWS]
                  %13 = broadcast{axes=[0,1,2]}(%12) : f32[SCORES]
                  %14 = sub(%11, %13) : f32[SCORES]
                  %15 = exp(%14) : f32[SCORES]
                  %16 = reduce{sum, axes=[3]}(%15) : f32[ROWS]
                  %17 = broadcast{axes=[0,1,2]}(%16) : f32[SCORES]
                  %18 = div(%15, %17) : f32[SCORES]
                  %19 = contract{MIXED}(%18, %v) : f32[RESULT]
                  return RETURNED
                }
                """.replace("MIXED", mixed).replace("RESULT", result)
                .replace("RETURNED", random.nextInt(6) == 0 ? "%18, %19" : "%19"));
        return new Attention(Parser.parse(text.toString().replace("SCORES", scores).replace("ROWS", rows)), arguments);
    }

    private static String type(String sizes, String b, long h, long length, long width) {
        return sizes.replace("B", b).replace("H", "" + h).replace("L", "" + length).replace("W", "" + width);
    }

    private static void argument(StringBuilder text, List<NDArray> arguments, SplittableRandom random, String name,
            String type, String sizes) {
        text.append("%").append(name).append(": f32[").append(type).append("], ");
        NDArray value = NDArray.zeros(DType.FLOAT32, List.of(sizes.split(",")).stream().mapToLong(Long::parseLong)
                .toArray());
        for (int i = 0; i < value.elementCount(); i++) {
            value.setDouble(i, random.nextInt(-32, 33) / 16.0);
        }
        arguments.add(value);
    }
}
