package dev.sinter.pass;

/**
 * A decision of a pass that rewrites whole loops and branches.
 *
 * @param name what is decided, in a line: {@code a sum of a loop is computed after it}
 */
public record Decision(String name) implements Change {}
