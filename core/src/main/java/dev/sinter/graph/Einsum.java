package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Iota;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One sum of products. Axes under an ellipsis get letters of their own, which no user can write, counted from the last
 * one. Operands are contracted pair by pair: the pair that makes the smallest result first, an unknown size counting as
 * a large one.
 */
record Einsum(Composer c, String equation) {
    private static final char ELLIPSIS = '\u2800';
    private static final double UNKNOWN_SIZE = 1024;

    /** A tensor whose axes have letters, each once. */
    private record Named(Node node, String letters) {}

    Node compose(List<Node> given) {
        String text = equation.replace(" ", "");
        int arrow = text.indexOf("->");
        String[] inputs = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
        if (inputs.length != given.size()) {
            throw wrong("it has " + inputs.length + " operands, " + given.size() + " are given");
        }
        c.sameDtype(given);
        if (Composer.dtype(given.getFirst()) == DType.BOOL) {
            throw wrong("numbers are needed, not " + c.describe(given.getFirst()) + "; cast(...) it");
        }
        int under = 0;
        for (int i = 0; i < inputs.length; i++) {
            int rank = Composer.rank(given.get(i));
            int named = inputs[i].replace("...", "").length();
            under = Math.max(under, inputs[i].contains("...") ? rank - named : 0);
        }
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = lettered(inputs[i], Composer.rank(given.get(i)), c.describe(given.get(i)));
        }
        String out = arrow < 0 ? ellipsis(under) + implied(String.join("", inputs))
                : text.substring(arrow + 2).replace("...", ellipsis(under));
        return spread(contracted(checked(inputs, out, given), distinct(out)), out);
    }

    private GraphException wrong(String why) {
        return new GraphException("\"" + equation + "\": " + why);
    }

    private static String ellipsis(int count) {
        return IntStream.range(0, count).mapToObj(i -> String.valueOf((char) (ELLIPSIS + count - 1 - i)))
                .collect(Collectors.joining());
    }

    /** The letters of an operand's axes, those under an ellipsis too. */
    private String lettered(String input, int rank, String description) {
        int at = input.indexOf("...");
        String named = input.replace("...", "");
        boolean fits = at < 0 ? named.length() == rank
                : named.length() <= rank && input.lastIndexOf("...") == at;
        if (!fits || !named.chars().allMatch(Einsum::isLetter)) {
            throw wrong("\"" + input + "\" does not name the axes of " + description);
        }
        return at < 0 ? named : named.substring(0, at) + ellipsis(rank - named.length()) + named.substring(at);
    }

    private static boolean isLetter(int character) {
        return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z';
    }

    private static String implied(String letters) {
        StringBuilder once = new StringBuilder();
        letters.chars().filter(Einsum::isLetter).sorted()
                .filter(letter -> letters.indexOf(letter) == letters.lastIndexOf(letter))
                .forEach(letter -> once.append((char) letter));
        return once.toString();
    }

    private static String distinct(String letters) {
        StringBuilder once = new StringBuilder();
        letters.chars().distinct().forEach(letter -> once.append((char) letter));
        return once.toString();
    }

    /** The operands, with one size for each letter and each letter once. */
    private List<Named> checked(String[] inputs, String out, List<Node> given) {
        List<Node> operands = new ArrayList<>(given);
        Map<Character, Node> first = new HashMap<>();
        Map<Character, Integer> firstAxis = new HashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            for (int axis = 0; axis < inputs[i].length(); axis++) {
                char letter = inputs[i].charAt(axis);
                Node operand = operands.get(i);
                if (!isLetter(letter) && Composer.shape(operand).dim(axis).isConstant(1)) {
                    continue;
                }
                if (first.putIfAbsent(letter, operand) == null) {
                    firstAxis.put(letter, axis);
                } else {
                    operands.set(i, c.same("sizes of " + (isLetter(letter) ? letter : "...") + " differ",
                            first.get(letter), firstAxis.get(letter), operand, axis));
                }
            }
        }
        String all = String.join("", inputs);
        for (char letter : out.toCharArray()) {
            if (all.indexOf(letter) < 0) {
                throw wrong("the result has the letter " + letter + ", which no operand has");
            }
        }
        List<Named> named = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            named.add(diagonal(stretched(operands.get(i), inputs[i], first, firstAxis), inputs[i]));
        }
        return named;
    }

    /** An operand whose axes of size 1 under an ellipsis are as long as the others'. */
    private Node stretched(Node operand, String letters, Map<Character, Node> first,
            Map<Character, Integer> firstAxis) {
        List<Dim> dims = new ArrayList<>(Composer.shape(operand).dims());
        for (int axis = 0; axis < letters.length(); axis++) {
            char letter = letters.charAt(axis);
            if (!isLetter(letter) && dims.get(axis).isConstant(1) && first.containsKey(letter)) {
                dims.set(axis, Composer.shape(first.get(letter)).dim(firstAxis.get(letter)));
            }
        }
        return c.broadcastTo(operand, c.graph().sizes().canonical(new Shape(dims)));
    }

    /** An operand with one axis a letter: where letters are equal, the diagonal. */
    private Named diagonal(Node operand, String letters) {
        Node x = operand;
        String left = letters;
        for (int axis = left.length() - 1; axis > 0; axis--) {
            int before = left.indexOf(left.charAt(axis));
            if (before < axis) {
                x = c.reduce(ReduceFn.SUM, onDiagonal(x, before, axis), List.of(axis));
                left = left.substring(0, axis) + left.substring(axis + 1);
            }
        }
        return new Named(x, left);
    }

    /** The elements whose positions along two axes are equal; 0 elsewhere. */
    private Node onDiagonal(Node x, int axis, int other) {
        TensorType square = new TensorType(DType.INT64,
                Shape.of(Composer.shape(x).dim(axis), Composer.shape(x).dim(other)));
        Node mask = c.map(ScalarFn.EQ, c.add(new Iota(square, 0)), c.add(new Iota(square, 1)));
        return c.map(ScalarFn.SELECT, c.stretch(mask, Composer.shape(x), List.of(axis, other)), x, c.fullLike(x, 0));
    }

    private Named contracted(List<Named> operands, String out) {
        List<Named> left = new ArrayList<>(operands);
        while (left.size() > 1) {
            int bestFirst = 0;
            int bestSecond = 1;
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < left.size(); i++) {
                for (int j = i + 1; j < left.size(); j++) {
                    double cost = cost(left, i, j, out);
                    if (cost < best) {
                        best = cost;
                        bestFirst = i;
                        bestSecond = j;
                    }
                }
            }
            Named y = left.remove(bestSecond);
            Named x = left.remove(bestFirst);
            String later = later(left, out);
            left.add(bestFirst, contract(summed(x, y.letters() + later), summed(y, x.letters() + later), later));
        }
        return summed(left.getFirst(), out);
    }

    /** How much larger the product of two operands is than both together. */
    private double cost(List<Named> operands, int i, int j, String out) {
        List<Named> others = new ArrayList<>(operands);
        Named y = others.remove(j);
        Named x = others.remove(i);
        String later = later(others, out);
        double size = 1;
        for (char letter : distinct(x.letters() + y.letters()).toCharArray()) {
            size *= later.indexOf(letter) < 0 ? 1 : size(x, y, letter);
        }
        return size - size(x) - size(y);
    }

    private static double size(Named x, Named y, char letter) {
        Named holder = x.letters().indexOf(letter) >= 0 ? x : y;
        return size(Composer.shape(holder.node()).dim(holder.letters().indexOf(letter)));
    }

    private static double size(Named x) {
        return Composer.shape(x.node()).dims().stream().mapToDouble(Einsum::size).reduce(1, (a, b) -> a * b);
    }

    private static double size(Dim dim) {
        return dim.isConstant() ? dim.constant() : UNKNOWN_SIZE;
    }

    private static String later(List<Named> operands, String out) {
        return operands.stream().map(Named::letters).collect(Collectors.joining()) + out;
    }

    /** Sums over the letters that nothing else needs. */
    private Named summed(Named x, String needed) {
        List<Integer> axes = IntStream.range(0, x.letters().length())
                .filter(axis -> needed.indexOf(x.letters().charAt(axis)) < 0).boxed().toList();
        StringBuilder left = new StringBuilder();
        x.letters().chars().filter(letter -> needed.indexOf(letter) >= 0)
                .forEach(letter -> left.append((char) letter));
        return new Named(c.reduce(ReduceFn.SUM, x.node(), axes), left.toString());
    }

    private Named contract(Named x, Named y, String needed) {
        StringBuilder out = new StringBuilder();
        for (char letter : distinct(x.letters() + y.letters()).toCharArray()) {
            boolean shared = x.letters().indexOf(letter) >= 0 && y.letters().indexOf(letter) >= 0;
            if (!shared || needed.indexOf(letter) >= 0) {
                out.append(letter);
            }
        }
        Map<Character, Character> plain = new HashMap<>();
        String equation = plain(x.letters(), plain) + "," + plain(y.letters(), plain) + "->"
                + plain(out.toString(), plain);
        return new Named(c.contract(equation, x.node(), y.node()), out.toString());
    }

    /** Letters in place of those of an ellipsis too. */
    private static String plain(String letters, Map<Character, Character> names) {
        StringBuilder text = new StringBuilder();
        for (char letter : letters.toCharArray()) {
            int next = names.size();
            char name = (char) (next < 26 ? 'a' + next : 'A' + next - 26);
            text.append(names.computeIfAbsent(letter, _ -> name).charValue());
        }
        return text.toString();
    }

    /** The axes in the order of the result, a letter that stands twice in it on a diagonal. */
    private Node spread(Named x, String out) {
        String once = distinct(out);
        Node ordered = c.transpose(x.node(), once.chars().map(x.letters()::indexOf).boxed().toList());
        if (once.length() == out.length()) {
            return ordered;
        }
        List<Dim> dims = new ArrayList<>();
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < out.length(); axis++) {
            dims.add(Composer.shape(ordered).dim(once.indexOf(out.charAt(axis))));
            if (out.indexOf(out.charAt(axis)) == axis) {
                axes.add(axis);
            }
        }
        Node result = c.stretch(ordered, new Shape(dims), axes);
        for (int axis = 0; axis < out.length(); axis++) {
            int first = out.indexOf(out.charAt(axis));
            if (first < axis) {
                result = onDiagonal(result, first, axis);
            }
        }
        return result;
    }
}
