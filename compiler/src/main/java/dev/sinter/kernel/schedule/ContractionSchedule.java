package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The schedule of a product of matrices. A tile of the kernel is a block of rows by a group of columns; the
 * tiles of a group follow each other, so that a thread keeps its part of the right operand. A group is cut into
 * strips of a few vectors. For each strip the rows are walked, some at a time, and for these rows and vectors
 * the sums are held in registers until the epilogue has stored what becomes of them.
 */
final class ContractionSchedule {
    private static final int ROWS = 2;
    /** Rows that a product of a few rows often has. */
    private static final int FEW = 4;
    /** Elements of a sum during which memory is brought into the caches. */
    private static final long HIDING_DEPTH = 64;
    /** Rows of a thread that are enough to read the whole right operand for them alone. */
    private static final long OWN_ROWS = 12;
    /** Turns of a tile's rows in which the next part of the right operand can be asked for. */
    private static final long FEWEST_TURNS = 3;
    /** The most vectors of a group that is all columns. */
    static final int MOST_GROUP_VECTORS = 8;

    private final Nest nest;
    private final List<Buffer> buffers;
    private final Target target;
    private final MatrixProduct product;
    private final LoopSpace space;
    private final KernelBuilder k;
    private final Arguments arguments;
    private final TermEmitter emitter;
    private final RegisterTiles tiles;
    private final int lanes;
    private final long groupWidth;
    private final Optional<ProductRows> rowsOfTile;
    private final boolean byRows;
    private final Dim rowBlock;
    private final int outerGroup;
    private final int columnGroup;
    private final Grid grid;
    private final ProductLoop loop;
    private final DepthBlocks depth;
    private final List<Place> fetched;
    private final List<Buffer> temporaries;
    private final int partials;

    private ContractionSchedule(Nest nest, List<Buffer> buffers, Target target, MatrixProduct product,
            OptionalLong rowsInTile) {
        this.nest = nest;
        this.buffers = buffers;
        this.target = target;
        this.product = product;
        this.space = product.space();
        this.k = new KernelBuilder(nest.name());
        this.arguments = new Arguments(k, nest, buffers);
        this.emitter = new TermEmitter(k, space, arguments::of);
        this.tiles = RegisterTiles.of(target);
        this.lanes = lanes(product, target);
        this.groupWidth = groupWidth(product, target);
        Dim outerCount = product.outer().stream().map(space::extent).reduce(Dim.ONE, Dim::times);
        Dim groups = columns().ceilDiv(groupWidth);
        long width = Math.min(groupWidth, columns().asConstant().orElse(groupWidth));
        long rowFlops = 2 * product.assumedDepth() * roundUp(width, lanes);
        int step = product.leftIsPanels() ? product.leftPlace().panel().orElseThrow().width() : 4;
        int vectors = Math.clamp(roundUp(width, lanes) / lanes, 1, RegisterTiles.MOST_VECTORS);
        this.depth = DepthBlocks.of(product, (long) vectors * lanes, tiles.rows(vectors, true), target,
                rowsInTile.isPresent());
        boolean again = Strip.cover(width, lanes, lanes * product.dtype().bytes(), tiles).size() > 1;
        this.rowsOfTile = rowsInTile.isPresent() ? ProductRows.of(product) : Optional.empty();
        this.byRows = rowsOfTile.isPresent() || isCutByRows();
        this.rowBlock = rowsOfTile.isPresent() ? rowsOfTile.get().rowBlock(rowsInTile.getAsLong())
                : byRows ? rows().ceilDiv(target.threads()) : depth.rows(
                RowBlocks.of(rows(), rowFlops, outerCount.times(groups), step, target), step, again, target);
        Grid.Group outer = rowsOfTile.map(cut -> cut.around(rowsInTile.getAsLong()))
                .orElseGet(() -> new Grid.Group(product.outer(), outerCount, Dim.ONE));
        Grid.Group columns = new Grid.Group(List.of(product.column()), columns(),
                byRows ? columns() : Dim.of(groupWidth));
        boolean panelsFirst = rowsOfTile.isEmpty() && keepsPanels();
        this.outerGroup = panelsFirst ? 1 : 0;
        this.columnGroup = panelsFirst ? 0 : 1;
        this.grid = new Grid(k, space.extents(), List.of(panelsFirst ? columns : outer, panelsFirst ? outer : columns,
                new Grid.Group(product.row() < 0 ? List.of() : List.of(product.row()), rows(), rowBlock)));
        this.loop = new ProductLoop(k, product, arguments);
        this.fetched = fetched();
        this.temporaries = depth.isCut()
                ? List.of(depth.memory(buffers.size(), nest.name(), rowBlock, groupWidth)) : List.of();
        this.partials = depth.isCut() ? arguments.add(k, temporaries.getFirst(), Kernel.Access.SCRATCH) : -1;
    }

    /** The kernels of a contraction, where it is a product of float matrices. */
    static Optional<Scheduled> schedule(Contraction contraction, List<Buffer> buffers, Target target) {
        return prepared(contraction, buffers, buffers.size(), target, Optional.empty()).map(Supplier::get);
    }

    /** Whether a contraction has such kernels; none is made. */
    static boolean suits(Contraction contraction, List<Buffer> buffers, Target target) {
        return prepared(contraction, buffers, buffers.size(), target, Optional.empty()).isPresent();
    }

    /** Copies of operands that are there before the rows, and a kernel whose tiles are rows. */
    static Optional<Supplier<Scheduled>> inRows(Contraction contraction, List<Buffer> buffers, Target target,
            Rows rows) {
        return prepared(contraction, buffers, buffers.size(), target, Optional.of(rows));
    }

    /** What makes the kernels. */
    private static Optional<Supplier<Scheduled>> prepared(Contraction contraction, List<Buffer> buffers, int given,
            Target target, Optional<Rows> rows) {
        Optional<MatrixProduct> found =
                MatrixProduct.of(contraction, buffers, rows.map(Rows::axes).orElse(0));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (found.get().isRowOfDots(lanes(found.get(), target))) {
            return Optional.empty();
        }
        Optional<Packing> packing = Operands.packing(contraction.nest(), found.get(), buffers, given, target);
        if (packing.isPresent()) {
            if (rows.isPresent() && packing.get().copy().inputs().stream().anyMatch(input ->
                    rows.get().written().contains(Plan.owner(buffers, input.buffer()).id()))) {
                return Optional.empty();
            }
            return Contraction.match(packing.get().nest())
                    .flatMap(rest -> prepared(rest, packing.get().buffers(buffers), given, target, rows))
                    .map(rest -> () -> packing.get().before(rest.get(), buffers, target));
        }
        MatrixProduct product = found.get();
        if (!product.rightIsVectors(lanes(product, target)) || !product.leftIsStrided() && !product.leftIsPanels()) {
            return Optional.empty();
        }
        if (rows.isPresent()) {
            long block = rows.get().block();
            return ProductRows.of(product).filter(cut -> cut.canBeCut(block)).map(_ -> () ->
                    new ContractionSchedule(contraction.nest(), buffers, target, product, OptionalLong.of(block))
                            .scheduled());
        }
        Optional<DepthSplit> split = DepthSplit.of(contraction.nest(), product, groupWidth(product, target), buffers,
                target);
        if (split.isPresent()) {
            return Contraction.match(split.get().parts())
                    .flatMap(parts -> prepared(parts, split.get().buffers(buffers), given, target, rows))
                    .map(parts -> () -> split.get().after(parts.get(), buffers, target));
        }
        return Optional.of(() -> new ContractionSchedule(contraction.nest(), buffers, target, product,
                OptionalLong.empty()).scheduled());
    }

    private Scheduled scheduled() {
        return new Scheduled(List.of(new Scheduled.Launch(kernel(), arguments.launch())), temporaries);
    }

    static int lanes(MatrixProduct product, Target target) {
        return Choices.lanes(target.vectorBytes() / product.dtype().bytes(),
                product.space().extent(product.column()));
    }

    private static long roundUp(long value, long step) {
        return (value + step - 1) / step * step;
    }

    private Dim columns() {
        return space.extent(product.column());
    }

    private Dim rows() {
        return product.row() < 0 ? Dim.ONE : space.extent(product.row());
    }

    /** The columns of a group: a panel, or as many vectors as are cheap. */
    private static long groupWidth(MatrixProduct product, Target target) {
        Optional<Place.Panel> panel = product.rightPlace().panel();
        if (panel.isPresent()) {
            return panel.get().width();
        }
        int lanes = lanes(product, target);
        OptionalLong known = product.space().extent(product.column()).asConstant();
        if (known.isPresent() && known.getAsLong() <= (long) MOST_GROUP_VECTORS * lanes) {
            return Math.max(lanes, roundUp(known.getAsLong(), lanes));
        }
        return (long) RegisterTiles.of(target).preferredVectors() * lanes;
    }

    private Kernel kernel() {
        Point start = Point.scalar(Collections.nCopies(space.axisCount(), k.index(0)));
        emitter.readInvariant(start, List.of());
        grid.walk(outerGroup, start, around -> inside(around, 0, point -> {
            emitter.readInvariant(point, product.outer());
            if (byRows) {
                Loops.range(k, k.index(0), k.size(columns()), groupWidth, first -> group(point, first,
                        k.min(k.add(first, groupWidth), k.size(columns()))));
            } else {
                group(point, grid.lower(columnGroup), grid.upper(columnGroup));
            }
        }));
        return k.build(grid.tiles(), new Kernel.Work(Choices.flops(space), Choices.bytes(nest, buffers)));
    }

    /** Walks the outer axes that each tile has all indices of, from one of them on. */
    private void inside(Point point, int from, Consumer<Point> body) {
        List<Integer> axes = rowsOfTile.map(ProductRows::inside).orElse(List.of());
        if (from == axes.size()) {
            body.accept(point);
        } else {
            Loops.range(k, k.index(0), k.size(space.extent(axes.get(from))), 1,
                    index -> inside(point.with(axes.get(from), index), from + 1, body));
        }
    }

    /**
     * Whether all tiles of a group of columns follow each other, not all groups at a point of the outer axes: where the
     * right operand is the same at all these points and too large to stay in the caches.
     */
    private boolean keepsPanels() {
        return product.outer().stream().noneMatch(axis -> product.rightPlace().uses(axis))
                && product.dtype().bytes() * product.assumed(product.column()) * product.assumedDepth()
                > target.l2Bytes() / 2;
    }

    /**
     * Whether a tile is the rows of a thread and all columns: in a loop, whose other nests are cut like that, where a
     * thread has rows enough. Blocks of rows may begin anywhere, which those of a left operand in panels may not.
     */
    private boolean isCutByRows() {
        return product.row() >= 0 && !product.leftIsPanels() && product.outer().isEmpty()
                && rows().isConstant() && columns().isConstant()
                && target.threads() > 1 && rows().constant() >= OWN_ROWS * target.threads()
                && Choices.isInLoop(nest, buffers) && !Choices.isOfLoop(buffers, product.rightPlace().buffer());
    }

    /**
     * A part of the sums at a point, whose sums may go on from what an earlier part has left.
     *
     * @param group the first column of the group
     */
    private record Sum(Point point, DepthBlocks.Part part, Reg group) {
        Sum with(int axis, Reg index) {
            return new Sum(point.with(axis, index), part, group);
        }
    }

    /** A group of columns. */
    private void group(Point start, Reg first, Reg end) {
        depth.walk(k, part -> group(new Sum(start, part, first), end));
    }

    /** The strips of a group, up to its last column. */
    private void group(Sum point, Reg end) {
        Reg first = point.group();
        if (!columns().isConstant()) {
            Reg isWhole = k.eq(k.sub(end, first), k.index(groupWidth));
            k.when(isWhole, () -> strips(point, first, groupWidth), () -> ragged(point, first, end));
            return;
        }
        long count = columns().constant();
        long whole = count / groupWidth * groupWidth;
        if (whole == 0) {
            strips(point, first, count);
        } else if (whole == count) {
            strips(point, first, groupWidth);
        } else {
            k.when(k.lt(first, k.index(whole)), () -> strips(point, first, groupWidth),
                    () -> strips(point, k.index(whole), count - whole));
        }
    }

    /** A known number of columns. */
    private void strips(Sum point, Reg first, long width) {
        List<Strip> strips = Strip.cover(width, lanes, lanes * product.dtype().bytes(), tiles);
        for (int i = 0; i < strips.size();) {
            Strip strip = strips.get(i);
            int next = i;
            while (next < strips.size() && strips.get(next).isLike(strip) && strips.get(next).end() <= width) {
                next++;
            }
            if (next == i) {
                Reg last = k.index(width - strip.end() + strip.lanes());
                strip(point, k.add(first, strip.first()), strip, Optional.of(mask(last, strip.lanes())));
                next++;
            } else if (next == i + 1) {
                strip(point, k.add(first, strip.first()), strip, Optional.empty());
            } else {
                Loops.range(k, k.add(first, strip.first()), k.add(first, strips.get(next - 1).end()), strip.columns(),
                        column -> strip(point, column, strip, Optional.empty()));
            }
            i = next;
        }
    }

    /** A number of columns that the run knows, a vector at a time. */
    private void ragged(Sum point, Reg first, Reg end) {
        k.loop(first, end, lanes, column ->
                strip(point, column, new Strip(0, 1, lanes), Optional.of(mask(k.sub(end, column), lanes))));
    }

    /** Which of some lanes are among the first {@code count}. */
    private Reg mask(Reg count, int width) {
        Reg lane = k.lanes(Kind.I64, width);
        return k.lt(lane, k.splat(count, width));
    }

    private int tileRows(int vectors) {
        boolean knownStride = product.row() < 0 || product.leftIsPanels()
                || loop.leftStride(product.row()).isConstant();
        int most = tiles.rows(vectors, knownStride, rows().asConstant());
        if (product.leftIsPanels()) {
            int width = product.leftPlace().panel().orElseThrow().width();
            while (width % most != 0) {
                most--;
            }
        }
        return most;
    }

    /** All rows of the tile for neighbouring vectors; the mask is of the last. */
    private void strip(Sum point, Reg column, Strip strip, Optional<Reg> mask) {
        Sum at = point.with(product.column(), column);
        if (product.row() < 0) {
            block(at, 1, strip, mask);
            return;
        }
        int most = tileRows(strip.vectors());
        Reg from = grid.lower(ROWS);
        Reg to = grid.upper(ROWS);
        Reg whole = Loops.wholeSteps(k, from, to, most);
        Loops.range(k, from, whole, most, row -> block(at.with(product.row(), row), most, strip, mask));
        Reg rest = k.sub(to, whole);
        if (rows().isConstant() && rowBlock.isConstant()) {
            for (long count : remainders(rows().constant(), rowBlock.constant(), most)) {
                k.when(k.eq(rest, k.index(count)),
                        () -> block(at.with(product.row(), whole), (int) count, strip, mask));
            }
            return;
        }
        Reg next = whole;
        int largest = Integer.highestOneBit(Math.min(most - 1, Math.max(FEW, RegisterTiles.busyRows(strip.vectors()))));
        for (int count = largest; count > 0; count /= 2) {
            int some = count;
            Reg after = Loops.wholeSteps(k, next, to, some);
            if (some == largest) {
                Loops.range(k, next, after, some, row -> block(at.with(product.row(), row), some, strip, mask));
            } else {
                Reg row = next;
                k.when(k.lt(row, after), () -> block(at.with(product.row(), row), some, strip, mask));
            }
            next = after;
        }
    }

    /** How many rows the blocks of rows can leave over. */
    private static TreeSet<Long> remainders(long rows, long block, int most) {
        TreeSet<Long> remainders = new TreeSet<>();
        if (block > 0) {
            remainders.add(rows >= block ? block % most : 0);
            remainders.add(rows % block % most);
        }
        remainders.remove(0L);
        return remainders;
    }

    /** Some rows and vectors: their sums, and what becomes of them. */
    private void block(Sum sum, int rows, Strip strip, Optional<Reg> mask) {
        Point at = sum.point();
        Reg left = emitter.at(at, List.of()).first(product.leftPlace());
        Reg right = emitter.at(at, List.of()).first(product.rightPlace());
        Optional<Reg> readMask = product.rightPlace().panel().isPresent() ? Optional.empty() : mask;
        if (!depth.isCut()) {
            fetch(at, rows, strip);
            List<Reg> sums = loop.sums(left, right, rows, strip, readMask, sum.part(), ahead(sum, right, rows, strip),
                    depth.zeros(k, rows, strip));
            epilogues(at, rows, strip, mask, sums);
            return;
        }
        Reg column = k.sub(at.at().get(product.column()), sum.group());
        Reg offset = product.row() < 0 ? column
                : k.add(column, k.mul(k.sub(at.at().get(product.row()), grid.lower(ROWS)), groupWidth));
        DepthBlocks.Sums memory = depth.new Sums(k, partials, sum.part(), offset, groupWidth, rows, strip);
        if (!fetched.isEmpty()) {
            k.when(memory.isLast(), () -> fetch(at, rows, strip));
        }
        List<Reg> sums = loop.sums(left, right, rows, strip, readMask, sum.part(), ahead(sum, right, rows, strip),
                memory.load());
        k.when(memory.isLast(), () -> epilogues(at, rows, strip, mask, sums), () -> memory.store(sums));
    }

    /**
     * What the rows of a tile ask for in turns: the part of the right operand that follows the one that they share.
     * In panels it comes next in memory, be it of the same panel or of the next one.
     */
    private Optional<ProductLoop.Ahead> ahead(Sum sum, Reg right, int rows, Strip strip) {
        Optional<Place.Panel> panel = product.rightPlace().panel();
        if (product.row() < 0 || panel.isEmpty() || panel.get().width() != strip.columns() || !rows().isConstant()
                || !isFar(product.rightPlace().buffer()) || !depth.isCut() && !rowBlock.equals(rows())) {
            return Optional.empty();
        }
        long turns = rowBlock.constant() / tileRows(strip.vectors());
        if (turns < FEWEST_TURNS || rows < tileRows(strip.vectors())) {
            return Optional.empty();
        }
        long line = ProductLoop.LINE_BYTES / product.dtype().bytes();
        long step = Math.ceilDiv(Math.ceilDiv(strip.columns(), turns), line) * line;
        Reg length = k.mul(depth.length(k, sum.part()), k.index(strip.columns()));
        Reg turn = k.div(k.sub(sum.point().at().get(product.row()), grid.lower(ROWS)), k.index(rows));
        Reg from = k.mul(turn, k.mul(depth.length(k, sum.part()), k.index(step)));
        return Optional.of(new ProductLoop.Ahead(k.add(right, k.add(length, k.min(from, length))), step));
    }

    /**
     * What the epilogue touches that is worth asking for before the sums: a row of it after the other, far from the
     * caches, where the sums take long enough for it to come.
     */
    private List<Place> fetched() {
        if (product.row() < 0 || product.assumedDepth() < HIDING_DEPTH) {
            return List.of();
        }
        Map<Integer, Place> places = new LinkedHashMap<>();
        Stream.concat(space.inputs().stream(), space.outputs().stream())
                .forEach(place -> places.putIfAbsent(place.buffer(), place));
        places.remove(product.leftPlace().buffer());
        places.remove(product.rightPlace().buffer());
        return places.values().stream().filter(place -> isFar(place.buffer()) && place.isUnit(product.column())
                && place.uses(product.row())
                && place.all(linear -> linear.stride(product.row()).isConstant())).toList();
    }

    /** Whether a buffer is an element of a sequence, which each iteration meets for the first time, or large. */
    private boolean isFar(int buffer) {
        return Plan.owner(buffers, buffer).role() instanceof Buffer.Role.Row
                || buffers.get(buffer).bytes().asConstant().orElse(Long.MAX_VALUE) >= target.nearBytes();
    }

    /** Asks for the elements that the epilogue of some rows and vectors touches. */
    private void fetch(Point at, int rows, Strip strip) {
        for (Place place : fetched) {
            int argument = arguments.of(place.buffer());
            for (int i = 0; i < rows; i++) {
                Point row = at.with(product.row(), k.add(at.at().get(product.row()), i));
                for (int j = 0; j < strip.vectors(); j++) {
                    Reg column = k.add(at.at().get(product.column()), (long) j * strip.lanes());
                    k.prefetch(argument, emitter.at(row.with(product.column(), column), List.of()).first(place));
                }
            }
        }
    }

    private void epilogues(Point at, int rows, Strip strip, Optional<Reg> mask, List<Reg> sums) {
        int vectors = strip.vectors();
        Reg column = at.at().get(product.column());
        for (int i = 0; i < rows; i++) {
            Point row = product.row() < 0 ? at
                    : at.with(product.row(), k.add(at.at().get(product.row()), i));
            for (int j = 0; j < vectors; j++) {
                Optional<Reg> exists = j == vectors - 1 ? mask : Optional.empty();
                Reg first = k.add(column, (long) j * strip.lanes());
                Point lane = row.vector(product.column(), first, strip.lanes(), exists);
                epilogue(emitter.at(lane, List.of(sums.get(i * vectors + j))), exists);
            }
        }
    }

    private void epilogue(TermEmitter.Values values, Optional<Reg> exists) {
        List<Reg> results = new ArrayList<>();
        nest.outputs().forEach(output -> results.add(values.vector(output.term())));
        for (int i = 0; i < results.size(); i++) {
            Place place = space.outputs().get(i);
            values.store(place, results.get(i), false, exists);
        }
    }
}
