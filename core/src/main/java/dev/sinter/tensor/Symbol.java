package dev.sinter.tensor;

/**
 * An unknown size, known when a run binds its feeds. Two symbols of one name are the same symbol; a graph
 * gives each of its symbols its own name.
 *
 * @param name letters, digits, {@code _ . /}, starting with a letter or {@code _}
 */
public record Symbol(String name) {
    @Override
    public String toString() {
        return name;
    }
}
