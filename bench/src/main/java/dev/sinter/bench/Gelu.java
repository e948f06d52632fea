package dev.sinter.bench;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;

/** The Gaussian error linear unit (Hendrycks and Gimpel, 2016) of tensors, and of doubles to compare with. */
enum Gelu {
    /** {@code x (1 + erf(x / sqrt(2))) / 2}. */
    EXACT {
        @Override
        Tensor of(Tensor x) {
            return Nn.gelu(x);
        }

        @Override
        double of(double x) {
            return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
        }
    },
    /** Its approximation by tanh. */
    TANH {
        @Override
        Tensor of(Tensor x) {
            return Nn.gelu(x, true);
        }

        @Override
        double of(double x) {
            return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        }
    };

    abstract Tensor of(Tensor x);

    abstract double of(double x);

    /** The error function by Kummer's series, whose terms have one sign (Abramowitz and Stegun, 7.1.6). */
    static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = 2 / Math.sqrt(Math.PI) * x * Math.exp(-x * x);
        double sum = term;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return sum;
    }
}
