package dev.sinter.pass;

/** What a rule may do to the value that it replaces. */
public enum Exactness {
    /** Every bit stays, for special values too; a NaN may become another NaN. */
    EXACT,
    /**
     * The same in real arithmetic; rounding, overflow of intermediate results and the sign of a zero may
     * differ. Used only where the options allow it.
     */
    REASSOCIATES
}
