package dev.sinter.ir;

/**
 * Where a value comes from: the user's source line and the name of the graph node.
 *
 * @param file the source file's name, empty when unknown
 * @param line the line in the file, from 1; 0 when unknown
 * @param node the graph node's name with its scopes: {@code mlp/out}
 */
public record Location(String file, int line, String node) {
    public static final Location UNKNOWN = new Location("", 0, "");

    /** {@code Mnist.java:41}, or {@code unknown place}. */
    public String place() {
        return file.isEmpty() ? "unknown place" : file + ":" + line;
    }

    @Override
    public String toString() {
        return node.isEmpty() ? place() : place() + " (" + node + ")";
    }
}
