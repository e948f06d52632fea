package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A convolution in tiles: the filter and what each tile sees, transformed along both axes, lie along a first axis of
 * their own, so that all their products are one batched product of matrices.
 */
final class WinogradTiles {
    private final Builder b;
    private final WinogradConvolution convolution;
    private final WinogradTile tile;

    WinogradTiles(Builder b, WinogradConvolution convolution, WinogradTile tile) {
        this.b = b;
        this.convolution = convolution;
        this.tile = tile;
    }

    /**
     * The convolution's value.
     *
     * @param weights the filter
     * @param shown   what the windows slide over
     */
    Value value(Value weights, Value shown) {
        String insides = "" + convolution.inside(0) + convolution.inside(1);
        String filter = without(convolution.filterLetters(), insides);
        String seen = without(convolution.shownLetters(), insides);
        String product = free(filter + seen);
        Value x = stacked(transformed(filterElements(weights), row -> tile.filter(b, row)));
        Value y = stacked(transformed(seenElements(shown), row -> tile.seen(b, row)));
        Value products = convolution.filter() == 0
                ? b.contract(product + filter, product + seen, product + convolution.out(), x, y)
                : b.contract(product + seen, product + filter, product + convolution.out(), y, x);
        return whole(products);
    }

    private static String without(String letters, String gone) {
        return letters.chars().filter(letter -> gone.indexOf(letter) < 0).mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String free(String used) {
        return IntStream.iterate('a', letter -> letter + 1).filter(letter -> used.indexOf(letter) < 0)
                .mapToObj(Character::toString).findFirst().orElseThrow();
    }

    /** A grid of values, transformed along both of its axes. */
    private static List<List<Value>> transformed(List<List<Value>> grid, UnaryOperator<List<Value>> transform) {
        List<List<Value>> once = turned(grid).stream().map(transform).toList();
        return turned(once).stream().map(transform).toList();
    }

    private static List<List<Value>> turned(List<List<Value>> grid) {
        return IntStream.range(0, grid.getFirst().size())
                .mapToObj(column -> grid.stream().map(row -> row.get(column)).toList()).toList();
    }

    private Value stacked(List<List<Value>> grid) {
        return b.concat(0, grid.stream().flatMap(List::stream).toList());
    }

    /** The elements of the filter by their positions in a window, with a first axis of size 1. */
    private List<List<Value>> filterElements(Value weights) {
        int rows = convolution.filterLetters().indexOf(convolution.inside(0));
        int columns = convolution.filterLetters().indexOf(convolution.inside(1));
        List<Dim> dims = new ArrayList<>(weights.shape().dims());
        dims.remove(Math.max(rows, columns));
        dims.remove(Math.min(rows, columns));
        dims.addFirst(Dim.ONE);
        return grid(weights.shape().dim(rows).constant(), weights.shape().dim(columns).constant(),
                (row, column) -> b.reshape(slice(slice(weights, rows, row, row + 1, 1), columns, column, column + 1, 1),
                        new Shape(dims)));
    }

    private interface Element {
        Value at(long row, long column);
    }

    private static List<List<Value>> grid(long rows, long columns, Element element) {
        List<List<Value>> grid = new ArrayList<>();
        for (long i = 0; i < rows; i++) {
            List<Value> row = new ArrayList<>();
            for (long j = 0; j < columns; j++) {
                row.add(element.at(i, j));
            }
            grid.add(row);
        }
        return grid;
    }

    private Value slice(Value value, int axis, long start, long limit, long stride) {
        List<Dim> starts = new ArrayList<>(Collections.nCopies(value.rank(), Dim.ZERO));
        List<Dim> limits = new ArrayList<>(value.shape().dims());
        List<Long> strides = new ArrayList<>(Collections.nCopies(value.rank(), 1L));
        starts.set(axis, Dim.of(start));
        limits.set(axis, Dim.of(limit));
        strides.set(axis, stride);
        return b.add(new Slice(starts, limits, strides), value);
    }

    /** What all tiles see at each of their positions, with a first axis of size 1. */
    private List<List<Value>> seenElements(Value shown) {
        Value whole = shown;
        for (int number = 0; number < 2; number++) {
            int axis = convolution.window(number).axis();
            whole = lengthened(whole, axis, lastSeen(number) - whole.shape().dim(axis).constant());
        }
        Shape shape = whole.shape();
        Value all = b.reshape(whole, new Shape(Stream.concat(Stream.of(Dim.ONE),
                convolution.kept().stream().filter(axis -> axis < shape.rank()).map(shape::dim)).toList()));
        return grid(tile.products(), tile.products(), (row, column) -> seen(seen(all, 0, row), 1, column));
    }

    private int axis(int window) {
        return 1 + convolution.kept().indexOf(convolution.window(window).axis());
    }

    private long lastSeen(int window) {
        return convolution.tiles(window, tile) * tile.outputs() + 2;
    }

    private Value seen(Value value, int window, long position) {
        return slice(value, axis(window), position,
                lastSeen(window) - tile.products() + position + 1, tile.outputs());
    }

    /** A value with zeros at the end of an axis, behind the padding that it has. */
    private Value lengthened(Value value, int axis, long more) {
        if (more == 0) {
            return value;
        }
        Value zero = b.scalar(value.dtype(), 0);
        if (value.op() instanceof Pad pad && value.operand(1) == zero) {
            List<Dim> high = new ArrayList<>(pad.high());
            high.set(axis, high.get(axis).plus(more));
            return b.add(new Pad(pad.low(), high, pad.interior()), value.operand(0), zero);
        }
        List<Dim> none = Collections.nCopies(value.rank(), Dim.ZERO);
        List<Dim> high = new ArrayList<>(none);
        high.set(axis, Dim.of(more));
        return b.add(new Pad(none, high, Collections.nCopies(value.rank(), 0L)), value, zero);
    }

    /** The results of all tiles side by side, of all their products. */
    private Value whole(Value products) {
        List<Dim> dims = products.shape().dims().subList(1, products.rank());
        int rows = convolution.out().indexOf(convolution.place(0));
        int columns = convolution.out().indexOf(convolution.place(1));
        int inside = Math.max(rows, columns) + 1;
        List<Dim> one = new ArrayList<>(dims);
        one.add(inside, Dim.ONE);
        Value joined = b.concat(inside, transformed(grid(tile.products(), tile.products(), (row, column) -> {
            long at = row * tile.products() + column;
            return b.reshape(slice(products, 0, at, at + 1, 1), new Shape(one));
        }), row -> tile.results(b, row)).stream().flatMap(List::stream).toList());
        List<Dim> split = new ArrayList<>(dims);
        split.addAll(inside, List.of(Dim.of(tile.outputs()), Dim.of(tile.outputs())));
        List<Integer> order = new ArrayList<>();
        List<Dim> merged = new ArrayList<>(dims);
        for (int axis = 0; axis < dims.size(); axis++) {
            order.add(axis < inside ? axis : axis + 2);
            if (axis == rows || axis == columns) {
                order.add(axis == rows ? inside : inside + 1);
                merged.set(axis, dims.get(axis).times(tile.outputs()));
            }
        }
        Value all = b.reshape(b.transpose(b.reshape(joined, new Shape(split)), order), new Shape(merged));
        return slice(slice(all, rows, 0, convolution.results(0), 1), columns, 0, convolution.results(1), 1);
    }
}
