package dev.sinter.formats.onnx.schema;

import java.util.Locale;

/** Texts of a file in messages: a file may hold escape sequences of terminals, and names as long as itself. */
public final class Texts {
    private static final int NAME = 100;
    private static final int MESSAGE = 2000;
    private static final int HEAD = 1200;

    private Texts() {}

    /** A name as messages show it: what would move a cursor is escaped, and a long one is cut. */
    public static String shown(String name) {
        String cut = name.length() <= NAME ? name : name.substring(0, NAME) + "... (" + name.length() + " characters)";
        return escaped(cut, false);
    }

    /** A message that may contain texts of a file: escaped but for its lines, and cut in the middle. */
    public static String bounded(String message) {
        String cut = message.length() <= MESSAGE ? message : message.substring(0, HEAD) + " ... "
                + message.substring(message.length() - (MESSAGE - HEAD));
        return escaped(cut, true);
    }

    private static String escaped(String text, boolean keepLines) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isPlain = keepLines && c == '\n' || !Character.isISOControl(c)
                    && Character.getType(c) != Character.FORMAT && Character.getType(c) != Character.LINE_SEPARATOR
                    && Character.getType(c) != Character.PARAGRAPH_SEPARATOR;
            shown.append(isPlain ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
        return shown.toString();
    }
}
