package dev.sinter.tensor;

/** Reads the text of a {@link Dim}: sums of products of integers, symbols and calls. */
final class DimParser {
    private final String text;
    private int at;

    DimParser(String text) {
        this.text = text.replace(" ", "");
    }

    Dim parse() {
        Dim dim = sum();
        if (at != text.length()) {
            throw wrong();
        }
        return dim;
    }

    private Dim sum() {
        Dim sum = accept('-') ? product().times(-1) : product();
        while (true) {
            if (accept('+')) {
                sum = sum.plus(product());
            } else if (accept('-')) {
                sum = sum.minus(product());
            } else {
                return sum;
            }
        }
    }

    private Dim product() {
        Dim product = atom();
        while (accept('*')) {
            product = product.times(atom());
        }
        return product;
    }

    private Dim atom() {
        int start = at;
        while (at < text.length() && isNamePart(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at);
        if (word.isEmpty()) {
            throw wrong();
        }
        if (Character.isDigit(word.charAt(0))) {
            try {
                return Dim.of(Long.parseLong(word));
            } catch (NumberFormatException tooLarge) {
                throw new GraphException("the size " + word + " does not fit into 64 bits", tooLarge);
            }
        }
        if (!accept('(')) {
            return Dim.symbol(word);
        }
        Dim left = sum();
        expect(',');
        Dim right = sum();
        expect(')');
        return Dim.call(word, left, right);
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '/' || c == '?' || c == ':';
    }

    private boolean accept(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw wrong();
        }
    }

    private GraphException wrong() {
        return new GraphException("\"" + text + "\" is not a size: unexpected input at position " + at);
    }
}
