package dev.sinter.graph;

import java.util.Set;

/**
 * A line of the user's program.
 *
 * @param file the source file's name, empty when unknown
 * @param line the line, 0 when unknown
 */
record Place(String file, int line) {
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final Set<String> OWN = Set.of("dev.sinter.graph", "dev.sinter.nn", "dev.sinter.linalg",
            "dev.sinter.formats.onnx", "dev.sinter.formats.onnx.op");

    /** The innermost line on the stack that is neither the framework's nor the Java library's. */
    static Place here() {
        return WALKER.walk(frames -> frames.filter(frame -> isUsers(packageOf(frame.getClassName())))
                .findFirst()
                .map(frame -> new Place(frame.getFileName() == null ? "" : frame.getFileName(),
                        Math.max(0, frame.getLineNumber())))
                .orElse(new Place("", 0)));
    }

    private static boolean isUsers(String name) {
        return !OWN.contains(name) && !name.startsWith("java.");
    }

    private static String packageOf(String className) {
        int dot = className.lastIndexOf('.');
        return dot < 0 ? "" : className.substring(0, dot);
    }

    @Override
    public String toString() {
        return file.isEmpty() ? "unknown place" : file + ":" + line;
    }
}
