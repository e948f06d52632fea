package dev.sinter.formats.file;

import java.util.Collection;
import java.util.stream.Collectors;

/** Words of files, such as messages show them: of any length there, short here. */
public final class Quoted {
    private static final int LONGEST = 100;
    private static final int MOST = 10;

    private Quoted() {}

    /** A word in quotes: the end of a long one is left out, letters that cannot be seen are shown as their numbers. */
    public static String word(String word) {
        StringBuilder shown = new StringBuilder("\"");
        word.codePoints().limit(LONGEST).forEach(letter -> {
            if (isSeen(letter)) {
                shown.appendCodePoint(letter);
            } else {
                shown.append(String.format("\\u%04x", letter));
            }
        });
        return shown.append(word.codePointCount(0, word.length()) > LONGEST ? "...\"" : "\"").toString();
    }

    private static boolean isSeen(int letter) {
        return switch (Character.getType(letter)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** Words in quotes, the first ones of many. */
    public static String words(Collection<String> words) {
        return words.isEmpty() ? "none" : words.stream().limit(MOST).map(Quoted::word)
                .collect(Collectors.joining(", ")) + (words.size() > MOST ? " and " + (words.size() - MOST) + " more"
                : "");
    }
}
