package dev.sinter.pass;

/** What changes a function, one application at a time: a rule, or a decision of a pass over loops. */
public sealed interface Change permits Rule, Decision {
    /** The change in a line. */
    String name();
}
