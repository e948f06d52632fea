/**
 * What a tensor is made of: dtypes, sizes and values.
 *
 * <p>A {@link dev.sinter.tensor.Shape} is a list of {@link dev.sinter.tensor.Dim}s, normalised expressions over
 * {@link dev.sinter.tensor.Symbol}s: equal normal forms are equal sizes. A {@link dev.sinter.tensor.SymbolBinder}
 * checks the arrays of a run against declared types and reads the symbols' values off their sizes. An
 * {@link dev.sinter.tensor.NDArray} is a value in native memory, immutable once it is shared, and prints as NumPy
 * prints. {@link dev.sinter.tensor.Philox} is where all random bits come from.
 *
 * <p>A mistake of the user is a {@link dev.sinter.tensor.GraphException} that says how to fix it; a broken
 * invariant of Sinter is a {@link dev.sinter.tensor.CompilerBug}. Nothing here knows graphs or ops.
 */
package dev.sinter.tensor;
