package dev.sinter.linalg;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * A matrix in the layout of LAPACK, column by column. A vector is a matrix of one column, a scalar one of one element.
 *
 * @param values the elements, which whoever made the matrix may write
 */
record Dense(int rows, int columns, double[] values) {
    static Dense zeros(int rows, int columns) {
        return new Dense(rows, columns, new double[Math.multiplyExact(rows, columns)]);
    }

    static Dense identity(int size) {
        Dense result = zeros(size, size);
        for (int i = 0; i < size; i++) {
            result.set(i, i, 1);
        }
        return result;
    }

    static Dense vector(double... values) {
        return new Dense(values.length, 1, values);
    }

    double get(int row, int column) {
        return values[column * rows + row];
    }

    void set(int row, int column, double value) {
        values[column * rows + row] = value;
    }

    /** The distance between the starts of two columns, which LAPACK wants positive. */
    int stride() {
        return Math.max(1, rows);
    }

    boolean isEmpty() {
        return values.length == 0;
    }

    Dense copy() {
        return new Dense(rows, columns, values.clone());
    }

    Dense transposed() {
        Dense result = zeros(columns, rows);
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                result.set(column, row, get(row, column));
            }
        }
        return result;
    }

    /** The first rows and columns. */
    Dense part(int partRows, int partColumns) {
        Dense result = zeros(partRows, partColumns);
        for (int column = 0; column < partColumns; column++) {
            System.arraycopy(values, column * rows, result.values, column * partRows, partRows);
        }
        return result;
    }

    /** The elements on the diagonal and below it; 0 elsewhere. */
    Dense lower() {
        Dense result = zeros(rows, columns);
        for (int column = 0; column < Math.min(rows, columns); column++) {
            System.arraycopy(values, column * rows + column, result.values, column * rows + column, rows - column);
        }
        return result;
    }

    Dense times(double factor) {
        return new Dense(rows, columns, DoubleStream.of(values).map(value -> value * factor).toArray());
    }

    /** This plus another one times a factor. */
    Dense plus(Dense other, double factor) {
        double[] sums = values.clone();
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * other.values[i];
        }
        return new Dense(rows, columns, sums);
    }

    /** The product of both. */
    Dense times(Dense other) {
        Dense result = zeros(rows, other.columns);
        for (int column = 0; column < other.columns; column++) {
            for (int k = 0; k < columns; k++) {
                double factor = other.get(k, column);
                if (factor != 0) {
                    addColumn(values, k * rows, factor, result.values, column * rows, rows);
                }
            }
        }
        return result;
    }

    private static void addColumn(double[] from, int fromStart, double factor, double[] to, int toStart, int length) {
        for (int i = 0; i < length; i++) {
            to[toStart + i] += factor * from[fromStart + i];
        }
    }

    /** The greatest sum of the magnitudes in a column. */
    double norm() {
        double greatest = 0;
        for (int column = 0; column < columns; column++) {
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                sum += Math.abs(get(row, column));
            }
            greatest = Math.max(greatest, sum);
        }
        return greatest;
    }

    double greatest() {
        return DoubleStream.of(values).map(Math::abs).max().orElse(0);
    }

    boolean isFinite() {
        return DoubleStream.of(values).allMatch(Double::isFinite);
    }

    void negateColumn(int column) {
        for (int row = 0; row < rows; row++) {
            set(row, column, -get(row, column));
        }
    }

    /** The row of the first element of the greatest magnitude in a column. */
    int peak(int column) {
        int at = 0;
        for (int row = 1; row < rows; row++) {
            if (Math.abs(get(row, column)) > Math.abs(get(at, column))) {
                at = row;
            }
        }
        return at;
    }

    /** Everything one value. */
    Dense filled(double value) {
        Arrays.fill(values, value);
        return this;
    }
}
