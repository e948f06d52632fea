package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * The sum of products of two operands whose axes are named by letters, in Einstein's notation: matmul is
 * {@code mk,kn->mn}. A letter of both operands and the result is a batch axis, of both operands alone is
 * summed; every other letter stands in one operand and in the result.
 *
 * @param lhs the letters of the first operand's axes, each once
 * @param rhs the letters of the second operand's axes, each once
 * @param out the letters of the result's axes, each once
 */
public record Contract(String lhs, String rhs, String out) implements Op {
    @Override
    public String mnemonic() {
        return "contract";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 2);
        TensorType x = Inference.tensor(this, operands, 0);
        TensorType y = Inference.tensor(this, operands, 1);
        Inference.rank(this, lhs, lhs.length(), x.rank());
        Inference.rank(this, rhs, rhs.length(), y.rank());
        if (x.dtype() != y.dtype() || x.dtype() == DType.BOOL) {
            throw new GraphException("contract: operands of one numeric dtype are needed, not " + x + " and " + y);
        }
        java.util.Map<Character, Dim> sizes = new HashMap<>();
        for (int axis = 0; axis < lhs.length(); axis++) {
            if (sizes.put(lhs.charAt(axis), x.shape().dim(axis)) != null) {
                throw wrong("a letter stands twice in the first operand");
            }
        }
        for (int axis = 0; axis < rhs.length(); axis++) {
            char letter = rhs.charAt(axis);
            if (rhs.indexOf(letter) != axis) {
                throw wrong("a letter stands twice in the second operand");
            }
            Dim before = sizes.put(letter, y.shape().dim(axis));
            if (before != null && !before.equals(y.shape().dim(axis))) {
                throw new GraphException("contract: sizes differ: " + x + " axis " + lhs.indexOf(letter) + " is "
                        + before + ", " + y + " axis " + axis + " is " + y.shape().dim(axis));
            }
        }
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < out.length(); axis++) {
            char letter = out.charAt(axis);
            if (!sizes.containsKey(letter) || out.indexOf(letter) != axis) {
                throw wrong("the result's letters must be different ones of the operands");
            }
            dims.add(sizes.get(letter));
        }
        for (char letter : sizes.keySet()) {
            if (out.indexOf(letter) < 0 && (lhs.indexOf(letter) < 0 || rhs.indexOf(letter) < 0)) {
                throw wrong("the letter " + letter + " stands in one operand alone; reduce it first");
            }
        }
        return x.withShape(new Shape(dims));
    }

    private GraphException wrong(String why) {
        return new GraphException("contract: " + equation() + ": " + why);
    }

    /** The notation as one text: {@code mk,kn->mn}. */
    public String equation() {
        return lhs + "," + rhs + "->" + out;
    }

    /** The letters that are summed, in the first operand's order. */
    public String summed() {
        StringBuilder letters = new StringBuilder();
        lhs.chars().filter(letter -> out.indexOf(letter) < 0).forEach(letter -> letters.append((char) letter));
        return letters.toString();
    }

    /** The letters of both operands and the result, in the result's order. */
    public String batch() {
        StringBuilder letters = new StringBuilder();
        out.chars().filter(letter -> lhs.indexOf(letter) >= 0 && rhs.indexOf(letter) >= 0)
                .forEach(letter -> letters.append((char) letter));
        return letters.toString();
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule((b, self, gradient) -> List.of(
                Optional.of(b.contract(out, rhs, lhs, gradient, self.operand(1))),
                Optional.of(b.contract(lhs, out, rhs, self.operand(0), gradient))));
    }
}
