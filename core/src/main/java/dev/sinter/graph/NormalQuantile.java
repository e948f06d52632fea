package dev.sinter.graph;

import dev.sinter.op.ScalarFn;

/**
 * The number that a standard normal variable is below with a probability, to about 16 digits: Wichura, "Algorithm AS
 * 241: the percentage points of the normal distribution", 1988.
 */
final class NormalQuantile {
    private static final double[] CENTRE_ABOVE = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
        45921.953931549871457, 13731.693765509461125, 1971.5909503065514427, 133.14166789178437745,
        3.387132872796366608};
    private static final double[] CENTRE_BELOW = {5226.495278852545925, 28729.085735721942674, 39307.89580009271061,
        21213.794301586595867, 5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1};
    private static final double[] SIDE_ABOVE = {7.7454501427834140764e-4, .0227238449892691845833,
        .24178072517745061177, 1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055,
        4.6303378461565452959, 1.42343711074968357734};
    private static final double[] SIDE_BELOW = {1.05075007164441684324e-9, 5.475938084995344946e-4,
        .0151986665636164571966, .14810397642748007459, .68976733498510000455, 1.6763848301838038494,
        2.05319162663775882187, 1};
    private static final double[] TAIL_ABOVE = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
        .0012426609473880784386, .026532189526576123093, .29656057182850489123, 1.7848265399172913358,
        5.4637849111641143699, 6.6579046435011037772};
    private static final double[] TAIL_BELOW = {2.04426310338993978564e-15, 1.4215117583164458887e-7,
        1.8463183175100546818e-5, 7.868691311456132591e-4, .0148753612908506148525, .13692988092273580531,
        .59983220655588793769, 1};

    private NormalQuantile() {}

    /**
     * The quantile of a probability.
     *
     * @param centred the probability less one half
     * @param smaller the smaller of the probability and of 1 less it, which may be much nearer to 0
     */
    static Node of(Composer c, Node centred, Node smaller) {
        Node square = c.map(ScalarFn.MUL, centred, centred);
        Node inside = c.map(ScalarFn.SUB, c.fullLike(square, 0.180625), square);
        Node centre = c.map(ScalarFn.MUL, centred, ratio(c, inside, CENTRE_ABOVE, CENTRE_BELOW));
        Node distance = c.map(ScalarFn.SQRT, c.map(ScalarFn.NEG, c.map(ScalarFn.LOG, smaller)));
        Node side = ratio(c, c.map(ScalarFn.SUB, distance, c.fullLike(distance, 1.6)), SIDE_ABOVE, SIDE_BELOW);
        Node tail = ratio(c, c.map(ScalarFn.SUB, distance, c.fullLike(distance, 5)), TAIL_ABOVE, TAIL_BELOW);
        Node outside = c.map(ScalarFn.SELECT, c.map(ScalarFn.LE, distance, c.fullLike(distance, 5)), side, tail);
        Node signed = c.map(ScalarFn.SELECT, c.map(ScalarFn.LT, centred, c.fullLike(centred, 0)),
                c.map(ScalarFn.NEG, outside), outside);
        return c.map(ScalarFn.SELECT, c.map(ScalarFn.LE, c.map(ScalarFn.ABS, centred), c.fullLike(centred, 0.425)),
                centre, signed);
    }

    /** The quotient of two polynomials, highest powers first. */
    private static Node ratio(Composer c, Node x, double[] above, double[] below) {
        return c.map(ScalarFn.DIV, polynomial(c, x, above), polynomial(c, x, below));
    }

    private static Node polynomial(Composer c, Node x, double[] coefficients) {
        Node sum = c.fullLike(x, coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            sum = c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, sum, x), c.fullLike(x, coefficients[i]));
        }
        return sum;
    }
}
