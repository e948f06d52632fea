package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import java.util.List;

/**
 * Winograd's minimal filtering along one axis: neighbouring results of a filter of 3 elements from 2 products more than
 * there are results, in place of 3 a result. The elements that a tile sees and the filter are transformed first, the
 * products afterwards (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, whose matrices these
 * are).
 */
enum WinogradTile {
    /** F(2, 3). */
    TWO(2, 2e-6) {
        @Override
        List<Value> seen(Builder b, List<Value> d) {
            return List.of(b.minus(d.get(0), d.get(2)), b.plus(d.get(1), d.get(2)), b.minus(d.get(2), d.get(1)),
                    b.minus(d.get(1), d.get(3)));
        }

        @Override
        List<Value> filter(Builder b, List<Value> g) {
            Value outer = b.times(b.plus(g.get(0), g.get(2)), 0.5);
            Value inner = b.times(g.get(1), 0.5);
            return List.of(g.get(0), b.plus(outer, inner), b.minus(outer, inner), g.get(2));
        }

        @Override
        List<Value> results(Builder b, List<Value> m) {
            return List.of(b.plus(m.get(0), b.plus(m.get(1), m.get(2))),
                    b.minus(b.minus(m.get(1), m.get(2)), m.get(3)));
        }
    },

    /** F(4, 3). */
    FOUR(4, 2e-5) {
        @Override
        List<Value> seen(Builder b, List<Value> d) {
            Value even = b.minus(d.get(4), b.times(d.get(2), 4));
            Value odd = b.minus(d.get(3), b.times(d.get(1), 4));
            Value near = b.minus(d.get(4), d.get(2));
            Value far = b.times(b.minus(d.get(3), d.get(1)), 2);
            return List.of(
                    b.plus(b.minus(b.times(d.get(0), 4), b.times(d.get(2), 5)), d.get(4)),
                    b.plus(even, odd), b.minus(even, odd), b.plus(near, far), b.minus(near, far),
                    b.plus(b.minus(b.times(d.get(1), 4), b.times(d.get(3), 5)), d.get(5)));
        }

        @Override
        List<Value> filter(Builder b, List<Value> g) {
            Value outer = b.times(b.plus(g.get(0), g.get(2)), -1.0 / 6);
            Value inner = b.times(g.get(1), -1.0 / 6);
            Value wide = b.plus(b.times(g.get(0), 1.0 / 24), b.times(g.get(2), 1.0 / 6));
            Value middle = b.times(g.get(1), 1.0 / 12);
            return List.of(b.times(g.get(0), 0.25), b.plus(outer, inner), b.minus(outer, inner),
                    b.plus(wide, middle), b.minus(wide, middle), g.get(2));
        }

        @Override
        List<Value> results(Builder b, List<Value> m) {
            Value nearSum = b.plus(m.get(1), m.get(2));
            Value near = b.minus(m.get(1), m.get(2));
            Value farSum = b.plus(m.get(3), m.get(4));
            Value far = b.minus(m.get(3), m.get(4));
            return List.of(b.plus(m.get(0), b.plus(nearSum, farSum)), b.plus(near, b.times(far, 2)),
                    b.plus(nearSum, b.times(farSum, 4)), b.plus(b.plus(near, b.times(far, 8)), m.get(5)));
        }
    };

    private final int outputs;
    private final double tolerance;

    WinogradTile(int outputs, double tolerance) {
        this.outputs = outputs;
        this.tolerance = tolerance;
    }

    /** How many neighbouring results one tile gives along an axis. */
    int outputs() {
        return outputs;
    }

    /** How many elements a tile sees along an axis, which is how many products it takes. */
    int products() {
        return outputs + 2;
    }

    /** The least tolerance that allows it. */
    double tolerance() {
        return tolerance;
    }

    /** What is multiplied, of the {@link #products} elements that a tile sees. */
    abstract List<Value> seen(Builder b, List<Value> elements);

    /** What is multiplied with, of the 3 elements of a filter. */
    abstract List<Value> filter(Builder b, List<Value> elements);

    /** The {@link #outputs} results of the products. */
    abstract List<Value> results(Builder b, List<Value> products);
}
