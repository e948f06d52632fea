package dev.sinter.cli;

import java.util.List;

/** Names as they are printed. */
final class Names {
    private static final int MOST_COLUMNS = 96;

    private Names() {}

    /** The names, separated by commas, in lines that are indented by two columns. */
    static String lines(List<String> names) {
        StringBuilder text = new StringBuilder("  ");
        int column = 2;
        for (int i = 0; i < names.size(); i++) {
            String word = names.get(i) + (i + 1 < names.size() ? "," : "");
            if (column > 2 && column + 1 + word.length() > MOST_COLUMNS) {
                text.append("\n  ");
                column = 2;
            } else if (column > 2) {
                text.append(' ');
                column++;
            }
            text.append(word);
            column += word.length();
        }
        return text.append('\n').toString();
    }

    /** A name of a file, or text of one, without what would move the cursor of a terminal. */
    static String shown(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
