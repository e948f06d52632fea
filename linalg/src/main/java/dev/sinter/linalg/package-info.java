/**
 * Decompositions of matrices, systems of equations, and functions of matrices: {@link
 * dev.sinter.linalg.Decompositions} makes the nodes. Matrices that are known by their structure are
 * {@link dev.sinter.linalg.LinearOperator}s.
 *
 * <p>A decomposition is a {@link dev.sinter.linalg.MatrixFunction}: Java code that a run calls, once for all matrices
 * of a batch. Each computes in double precision by LAPACK and rounds its results once, whatever the dtype; each is a
 * pure function, so that calls may take place on several threads. LAPACK ends the process where an argument of its own
 * is wrong: {@link dev.sinter.linalg.Lapack} is the only class that calls it, and never with a matrix of size 0.
 * Gradients are values of the tensor IR that {@link dev.sinter.linalg.Algebra} writes, with calls of other functions
 * of this package in them, so that they have gradients too.
 *
 * <p>An operator is a class for each structure, whose methods are nodes of the graph: a structure that knows nothing
 * better makes its matrix and decomposes that. {@link dev.sinter.linalg.LinearOperator} checks what comes from the user
 * before a structure sees it: operands are of its dtype and have the size that it takes, so that no axis of size 1 is
 * stretched along the rows.
 *
 * <p>Left to others: products, diagonals and whatever else needs no decomposition is {@link dev.sinter.graph.Linalg}.
 */
package dev.sinter.linalg;
