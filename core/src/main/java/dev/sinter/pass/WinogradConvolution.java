package dev.sinter.pass;

import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.Reshape;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A convolution of {@code float32} with windows of 3 by 3 elements, one apart, wherever they fit.
 *
 * @param value  the contraction of windows with a filter
 * @param filter which of its operands the filter is
 * @param shown  the windows; the other operand shows them without some axes of size 1
 * @param kept   the axes of the windows that it shows
 */
record WinogradConvolution(Value value, int filter, Value shown, List<Integer> kept) {
    private static final int SIZE = 3;
    /** An element that is written and read between two kernels takes as long as so many multiplications. */
    private static final double MOVED = 24;
    /** So does an element of a filter that comes from main memory while others multiply. */
    private static final double FETCHED = 90;

    /** What a value convolves; empty where it is no such convolution. */
    static Optional<WinogradConvolution> of(Value value) {
        if (!(value.op() instanceof Contract) || value.dtype() != DType.FLOAT32
                || value.shape().elementCount().isConstant(0)) {
            return Optional.empty();
        }
        return with(value, 0).or(() -> with(value, 1));
    }

    private static Optional<WinogradConvolution> with(Value value, int filter) {
        Value other = value.operand(1 - filter);
        Value shown = other.op() instanceof Reshape ? other.operand(0) : other;
        if (!(shown.op() instanceof Windows windows) || windows.windows().size() != 2) {
            return Optional.empty();
        }
        List<Integer> kept = other == shown ? IntStream.range(0, shown.rank()).boxed().toList()
                : UnitAxes.others(shown.shape());
        boolean same = other.shape().dims().equals(kept.stream().map(shown.shape()::dim).toList());
        if (!same || !kept.containsAll(windows.axes())) {
            return Optional.empty();
        }
        return Optional.of(new WinogradConvolution(value, filter, shown, kept))
                .filter(WinogradConvolution::isFiltering);
    }

    private boolean isFiltering() {
        for (int i = 0; i < 2; i++) {
            Window window = window(i);
            boolean fits = window.size() == SIZE && window.stride() == 1 && window.dilation() == 1
                    && shown.operand(0).shape().dim(window.axis()).isConstant();
            boolean slides = out().indexOf(place(i)) >= 0 && filterLetters().indexOf(place(i)) < 0;
            boolean sums = out().indexOf(inside(i)) < 0 && filterLetters().indexOf(inside(i)) >= 0;
            if (!fits || !slides || !sums) {
                return false;
            }
        }
        return filterLetters().chars().noneMatch(letter -> shownLetters().indexOf(letter) >= 0
                && out().indexOf(letter) >= 0);
    }

    Window window(int number) {
        return ((Windows) shown.op()).windows().get(number);
    }

    private Contract op() {
        return (Contract) value.op();
    }

    String filterLetters() {
        return filter == 0 ? op().lhs() : op().rhs();
    }

    String shownLetters() {
        return filter == 0 ? op().rhs() : op().lhs();
    }

    String out() {
        return op().out();
    }

    /** The letter of a windowed axis. */
    char place(int number) {
        return shownLetters().charAt(kept.indexOf(window(number).axis()));
    }

    /** The letter of the position inside of a window. */
    char inside(int window) {
        return shownLetters().charAt(shownLetters().length() - 2 + window);
    }

    Value weights() {
        return value.operand(filter);
    }

    /** How many results lie along a windowed axis. */
    long results(int window) {
        return value.shape().dim(out().indexOf(place(window))).constant();
    }

    /** How many tiles give these results. */
    long tiles(int window, WinogradTile tile) {
        return Math.ceilDiv(results(window), tile.outputs());
    }

    /** How many multiplications take as long as the convolution. */
    double work() {
        return Math.max(weightCount() * value.shape().elementCount().assumed() / sent(), weightCount() * FETCHED);
    }

    /** How many multiplications take as long as the convolution by tiles. */
    double work(WinogradTile tile) {
        double images = value.shape().elementCount().assumed() / sent() / results(0) / results(1);
        double tiles = images * tiles(0, tile) * tiles(1, tile);
        double products = tile.products() * tile.products();
        double received = weightCount() / sent() / (SIZE * SIZE);
        double weights = products * received * sent();
        return Math.max(weights * tiles + MOVED * products * tiles * (received + sent()), weights * FETCHED);
    }

    private double weightCount() {
        return weights().shape().elementCount().assumed();
    }

    /** The channels of the result. */
    private double sent() {
        Shape shape = weights().shape();
        return IntStream.range(0, shape.rank()).filter(axis -> out().indexOf(filterLetters().charAt(axis)) >= 0)
                .mapToDouble(axis -> shape.dim(axis).assumed()).reduce(1, (x, y) -> x * y);
    }
}
