package dev.sinter.linalg;

import dev.sinter.op.Derivative;

/** The exponential of a matrix (Higham, The scaling and squaring method for the matrix exponential revisited, 2005). */
record ExponentialFunction() implements SquareFunction {
    private static final double[] PADE = {64764752532480000.0, 32382376266240000.0, 7771770303897600.0,
        1187353796428800.0, 129060195264000.0, 10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0,
        40840800.0, 960960.0, 16380.0, 182.0, 1.0};
    private static final double PADE_REACH = 5.371920351148152;

    @Override
    public String name() {
        return "expm";
    }

    @Override
    public Dense of(Dense a) throws Unsuited {
        int squarings = Math.clamp(Math.getExponent(a.norm() / PADE_REACH) + 1, 0, 1000);
        Dense x = a.times(Math.scalb(1.0, -squarings));
        Dense identity = Dense.identity(a.rows());
        Dense x2 = x.times(x);
        Dense x4 = x2.times(x2);
        Dense x6 = x4.times(x2);
        Dense odd = x.times(x6.times(sum(9, x2, x4, x6, Dense.zeros(a.rows(), a.rows())))
                .plus(sum(3, x2, x4, x6, identity), 1));
        Dense even = x6.times(sum(8, x2, x4, x6, Dense.zeros(a.rows(), a.rows())))
                .plus(sum(2, x2, x4, x6, identity), 1);
        Dense result = even.plus(odd, 1);
        Lapack.solve(even.plus(odd, -1), false, result);
        for (int i = 0; i < squarings; i++) {
            result = result.times(result);
        }
        return result;
    }

    /** Powers 2, 4 and 6 times the coefficients from a place on, and one before them of another matrix. */
    private static Dense sum(int from, Dense x2, Dense x4, Dense x6, Dense before) {
        return before.times(PADE[from - 2]).plus(x2, PADE[from]).plus(x4, PADE[from + 2]).plus(x6, PADE[from + 4]);
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) ->
                new Algebra(b).frechet(this, self.operand(0), b.project(gradient, 0)));
    }
}
