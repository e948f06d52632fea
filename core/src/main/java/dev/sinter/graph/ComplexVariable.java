package dev.sinter.graph;

import dev.sinter.tensor.GraphException;

/**
 * A variable of complex numbers: two variables, which are initialized, loaded, saved and optimized as any others.
 *
 * @param real of the real parts
 * @param imag of the imaginary parts, of the same dtype and shape
 */
public record ComplexVariable(Variable real, Variable imag) {
    public ComplexVariable {
        if (real.graph() != imag.graph() || real.dtype() != imag.dtype() || !real.shape().equals(imag.shape())) {
            throw new GraphException("complex variable: the planes must be of one dtype and shape: " + real + ", "
                    + imag + "\n  at " + Place.here());
        }
    }

    /** Variables {@code name/real} and {@code name/imag} that begin with the planes of complex numbers. */
    public static ComplexVariable of(Graph graph, String name, Operand real, Operand imag) {
        try (Scope _ = graph.scope(name)) {
            return new ComplexVariable(graph.variable("real", real), graph.variable("imag", imag));
        }
    }

    /** The value at the start of a run, as a variable in an op has it. */
    public Complex value() {
        return Complex.of(real, imag);
    }

    /** Writes both planes; what follows from the result sees them. */
    public Complex assign(Complex value) {
        return new Complex(real.assign(value.real()), imag.assign(value.imag()));
    }
}
