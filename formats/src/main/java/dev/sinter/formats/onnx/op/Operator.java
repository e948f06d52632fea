package dev.sinter.formats.onnx.op;

import java.util.Set;

/**
 * A row of the table of operators.
 *
 * @param domain    the empty word for the standard's own
 * @param since     the version of the domain from which on the row holds
 * @param structure the positions of inputs that must be known when the graph is made: sizes, axes and the like
 */
public record Operator(String domain, String name, long since, Set<Integer> structure, Translation translation) {}
