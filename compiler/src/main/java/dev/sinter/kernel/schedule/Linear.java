package dev.sinter.kernel.schedule;

import dev.sinter.kernel.IndexMap;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * An affine function of loop indices, plus starts that the run computes.
 *
 * @param base    the part that no loop changes
 * @param strides one a loop axis
 * @param starts  clamped values from memory
 */
record Linear(Dim base, List<Dim> strides, List<Start> starts) {
    /** {@code stride * clamp(value at a place, 0, limit)}. */
    record Start(Place at, Dim limit, Dim stride) {}

    Linear {
        strides = List.copyOf(strides);
        starts = List.copyOf(starts);
    }

    static Linear zero(int axisCount) {
        return new Linear(Dim.ZERO, java.util.Collections.nCopies(axisCount, Dim.ZERO), List.of());
    }

    static Linear axis(int axis, int axisCount) {
        return of(IndexMap.Coordinate.axis(axis, axisCount), axisCount, input -> {
            throw new CompilerBug("an axis starts at input " + input);
        });
    }

    /**
     * The function of a coordinate; coefficients that it lacks are 0.
     *
     * @param inputs where the inputs lie that hold starts
     */
    static Linear of(IndexMap.Coordinate coordinate, int axisCount, IntFunction<Place> inputs) {
        List<Dim> strides = new ArrayList<>(coordinate.coefficients());
        while (strides.size() < axisCount) {
            strides.add(Dim.ZERO);
        }
        List<Start> starts = coordinate.indirect()
                .map(indirect -> List.of(new Start(inputs.apply(indirect.input()), indirect.limit(), Dim.ONE)))
                .orElse(List.of());
        return new Linear(coordinate.constant(), strides, starts);
    }

    Linear plus(Linear other) {
        List<Dim> sums = new ArrayList<>();
        for (int axis = 0; axis < strides.size(); axis++) {
            sums.add(strides.get(axis).plus(other.strides.get(axis)));
        }
        List<Start> all = new ArrayList<>(starts);
        all.addAll(other.starts);
        return new Linear(base.plus(other.base), sums, all);
    }

    Linear times(Dim factor) {
        return new Linear(base.times(factor), strides.stream().map(stride -> stride.times(factor)).toList(),
                starts.stream()
                        .map(start -> new Start(start.at(), start.limit(), start.stride().times(factor)))
                        .toList());
    }

    /** What a step along an axis adds, but for the starts. */
    Dim stride(int axis) {
        return strides.get(axis);
    }

    boolean uses(int axis) {
        return !strides.get(axis).isConstant(0) || !isAffine(axis);
    }

    /** Whether no start changes along an axis. */
    boolean isAffine(int axis) {
        return starts.stream().noneMatch(start -> start.at().uses(axis));
    }

    /** Whether each step along an axis adds 1. */
    boolean isUnit(int axis) {
        return strides.get(axis).isConstant(1) && isAffine(axis);
    }

    /** Without an axis, whose index is always 0. */
    Linear without(int axis) {
        List<Dim> rest = new ArrayList<>(strides);
        rest.remove(axis);
        return new Linear(base, rest, starts(linear -> linear.without(axis)));
    }

    private List<Start> starts(UnaryOperator<Linear> change) {
        return starts.stream().map(start -> new Start(start.at().map(change), start.limit(), start.stride())).toList();
    }

    /** Without what the index along an axis adds. */
    Linear at0(int axis) {
        List<Dim> others = new ArrayList<>(strides);
        others.set(axis, Dim.ZERO);
        return new Linear(base, others, starts(linear -> linear.at0(axis)));
    }

    /** Whether an axis and the one after it can be walked as one. */
    boolean collapses(int axis, Dim innerExtent) {
        return strides.get(axis).equals(strides.get(axis + 1).times(innerExtent))
                && starts.stream().allMatch(start -> start.at().all(linear -> linear.collapses(axis, innerExtent)));
    }

    /** Whether every value is a multiple of a number, but for the part of one axis. */
    boolean isMultipleOf(long number, int exceptAxis) {
        boolean multiple = starts.isEmpty() && divides(number, base);
        for (int axis = 0; axis < strides.size(); axis++) {
            multiple &= axis == exceptAxis || divides(number, strides.get(axis));
        }
        return multiple;
    }

    private static boolean divides(long number, Dim dim) {
        return dim.mod(Dim.of(number)).isConstant(0);
    }
}
