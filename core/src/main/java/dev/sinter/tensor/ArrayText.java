package dev.sinter.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** The text of an array as NumPy prints it: aligned columns, lines of 75 characters, long arrays summarised. */
final class ArrayText {
    private static final int THRESHOLD = 1000;
    private static final int EDGE = 3;
    private static final int WIDTH = 75;

    private final NDArray array;
    private final boolean summarised;

    ArrayText(NDArray array) {
        this.array = array;
        this.summarised = array.elementCount() > THRESHOLD;
    }

    @Override
    public String toString() {
        if (array.rank() == 0) {
            return scalar();
        }
        if (array.elementCount() == 0) {
            return "[]";
        }
        List<Long> shown = new ArrayList<>();
        collect(0, 0, shown);
        java.util.Iterator<String> words = words(shown).iterator();
        return block(0, " ", WIDTH, words);
    }

    private String scalar() {
        return array.dtype().isFloat() ? FloatText.of(array.dtype(), array.item()) : integer(0);
    }

    private String integer(long index) {
        long value = array.getLong(index);
        return switch (array.dtype()) {
            case BOOL -> value != 0 ? "True" : "False";
            case UINT64 -> Long.toUnsignedString(value);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32 -> Long.toString(value);
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> throw new CompilerBug(array.dtype() + " is no integer");
        };
    }

    private boolean isCut(int axis) {
        return summarised && array.size(axis) > 2 * EDGE;
    }

    /** The row-major indices of the shown elements, in the order in which they are printed. */
    private void collect(int axis, long at, List<Long> shown) {
        if (axis == array.rank()) {
            shown.add(at);
            return;
        }
        long size = array.size(axis);
        for (long i = 0; i < size; i++) {
            if (isCut(axis) && i == EDGE) {
                i = size - EDGE;
            }
            collect(axis + 1, at * size + i, shown);
        }
    }

    private String block(int axis, String indent, int width, java.util.Iterator<String> words) {
        long size = array.size(axis);
        boolean cut = isCut(axis);
        long parts = cut ? 2 * EDGE : size;
        StringBuilder text = new StringBuilder();
        if (axis == array.rank() - 1) {
            StringBuilder line = new StringBuilder(indent);
            for (long i = 0; i < parts; i++) {
                if (cut && i == EDGE) {
                    line = extend(text, line, "...", indent, width).append(' ');
                }
                line = extend(text, line, words.next(), indent, width);
                if (i < parts - 1) {
                    line.append(' ');
                }
            }
            text.append(line);
        } else {
            String between = "\n".repeat(array.rank() - 1 - axis);
            for (long i = 0; i < parts; i++) {
                if (cut && i == EDGE) {
                    text.append(indent).append("...").append(between);
                }
                text.append(indent).append(block(axis + 1, indent + " ", width - 1, words));
                text.append(i < parts - 1 ? between : "");
            }
        }
        return "[" + text.substring(indent.length()) + "]";
    }

    /** The line with a word, or a new line with it where it would become too long. */
    private static StringBuilder extend(StringBuilder text, StringBuilder line, String word, String indent,
            int width) {
        if (line.length() + word.length() > width - 1 && line.length() > indent.length()) {
            text.append(line.toString().stripTrailing()).append('\n');
            return new StringBuilder(indent).append(word);
        }
        return line.append(word);
    }

    private List<String> words(List<Long> shown) {
        return array.dtype().isFloat() ? floats(shown) : rightAligned(shown.stream().map(this::integer).toList());
    }

    private static List<String> rightAligned(List<String> words) {
        int width = words.stream().mapToInt(String::length).max().orElse(0);
        return words.stream().map(word -> " ".repeat(width - word.length()) + word).toList();
    }

    private BigDecimal digits(long index) {
        return FloatText.shortest(array.dtype(), array.getDouble(index));
    }

    private boolean needsExponents(List<Long> shown) {
        double largest = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (long index : shown) {
            double size = Math.abs(array.getDouble(index));
            if (Double.isFinite(size) && size != 0) {
                largest = Math.max(largest, size);
                smallest = Math.min(smallest, size);
            }
        }
        if (largest == 0) {
            return false;
        }
        double ratio = Rounding.toFloat(array.dtype(), largest / smallest);
        return largest >= 1e8 || smallest < 0.0001 || ratio > 1000;
    }

    private List<String> floats(List<Long> shown) {
        boolean exponents = needsExponents(shown);
        List<String> words = new ArrayList<>();
        int fraction = 0;
        int power = 0;
        for (long index : shown) {
            double value = array.getDouble(index);
            if (!Double.isFinite(value)) {
                words.add(FloatText.of(value));
                continue;
            }
            String word = exponents ? FloatText.scientific(value, digits(index))
                    : FloatText.positional(value, digits(index));
            int end = exponents ? word.indexOf('e') : word.length();
            fraction = Math.max(fraction, end - word.indexOf('.') - 1);
            power = Math.max(power, word.length() - end);
            words.add(word);
        }
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (Double.isFinite(array.getDouble(shown.get(i)))) {
                words.set(i, exponents ? withExponent(array.getDouble(shown.get(i)), word, fraction, power)
                        : word + " ".repeat(fraction - (word.length() - word.indexOf('.') - 1)));
            }
        }
        return rightAligned(words);
    }

    /** More digits of the number, and zeros before the exponent's, so that all words are alike. */
    private static String withExponent(double value, String shortest, int fraction, int power) {
        BigDecimal longer = new BigDecimal(Math.abs(value)).round(new MathContext(fraction + 1,
                RoundingMode.HALF_EVEN));
        boolean isLong = shortest.indexOf('e') - shortest.indexOf('.') - 1 == fraction;
        String word = isLong ? shortest : FloatText.scientific(value, longer);
        int e = word.indexOf('e');
        String mantissa = word.substring(0, e);
        return mantissa + "0".repeat(fraction - (e - word.indexOf('.') - 1)) + word.substring(e, e + 2)
                + "0".repeat(power - (word.length() - e)) + word.substring(e + 2);
    }
}
