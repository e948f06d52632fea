package dev.sinter.kernel;

/**
 * A register of a kernel, assigned once.
 *
 * @param id   unique in its kernel
 * @param type what it holds
 */
public record Reg(int id, RegType type) {
    @Override
    public String toString() {
        return "%" + id;
    }
}
