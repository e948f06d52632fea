package dev.sinter.kernel;

import java.util.List;

/**
 * What tells a pure instruction from others of its kernel: equal keys, equal results. Equality is written out, as a JVM
 * that has just started takes long for what it makes for records, and a builder asks at every instruction.
 */
sealed interface PureKey {
    /** An operation on registers. */
    record Arith(ArithOp op, RegType type, List<Reg> arguments) implements PureKey {
        @Override
        public boolean equals(Object other) {
            return other instanceof Arith key && key.op == op && key.type.equals(type)
                    && key.arguments.equals(arguments);
        }

        @Override
        public int hashCode() {
            return 31 * arguments.hashCode() + op.ordinal();
        }
    }

    /**
     * What moves lanes, or reads memory that nothing writes.
     *
     * @param what   which instruction it is, with what it has beside operands
     * @param number of a lane or a buffer
     */
    record Move(Object what, RegType type, List<Reg> operands, int number) implements PureKey {
        @Override
        public boolean equals(Object other) {
            return other instanceof Move key && key.number == number && key.type.equals(type)
                    && key.operands.equals(operands) && key.what.equals(what);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * operands.hashCode() + number) + what.hashCode();
        }
    }

    /** A constant. */
    record Const(RegType type, long bits) implements PureKey {
        @Override
        public boolean equals(Object other) {
            return other instanceof Const key && key.bits == bits && key.type.equals(type);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(bits) + type.hashCode();
        }
    }
}
