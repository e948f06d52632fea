package dev.sinter.ir;

/** How the text format writes names: plain where that is clear, otherwise in quotation marks. */
final class Names {
    private Names() {}

    /** Whether a character may stand in a plain name. */
    static boolean isPlain(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                || "_./-$".indexOf(c) >= 0;
    }

    static String text(String name) {
        boolean plain = !name.isEmpty() && name.chars().allMatch(c -> isPlain((char) c));
        return plain ? name : quote(name);
    }

    /**
     * Like {@link #text}, but a name that starts with a digit is quoted: numbers name values without a name.
     */
    static String ofParameter(String name) {
        boolean number = !name.isEmpty() && Character.isDigit(name.charAt(0));
        return number ? quote(name) : text(name);
    }

    private static String quote(String name) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                out.append("\\u").append(java.util.HexFormat.of().toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
