package dev.sinter.graph;

import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Linear algebra. */
public final class Linalg {
    private Linalg() {}

    /**
     * The matrix product {@code [..., m, k] x [..., k, n] -> [..., m, n]}; leading axes broadcast.
     *
     * @param transposeX whether x is {@code [..., k, m]}
     * @param transposeW whether w is {@code [..., n, k]}
     */
    public static Tensor matmul(Operand x, Operand w, boolean transposeX, boolean transposeW) {
        return Composer.tensor("matmul", c -> {
            c.label("x", "w");
            return matmul(c, c.in(0), c.in(1), transposeX, transposeW);
        }, x, w);
    }

    private static Node matmul(Composer c, Node x, Node given, boolean transposeX, boolean transposeW) {
        c.sameDtype(List.of(x, given));
        int xRank = Composer.rank(x);
        int wRank = Composer.rank(given);
        if (xRank < 2 || wRank < 2) {
            throw new GraphException("matrices are needed: " + c.describe(x) + ", "
                    + c.describe(given) + "; expandDims(...) adds an axis");
        }
        Node w = c.same("contracted sizes differ", x, transposeX ? xRank - 2 : xRank - 1, given,
                transposeW ? wRank - 1 : wRank - 2);
        String xMatrix = transposeX ? "km" : "mk";
        String wMatrix = transposeW ? "nk" : "kn";
        if (xRank == 2 && wRank == 2) {
            return c.contract(xMatrix + "," + wMatrix + "->mn", x, w);
        }
        Shape batch = batchShape(c, x, w);
        String letters = "abcdefgh".substring(0, batch.rank());
        Node left = withBatch(c, x, batch);
        Node right = withBatch(c, w, batch);
        return c.contract(letters + xMatrix + "," + letters + wMatrix + "->" + letters + "mn", left, right);
    }

    private static Shape batchShape(Composer c, Node x, Node w) {
        int rank = Math.max(Composer.rank(x), Composer.rank(w)) - 2;
        if (rank > 8) {
            throw new GraphException("at most 8 leading axes are possible: " + c.describe(x) + ", " + c.describe(w));
        }
        return c.commonShape("leading axes do not broadcast", List.of(x, w), rank, 2);
    }

    private static Node withBatch(Composer c, Node x, Shape batch) {
        List<Dim> dims = new ArrayList<>(batch.dims());
        dims.addAll(Composer.shape(x).dims().subList(Composer.rank(x) - 2, Composer.rank(x)));
        return c.broadcastTo(x, new Shape(dims));
    }

    /**
     * The sum of products in Einstein's notation, {@code einsum("bij,bjk->bik", x, y)}: an axis is named by a
     * letter, and letters that are not in the result are summed. Without an arrow the result has the letters
     * that stand once, in alphabetical order.
     */
    public static Tensor einsum(String equation, Operand... operands) {
        return Composer.tensor("einsum", c -> new Einsum(c, equation).compose(c.ins()), operands);
    }

    /** The sum of products along axes of the first and of the second operand, which are dropped. */
    public static Tensor tensordot(Operand x, Operand y, int[] xAxes, int[] yAxes) {
        return Composer.tensor("tensordot", c -> {
            if (xAxes.length != yAxes.length) {
                throw new GraphException("as many axes of x as of y are needed");
            }
            StringBuilder left = new StringBuilder();
            StringBuilder right = new StringBuilder();
            IntStream.range(0, Composer.rank(c.in(0))).forEach(axis -> left.append((char) ('a' + axis)));
            IntStream.range(0, Composer.rank(c.in(1))).forEach(axis -> right.append((char) ('A' + axis)));
            StringBuilder out = new StringBuilder().append(left).append(right);
            for (int i = 0; i < xAxes.length; i++) {
                char letter = (char) ('a' + c.axis(xAxes[i], Composer.rank(c.in(0)), c.in(0)));
                int at = c.axis(yAxes[i], Composer.rank(c.in(1)), c.in(1));
                out.deleteCharAt(out.indexOf(String.valueOf(letter)));
                out.deleteCharAt(out.indexOf(String.valueOf(right.charAt(at))));
                right.setCharAt(at, letter);
            }
            return new Einsum(c, left + "," + right + "->" + out).compose(c.ins());
        }, x, y);
    }

    /** The matrix or the batch of matrices with its last two axes exchanged. */
    public static Tensor matrixTranspose(Operand x) {
        return Composer.tensor("matrix_transpose", c -> {
            int rank = Composer.rank(c.in(0));
            if (rank < 2) {
                throw new GraphException("a matrix is needed: " + c.describe(c.in(0)));
            }
            List<Integer> permutation = new ArrayList<>(Composer.axes(c.in(0)));
            permutation.set(rank - 2, rank - 1);
            permutation.set(rank - 1, rank - 2);
            return c.transpose(c.in(0), permutation);
        }, x);
    }

    /** The square root of the sum of the squares along axes, which are dropped; of everything where none is given. */
    public static Tensor norm(Operand x, int... axes) {
        return Composer.tensor("norm", c -> c.map(ScalarFn.SQRT, c.reduce(ReduceFn.SUM,
                c.map(ScalarFn.MUL, c.in(0), c.in(0)), c.axes(c.in(0), axes))), x);
    }

    /** One sum of products, contracted from left to right. */
    private record Einsum(Composer c, String equation) {
        /** A tensor whose axes have letters. */
        private record Named(Node node, String letters) {}

        Node compose(List<Node> given) {
            String text = equation.replace(" ", "");
            int arrow = text.indexOf("->");
            String[] inputs = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
            String out = arrow < 0 ? implied(String.join("", inputs)) : text.substring(arrow + 2);
            List<Node> operands = checked(inputs, out, given);
            Named result = diagonalFree(operands.getFirst(), inputs[0], rest(inputs, 1, out));
            for (int i = 1; i < inputs.length; i++) {
                String later = rest(inputs, i + 1, out);
                Named next = diagonalFree(operands.get(i), inputs[i], result.letters() + later);
                result = contract(summed(result, next.letters() + later), next, later);
            }
            result = summed(result, out);
            String letters = result.letters();
            return c.transpose(result.node(), out.chars().map(letters::indexOf).boxed().toList());
        }

        /** The operands, with one size for each letter. */
        private List<Node> checked(String[] inputs, String out, List<Node> given) {
            List<Node> operands = new ArrayList<>(given);
            if (inputs.length != operands.size()) {
                throw wrong("it has " + inputs.length + " operands, " + operands.size() + " are given");
            }
            c.sameDtype(operands);
            Map<Character, Node> first = new HashMap<>();
            Map<Character, Integer> firstAxis = new HashMap<>();
            for (int i = 0; i < inputs.length; i++) {
                if (inputs[i].length() != Composer.rank(operands.get(i))
                        || !inputs[i].chars().allMatch(Character::isLetter)) {
                    throw wrong("\"" + inputs[i] + "\" does not name the axes of " + c.describe(operands.get(i)));
                }
                for (int axis = 0; axis < inputs[i].length(); axis++) {
                    char letter = inputs[i].charAt(axis);
                    if (inputs[i].indexOf(letter) != axis) {
                        throw wrong("the letter " + letter + " stands twice in \"" + inputs[i] + "\"");
                    }
                    if (first.putIfAbsent(letter, operands.get(i)) == null) {
                        firstAxis.put(letter, axis);
                    } else {
                        operands.set(i, c.same("sizes of " + letter + " differ", first.get(letter),
                                firstAxis.get(letter), operands.get(i), axis));
                    }
                }
            }
            for (int i = 0; i < out.length(); i++) {
                if (!first.containsKey(out.charAt(i)) || out.indexOf(out.charAt(i)) != i) {
                    throw wrong("the result \"" + out + "\" must have different letters of the operands");
                }
            }
            return operands;
        }

        private GraphException wrong(String why) {
            return new GraphException("\"" + equation + "\": " + why);
        }

        private static String implied(String letters) {
            StringBuilder once = new StringBuilder();
            letters.chars().sorted().filter(letter -> letters.indexOf(letter) == letters.lastIndexOf(letter))
                    .forEach(letter -> once.append((char) letter));
            return once.toString();
        }

        private static String rest(String[] inputs, int from, String out) {
            StringBuilder letters = new StringBuilder(out);
            for (int i = from; i < inputs.length; i++) {
                letters.append(inputs[i]);
            }
            return letters.toString();
        }

        private Named diagonalFree(Node node, String letters, String needed) {
            return summed(new Named(node, letters), needed);
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
            for (int letter : (x.letters() + y.letters()).chars().distinct().toArray()) {
                boolean shared = x.letters().indexOf(letter) >= 0 && y.letters().indexOf(letter) >= 0;
                if (!shared || needed.indexOf(letter) >= 0) {
                    out.append((char) letter);
                }
            }
            return new Named(c.contract(x.letters() + "," + y.letters() + "->" + out, x.node(), y.node()),
                    out.toString());
        }
    }
}
