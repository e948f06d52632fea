package dev.sinter.op;

/**
 * A polynomial in {@code u = (x - middle) / half}, which is from -1 to 1 where the polynomial is meant.
 *
 * @param coefficients from the constant on
 */
record Polynomial(double middle, double half, double... coefficients) {
    <T> T at(Arithmetic<T> a, T x) {
        T u = middle == 0 && half == 1 ? x : a.mul(a.sub(x, a.number(middle)), a.number(1 / half));
        // Two chains, of the even and of the odd powers.
        T square = a.mul(u, u);
        int last = coefficients.length - 1;
        if (last == 0) {
            return a.number(coefficients[0]);
        }
        T even = a.number(coefficients[last - last % 2]);
        for (int i = last - last % 2 - 2; i >= 0; i -= 2) {
            even = a.fma(even, square, a.number(coefficients[i]));
        }
        T odd = a.number(coefficients[last - 1 + last % 2]);
        for (int i = last - 3 + last % 2; i >= 1; i -= 2) {
            odd = a.fma(odd, square, a.number(coefficients[i]));
        }
        return a.fma(odd, u, even);
    }

    /** {@code (at(x) - at(y)) / (x - y)}, also of x and y that are near each other. */
    <T> T slope(Arithmetic<T> a, T x, T y) {
        T u = a.mul(a.sub(x, a.number(middle)), a.number(1 / half));
        T v = a.mul(a.sub(y, a.number(middle)), a.number(1 / half));
        int last = coefficients.length - 1;
        T value = a.number(coefficients[last]);
        T slope = a.number(0);
        for (int i = last - 1; i >= 0; i--) {
            slope = a.fma(slope, v, value);
            value = a.fma(value, u, a.number(coefficients[i]));
        }
        return a.mul(slope, a.number(1 / half));
    }
}
