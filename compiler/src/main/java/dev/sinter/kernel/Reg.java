package dev.sinter.kernel;

/**
 * A register of a kernel, assigned once.
 *
 * @param id   unique in its kernel
 * @param type what it holds
 */
public record Reg(int id, RegType type) {
    // Written out, as a JVM that has just started takes long for what it makes for records, and a kernel asks often.
    @Override
    public boolean equals(Object other) {
        return other instanceof Reg reg && reg.id == id && reg.type.equals(type);
    }

    @Override
    public int hashCode() {
        return id;
    }

    @Override
    public String toString() {
        return "%" + id;
    }
}
