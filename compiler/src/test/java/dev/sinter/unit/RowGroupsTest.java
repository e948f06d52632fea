package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Parser;
import dev.sinter.kernel.Kernel.Access;
import dev.sinter.program.Compilation;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramRunner;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nests that go through the same rows are one kernel. */
class RowGroupsTest {
    private static final InterpretedBackend BACKEND = new InterpretedBackend();

    private static Compilation compile(String parameters, String body) {
        return Compilation.compile(Parser.parse("sinter-tensor 1\nfunc @f(" + parameters + ") {\n" + body + "\n}\n"),
                Map.of(), BACKEND.target(), Compilation.Options.defaults());
    }

    private static Compilation softmax(String rows, long columns, String results) {
        return compile("%x: f32[ROWS,N]".replace("ROWS", rows).replace("N", String.valueOf(columns)), """
                  %1 = reduce{max, axes=[1]}(%x) : f32[ROWS]
                  %2 = broadcast{axes=[0]}(%1) : f32[ROWS,N]
                  %3 = sub(%x, %2) : f32[ROWS,N]
                  %4 = exp(%3) : f32[ROWS,N]
                  %5 = reduce{sum, axes=[1]}(%4) : f32[ROWS]
                  %6 = broadcast{axes=[0]}(%5) : f32[ROWS,N]
                  %7 = div(%4, %6) : f32[ROWS,N]
                  return RESULTS
                """.replace("ROWS", rows).replace("N", String.valueOf(columns)).replace("RESULTS", results));
    }

    private static List<Program.Step.Launch> launches(Compilation compilation) {
        return compilation.program().steps().stream().filter(Program.Step.Launch.class::isInstance)
                .map(Program.Step.Launch.class::cast).toList();
    }

    private static List<String> names(Compilation compilation) {
        return launches(compilation).stream().map(launch -> launch.kernel().name()).toList();
    }

    private static void agrees(Compilation compilation, NDArray... x) {
        List<NDArray> expected = Interpreter.run(compilation.function(), List.of(x));
        List<NDArray> computed = ProgramRunner.run(compilation.function(), compilation.program(),
                BACKEND.compile(compilation.program()), List.of(x), 1);
        for (int result = 0; result < expected.size(); result++) {
            for (int i = 0; i < expected.get(result).elementCount(); i++) {
                double want = expected.get(result).getDouble(i);
                assertThat(computed.get(result).getDouble(i)).as("element %d of result %d", i, result)
                        .isCloseTo(want, offset(1e-5 * Math.max(1e-3, Math.abs(want))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 8, 10, 37, 100, 1000})
    void aSoftmaxIsOneKernelWithoutAnArrayOfExponentials(long columns) {
        for (String rows : List.of("n", "2", "77", "300")) {
            Compilation compilation = softmax(rows, columns, "%7");
            for (long count : rows.equals("n") ? new long[] {0, 1, 5, 300} : new long[] {Long.parseLong(rows)}) {
                agrees(compilation, numbers(count, columns));
            }
            if (columns >= 16 && !rows.equals("2")) {
                assertThat(names(compilation)).as("%s rows of %d", rows, columns).hasSize(1);
                assertThat(launches(compilation).getFirst().kernel().buffers())
                        .filteredOn(buffer -> buffer.access() == Access.SCRATCH)
                        .allMatch(buffer -> buffer.storage().isConstant()
                                && buffer.storage().constant() * Float.BYTES <= BACKEND.target().l2Bytes() / 4);
            }
        }
    }

    @Test
    void whatIsFetchedStaysAWholeArray() {
        Compilation compilation = softmax("n", 100, "%4, %7");
        assertThat(names(compilation)).hasSize(1);
        assertThat(launches(compilation).getFirst().kernel().buffers())
                .filteredOn(buffer -> buffer.access() == Access.WRITE_THEN_READ).hasSize(1);
        agrees(compilation, numbers(70, 100));
    }

    @Test
    void rowsThatOtherTilesWriteAreNotJoined() {
        Compilation compilation = compile("%x: f32[300,300]", """
                  %1 = reduce{max, axes=[1]}(%x) : f32[300]
                  %2 = broadcast{axes=[1]}(%1) : f32[300,300]
                  %3 = sub(%x, %2) : f32[300,300]
                  %4 = reduce{sum, axes=[1]}(%3) : f32[300]
                  return %4
                """);
        assertThat(names(compilation)).hasSizeGreaterThan(1);
        agrees(compilation, numbers(300, 300));
    }

    private static Compilation moments(long rows, long channels) {
        return compile("%x: f32[ROWS,C]".replace("ROWS", "" + rows).replace("C", "" + channels), """
                  %1 = reduce{sum, axes=[0]}(%x) : f32[C]
                  %2 = broadcast{axes=[1]}(%1) : f32[ROWS,C]
                  %3 = sub(%x, %2) : f32[ROWS,C]
                  %4 = exp(%3) : f32[ROWS,C]
                  %5 = reduce{sum, axes=[0]}(%4) : f32[C]
                  %6 = broadcast{axes=[1]}(%5) : f32[ROWS,C]
                  %7 = div(%4, %6) : f32[ROWS,C]
                  return %7
                """.replace("ROWS", "" + rows).replace("C", "" + channels));
    }

    /** Rows side by side share cache lines: a tile of few would read each line for a part of it. */
    @Test
    void longRowsThatLieSideBySideAreNotJoined() {
        for (Compilation compilation : List.of(moments(100_352, 64), moments(2_000, 512))) {
            assertThat(names(compilation)).containsExactly("reduce.partial", "reduce.total", "reduce_2.partial",
                    "reduce.total", "div");
        }
        Compilation shorter = moments(1_000, 64);
        assertThat(names(shorter)).hasSizeGreaterThan(1);
        agrees(shorter, numbers(1_000, 64));
    }

    /** Sizes whose products exceed what a long holds, where open sizes are guessed. */
    @Test
    void manyOpenSizes() {
        Compilation compilation = compile("%x: f32[a,b,c,d,e,g,h,40]", """
                  %1 = reduce{max, axes=[7]}(%x) : f32[a,b,c,d,e,g,h]
                  %2 = broadcast{axes=[0,1,2,3,4,5,6]}(%1) : f32[a,b,c,d,e,g,h,40]
                  %3 = sub(%x, %2) : f32[a,b,c,d,e,g,h,40]
                  %4 = exp(%3) : f32[a,b,c,d,e,g,h,40]
                  %5 = reduce{sum, axes=[7]}(%4) : f32[a,b,c,d,e,g,h]
                  return %5
                """);
        NDArray x = NDArray.full(DType.FLOAT32, 0.5, 1, 2, 1, 3, 1, 1, 2, 40);
        agrees(compilation, x);
    }

    @Test
    void severalAxesOfRows() {
        Compilation compilation = compile("%x: f32[n,3,5,20]", """
                  %1 = reduce{max, axes=[3]}(%x) : f32[n,3,5]
                  %2 = broadcast{axes=[0,1,2]}(%1) : f32[n,3,5,20]
                  %3 = sub(%x, %2) : f32[n,3,5,20]
                  %4 = exp(%3) : f32[n,3,5,20]
                  %5 = reduce{sum, axes=[3]}(%4) : f32[n,3,5]
                  %6 = broadcast{axes=[0,1,2]}(%5) : f32[n,3,5,20]
                  %7 = div(%4, %6) : f32[n,3,5,20]
                  return %7
                """);
        assertThat(names(compilation)).hasSize(1);
        agrees(compilation, numbers(40, 3, 5, 20));
    }

    private static NDArray numbers(long... sizes) {
        NDArray x = NDArray.zeros(DType.FLOAT32, sizes);
        for (int i = 0; i < x.elementCount(); i++) {
            x.setDouble(i, (i * 37L % 101 - 50) / 16.0);
        }
        return x;
    }

    private static Compilation attention(String batch, long queries, long keys, String results) {
        return compile("%q: f32[B,3,Q,16], %k: f32[B,3,K,16], %v: f32[B,3,K,16]".replace("B", batch)
                .replace("Q", "" + queries).replace("K", "" + keys), """
                  %1 = contract{bhqd,bhkd->bhqk}(%q, %k) : f32[B,3,Q,K]
                  %2 = reduce{max, axes=[3]}(%1) : f32[B,3,Q]
                  %3 = broadcast{axes=[0,1,2]}(%2) : f32[B,3,Q,K]
                  %4 = sub(%1, %3) : f32[B,3,Q,K]
                  %5 = exp(%4) : f32[B,3,Q,K]
                  %6 = reduce{sum, axes=[3]}(%5) : f32[B,3,Q]
                  %7 = broadcast{axes=[0,1,2]}(%6) : f32[B,3,Q,K]
                  %8 = div(%5, %7) : f32[B,3,Q,K]
                  %9 = contract{bhqk,bhkd->bqhd}(%8, %v) : f32[B,Q,3,16]
                  return RESULTS
                """.replace("B", batch).replace("Q", "" + queries).replace("K", "" + keys)
                .replace("RESULTS", results));
    }

    @Test
    void attentionIsOneKernelWithoutAnArrayOfScores() {
        for (String batch : List.of("2", "1", "n")) {
            for (long length : new long[] {64, 128, 512}) {
                Compilation compilation = attention(batch, length, length, "%9");
                assertThat(names(compilation)).as("%s sequences of %d", batch, length)
                        .containsExactly("contract.packed.1", "contract_reduce_exp_reduce_2_div_contract_2");
                assertThat(launches(compilation).getLast().kernel().buffers())
                        .filteredOn(buffer -> buffer.access() == Access.SCRATCH).isNotEmpty()
                        .allMatch(buffer -> buffer.storage().isConstant()
                                && buffer.storage().constant() * Float.BYTES <= BACKEND.target().l2Bytes() / 4);
                if (length == 64) {
                    long sequences = batch.equals("n") ? 2 : Long.parseLong(batch);
                    agrees(compilation, numbers(sequences, 3, 64, 16), numbers(sequences, 3, 64, 16),
                            numbers(sequences, 3, 64, 16));
                }
            }
        }
    }

    /** Then the products' largest array goes to the memory anyway. */
    @Test
    void sharesThatAreFetchedAreNotJoinedWithProducts() {
        Compilation compilation = attention("2", 64, 50, "%8, %9");
        assertThat(names(compilation)).noneMatch(name -> name.matches("contract.*contract.*"));
        agrees(compilation, numbers(2, 3, 64, 16), numbers(2, 3, 50, 16), numbers(2, 3, 50, 16));
    }

    @Test
    void scoresThatAreFewerThanWhatTheyAreMadeOfAreNotJoined() {
        assertThat(names(attention("2", 8, 8, "%9"))).filteredOn(name -> name.matches("contract.*contract.*"))
                .isEmpty();
    }
}
