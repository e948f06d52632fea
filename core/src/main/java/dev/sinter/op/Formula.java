package dev.sinter.op;

import java.util.List;

/**
 * A function written once for the interpreter and for kernels: in double precision, whatever the dtype of the operands,
 * and rounded to it at the end.
 */
@FunctionalInterface
public interface Formula {
    <T> T of(Arithmetic<T> a, List<T> operands);
}
