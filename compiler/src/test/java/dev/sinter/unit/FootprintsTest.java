package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.Footprints;
import dev.sinter.kernel.Interpreter;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Printer;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Which tiles of two kernels share bytes of a buffer. */
final class FootprintsTest {
    private static final int ELEMENTS = 1024;

    /** A kernel of one buffer of float32. */
    private static Kernel kernel(Dim tiles, DType dtype, BiConsumer<KernelBuilder, Integer> body) {
        KernelBuilder k = new KernelBuilder("k");
        body.accept(k, k.buffer("buffer", dtype, Kernel.Access.READ_WRITE, Dim.of(ELEMENTS)));
        return k.build(tiles, new Kernel.Work(Dim.ONE, Dim.ONE));
    }

    private static Kernel kernel(int tiles, BiConsumer<KernelBuilder, Integer> body) {
        return kernel(Dim.of(tiles), DType.FLOAT32, body);
    }

    /** Stores so many elements from where a tile begins. */
    private static Kernel stretch(int tiles, int distance, int start, int elements) {
        return kernel(tiles, (k, buffer) -> k.store(buffer, k.add(k.mul(k.tile(), distance), start),
                k.splat(k.f32(1), elements)));
    }

    private static boolean areSeparate(Kernel first, Kernel second) {
        boolean separate = new Footprints(first).areSeparate(0, new Footprints(second), 0);
        assertThat(new Footprints(second).areSeparate(0, new Footprints(first), 0)).isEqualTo(separate);
        return separate;
    }

    @Test
    void stretchesSideBySideAreSeparate() {
        assertThat(areSeparate(stretch(4, 16, 0, 16), stretch(4, 16, 0, 16))).isTrue();
        assertThat(areSeparate(stretch(4, 16, 0, 16), stretch(4, 16, 8, 8))).isTrue();
        assertThat(areSeparate(stretch(4, 16, 0, 8), stretch(4, 16, 8, 8))).isTrue();
    }

    @Test
    void oneElementMoreIsShared() {
        assertThat(areSeparate(stretch(4, 15, 0, 16), stretch(4, 15, 0, 8))).isFalse();
        assertThat(areSeparate(stretch(4, 16, 0, 16), stretch(4, 16, 1, 16))).isFalse();
    }

    @Test
    void tilesOfAnotherNumberOrSizeAreNotComputedByTheSameThread() {
        assertThat(areSeparate(stretch(4, 16, 0, 16), stretch(2, 32, 0, 32))).isFalse();
        assertThat(areSeparate(stretch(4, 16, 0, 16), stretch(2, 16, 0, 16))).isFalse();
        assertThat(areSeparate(stretch(4, 16, 0, 16), stretch(4, 8, 0, 8))).isFalse();
    }

    @Test
    void elementsOfOtherSizesAreComparedInBytes() {
        Kernel doubles = kernel(Dim.of(4), DType.FLOAT64, (k, buffer) -> k.store(buffer, k.mul(k.tile(), 8),
                k.splat(k.f64(1), 8)));
        assertThat(areSeparate(stretch(4, 16, 0, 16), doubles)).isTrue();
        assertThat(areSeparate(stretch(4, 8, 0, 8), doubles)).isFalse();
    }

    @Test
    void howManyTilesThereAreDoesNotMatterWhereAllMoveAlike() {
        Dim many = Dim.symbol("n");
        Kernel tiles = kernel(many, DType.FLOAT32,
                (k, buffer) -> k.store(buffer, k.mul(k.tile(), 16), k.splat(k.f32(1), 16)));
        Kernel behind = kernel(many, DType.FLOAT32,
                (k, buffer) -> k.store(buffer, k.add(k.mul(k.tile(), 16), 1), k.splat(k.f32(1), 16)));
        assertThat(areSeparate(tiles, tiles)).isTrue();
        assertThat(areSeparate(tiles, behind)).isFalse();
        assertThat(areSeparate(stretch(1000, 16, 0, 16), stretch(1000, 16, 8, 8))).isTrue();
        assertThat(areSeparate(stretch(1000, 15, 0, 16), stretch(1000, 15, 0, 8))).isFalse();
    }

    /** Rows of an open number, some in a tile, of 20 elements in vectors of 8. */
    @Test
    void aMaskEndsARow() {
        Kernel rows = rows(20);
        assertThat(areSeparate(rows, rows)).isTrue();
        assertThat(areSeparate(rows, rows(16))).isTrue();
        assertThat(areSeparate(rows, rows(21))).isFalse();
    }

    private static Kernel rows(int elements) {
        return kernel(Dim.symbol("n").ceilDiv(4), DType.FLOAT32, (k, buffer) -> {
            Reg first = k.mul(k.tile(), 4);
            k.loop(first, k.min(k.size(Dim.symbol("n")), k.add(first, 4)), 1, row -> {
                Reg start = k.mul(row, 20);
                k.loop(k.index(0), k.index(16), 8, i -> k.store(buffer, k.add(start, i), k.splat(k.f32(1), 8)));
                Reg lanes = k.add(k.splat(k.index(16), 8), k.lanes(RegType.Kind.I64, 8));
                k.store(buffer, k.add(start, 16), k.splat(k.f32(1), 8),
                        Optional.of(k.lt(lanes, k.splat(k.index(elements), 8))));
            });
        });
    }

    @Test
    void ofRowsOfOpenSizeNothingIsKnown() {
        Kernel rows = kernel(4, (k, buffer) -> k.store(buffer, k.mul(k.tile(), k.size(Dim.symbol("n"))), k.f32(1)));
        assertThat(areSeparate(rows, rows)).isFalse();
    }

    @Test
    void rowsOfAStripAndWhatIsLeftOfItAreTheTilesOwn() {
        // Tiles of 8 rows of 16: strips of 3 rows, and 2 rows that are left.
        Kernel strips = kernel(4, (k, buffer) -> {
            Reg first = k.mul(k.tile(), 8);
            Reg end = k.min(k.index(32), k.add(first, 8));
            Reg whole = k.mul(k.div(k.sub(end, first), k.index(3)), 3);
            Reg split = k.add(first, whole);
            k.loop(first, split, 3, row -> k.loop(k.index(0), k.index(16), 4, column -> {
                for (int i = 0; i < 3; i++) {
                    k.store(buffer, k.add(k.mul(k.add(row, i), 16), column), k.splat(k.f32(1), 4));
                }
            }));
            k.when(k.eq(k.sub(end, split), k.index(2)),
                    () -> k.store(buffer, k.mul(k.add(split, 1), 16), k.splat(k.f32(1), 16)),
                    () -> k.store(buffer, k.mul(k.add(split, 5), 16), k.splat(k.f32(1), 16)));
        });
        assertThat(areSeparate(strips, strips)).isTrue();
        assertThat(areSeparate(strips, stretch(4, 128, 0, 128))).isTrue();
        assertThat(areSeparate(strips, stretch(4, 128, 16, 128))).isFalse();
    }

    /** Rows numbered through two axes, the inner one of 8, some in a tile. */
    @Test
    void whatIsLeftOfADivisionBelongsToIt() {
        for (int size : List.of(1, 2, 4, 8, 16)) {
            Kernel rows = rowsOfTwoAxes(32 / size, size, 128, 16);
            assertThat(areSeparate(rows, rows)).as("tiles of %d rows", size).isTrue();
            assertThat(areSeparate(rows, stretch(32 / size, 16 * size, 0, 16 * size))).isTrue();
        }
        Kernel further = rowsOfTwoAxes(80, 4, 129, 16);
        assertThat(areSeparate(further, further)).isFalse();
        Kernel nearer = rowsOfTwoAxes(8, 4, 120, 16);
        assertThat(areSeparate(nearer, nearer)).isFalse();
    }

    private static Kernel rowsOfTwoAxes(int tiles, int size, int outer, int inner) {
        return kernel(tiles, (k, buffer) -> {
            Reg first = k.mul(k.tile(), size);
            k.loop(first, k.add(first, size), 1, row -> k.store(buffer,
                    k.add(k.mul(k.div(row, k.index(8)), outer), k.mul(k.rem(row, k.index(8)), inner)),
                    k.splat(k.f32(1), 16)));
        });
    }

    @Test
    void innerLoopsEndWithAPartOfTheOuterOne() {
        for (int part : List.of(8, 16, 32)) {
            assertThat(areSeparate(parts(part, 64), parts(part, 64))).as("parts of %d", part).isTrue();
            assertThat(areSeparate(parts(part, 68), parts(part, 68))).as("parts of %d", part).isFalse();
        }
    }

    /** Tiles that are 64 elements apart, of so many in parts, four at a time. */
    private static Kernel parts(int part, int elements) {
        return kernel(80, (k, buffer) -> k.loop(k.index(0), k.index(elements), part, from ->
                k.loop(from, k.min(k.index(elements), k.add(from, part)), 4, i ->
                        k.store(buffer, k.add(k.mul(k.tile(), 64), i), k.splat(k.f32(1), 4)))));
    }

    @Test
    void columnsAndWhatAllTilesReadAreShared() {
        Kernel columns = kernel(4, (k, buffer) -> k.loop(k.index(0), k.index(4), 1,
                row -> k.store(buffer, k.add(k.mul(row, 16), k.mul(k.tile(), 4)), k.splat(k.f32(1), 4))));
        assertThat(areSeparate(columns, columns)).isFalse();
        Kernel all = kernel(4, (k, buffer) -> k.loop(k.index(0), k.index(64), 1, i -> k.load(buffer, i, 1)));
        assertThat(areSeparate(stretch(4, 16, 0, 16), all)).isFalse();
    }

    @Test
    void whereLoadedNumbersLeadIsNotKnown() {
        KernelBuilder k = new KernelBuilder("k");
        int indices = k.buffer("indices", DType.INT64, Kernel.Access.READ, Dim.of(4));
        int buffer = k.buffer("buffer", DType.FLOAT32, Kernel.Access.WRITE, Dim.of(ELEMENTS));
        Reg loaded = k.min(k.max(k.load(indices, k.tile(), 1), k.index(0)), k.index(63));
        k.store(buffer, loaded, k.f32(1));
        Footprints gathered = new Footprints(k.build(Dim.of(4), new Kernel.Work(Dim.ONE, Dim.ONE)));
        assertThat(gathered.areSeparate(1, gathered, 1)).isFalse();
        assertThat(gathered.areSeparate(0, gathered, 0)).isTrue();
    }

    @Test
    void whatALoopHandsOnIsNotKnown() {
        Kernel carried = kernel(4, (k, buffer) -> k.loop(k.index(0), k.index(3), 1, List.of(k.mul(k.tile(), 4)),
                (_, values) -> {
                    k.store(buffer, values.getFirst(), k.f32(1));
                    return List.of(k.add(values.getFirst(), 1));
                }));
        assertThat(areSeparate(carried, carried)).isFalse();
    }

    /** Kernels whose offsets are random expressions: what is said to be separate is. */
    @Test
    void separateTilesShareNoElement() {
        SplittableRandom random = new SplittableRandom(7);
        int separate = 0;
        for (int i = 0; i < 20_000; i++) {
            int tiles = random.nextInt(2, 6);
            Kernel first = random(random, tiles);
            Kernel second = random.nextBoolean() ? first : random(random, tiles);
            if (areSeparate(first, second)) {
                separate++;
                List<BitSet> ours = touched(first);
                List<BitSet> theirs = touched(second);
                for (int a = 0; a < tiles; a++) {
                    for (int b = 0; b < tiles; b++) {
                        if (a != b && ours.get(a).intersects(theirs.get(b))) {
                            throw new AssertionError("tile " + a + " of " + Printer.print(first) + "and tile " + b
                                    + " of " + Printer.print(second));
                        }
                    }
                }
            }
        }
        assertThat(separate).isBetween(1_000, 19_000);
    }

    /** The elements that each tile stores to. */
    private static List<BitSet> touched(Kernel kernel) {
        List<BitSet> tiles = new ArrayList<>();
        Interpreter interpreter = new Interpreter(kernel);
        try (Arena arena = Arena.ofConfined()) {
            for (int tile = 0; tile < kernel.tiles().constant(); tile++) {
                MemorySegment memory = arena.allocate(Float.BYTES * ELEMENTS);
                interpreter.run(List.of(memory), Dim::constant, tile, tile + 1);
                BitSet stored = new BitSet();
                for (int i = 0; i < ELEMENTS; i++) {
                    stored.set(i, memory.getAtIndex(ValueLayout.JAVA_FLOAT, i) != 0);
                }
                tiles.add(stored);
            }
        }
        return tiles;
    }

    private static Kernel random(SplittableRandom random, int tiles) {
        return kernel(tiles, (k, buffer) -> {
            Function<List<Reg>, Reg> offset = known -> {
                Reg any = expression(k, random, known, 3);
                if (random.nextInt(4) == 0) {
                    return clamped(k, any, ELEMENTS - 4);
                }
                int distance = random.nextInt(1, 60);
                return k.add(k.mul(k.tile(), distance), clamped(k, any, random.nextInt(0, distance + 4)));
            };
            Reg value = k.splat(k.f32(1), random.nextBoolean() ? 1 : 4);
            switch (random.nextInt(4)) {
                case 3 -> rowOfTwoAxes(k, random, tiles, row -> k.store(buffer, row, value));
                case 0 -> k.store(buffer, offset.apply(List.of(k.tile())), value);
                case 1 -> {
                    Reg lower = k.max(expression(k, random, List.of(k.tile()), 1), k.index(-9));
                    k.loop(lower, k.index(random.nextInt(-3, 9)), random.nextInt(1, 4),
                            index -> k.store(buffer, offset.apply(List.of(k.tile(), index)), value));
                }
                case 2 -> {
                    Reg condition = k.arith(pick(random, COMPARISONS), k.tile(), k.index(random.nextInt(-1, 4)));
                    Reg chosen = k.choose(condition, () -> List.of(offset.apply(List.of(k.tile()))),
                            () -> List.of(offset.apply(List.of(k.tile())))).getFirst();
                    k.store(buffer, chosen, value, Optional.empty());
                }
                default -> throw new AssertionError();
            }
        });
    }

    /** Rows that are numbered through two axes. */
    private static void rowOfTwoAxes(KernelBuilder k, SplittableRandom random, int tiles, Consumer<Reg> store) {
        int size = random.nextInt(1, 5);
        Reg extent = k.index(random.nextInt(1, 7));
        int inner = random.nextInt(1, 8);
        int outer = random.nextBoolean() ? inner * random.nextInt(1, 7) : random.nextInt(0, 900 / (tiles * size));
        Reg first = k.mul(k.tile(), size);
        k.loop(first, k.add(first, size), 1, row -> store.accept(
                k.add(k.mul(k.div(row, extent), outer), k.mul(k.rem(row, extent), inner))));
    }

    private static Reg clamped(KernelBuilder k, Reg offset, int most) {
        return k.min(k.max(offset, k.index(0)), k.index(most));
    }

    private static final List<ArithOp> COMPARISONS = List.of(ArithOp.EQ, ArithOp.NE, ArithOp.LT, ArithOp.LE,
            ArithOp.GT, ArithOp.GE);
    private static final List<ArithOp> BINARY = List.of(ArithOp.ADD, ArithOp.SUB, ArithOp.MUL, ArithOp.MIN,
            ArithOp.MAX, ArithOp.AND, ArithOp.OR, ArithOp.XOR);
    private static final List<ArithOp> BY_CONSTANT = List.of(ArithOp.DIV, ArithOp.REM, ArithOp.SHL, ArithOp.LSHR,
            ArithOp.ASHR);

    private static <T> T pick(SplittableRandom random, List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static Reg expression(KernelBuilder k, SplittableRandom random, List<Reg> known, int depth) {
        if (depth == 0 || random.nextInt(5) == 0) {
            return random.nextInt(3) == 0 ? k.index(constant(random)) : pick(random, known);
        }
        Reg a = expression(k, random, known, depth - 1);
        return switch (random.nextInt(5)) {
            case 0, 1 -> k.arith(pick(random, BINARY), a, expression(k, random, known, depth - 1));
            case 2 -> k.arith(pick(random, BY_CONSTANT), a, k.index(random.nextInt(1, 40)));
            case 3 -> k.arith(pick(random, List.of(ArithOp.NEG, ArithOp.ABS, ArithOp.NOT)), a);
            default -> random.nextBoolean()
                    ? k.select(k.arith(pick(random, COMPARISONS), a, expression(k, random, known, depth - 1)),
                            expression(k, random, known, depth - 1), a)
                    : k.convert(k.convert(a, RegType.Kind.I32), RegType.Kind.I64);
        };
    }

    private static long constant(SplittableRandom random) {
        return random.nextInt(20) == 0 ? random.nextLong() : random.nextInt(-3, 20);
    }
}
