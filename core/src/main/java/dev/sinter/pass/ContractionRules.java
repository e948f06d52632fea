package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Contract;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Contractions read and write through index maps, so that rearrangements around them cost nothing. All exact.
 */
final class ContractionRules {
    private static final Pattern X = any("x");
    private static final Pattern Y = any("y");
    private static final Pattern.Node<Transpose> TRANSPOSE = op(Transpose.class, X);
    private static final Pattern.Node<Contract> TRANSPOSED_LEFT = op(Contract.class, TRANSPOSE, Y);
    private static final Pattern.Node<Contract> TRANSPOSED_RIGHT = op(Contract.class, Y, TRANSPOSE);
    private static final Pattern.Node<Contract> CONTRACT = op(Contract.class, X, Y);
    private static final Pattern.Node<Transpose> RESULT = op(Transpose.class, CONTRACT);
    private static final Pattern.Node<Broadcast> REPEATED_X = op(Broadcast.class, X);
    private static final Pattern.Node<Contract> REPEATED_LEFT = op(Contract.class, REPEATED_X, Y);
    private static final Pattern.Node<Contract> REPEATED_RIGHT = op(Contract.class, Y, REPEATED_X);

    private static final Rule.Rewrite READ_LEFT = (m, b) -> b.add(readLeft(m), m.get(X), m.get(Y));
    private static final Rule.Rewrite READ_RIGHT = (m, b) -> b.add(readRight(m), m.get(Y), m.get(X));

    static final List<Rule> ALL = List.of(
            rule("contract(transpose(x), y) -> contract(x, y)").on(TRANSPOSED_LEFT)
                    .when(m -> keepsOrder(m, m.op(TRANSPOSED_LEFT), readLeft(m))).to(READ_LEFT),
            rule("contract(transpose(x), y) -> contract(x, y), summed in another order").on(TRANSPOSED_LEFT)
                    .when(m -> !keepsOrder(m, m.op(TRANSPOSED_LEFT), readLeft(m))).reassociates()
                    .to(READ_LEFT),
            rule("contract(y, transpose(x)) -> contract(y, x)").on(TRANSPOSED_RIGHT)
                    .when(m -> keepsOrder(m, m.op(TRANSPOSED_RIGHT), readRight(m))).to(READ_RIGHT),
            rule("transpose(contract(x, y)) -> contract(x, y), not of windows").on(RESULT)
                    .when(m -> m.isUsedOnce(CONTRACT) && !isOfWindows(m))
                    .to((m, b) -> {
                        Contract op = m.op(CONTRACT);
                        String out = m.op(RESULT).permutation().stream()
                                .map(axis -> op.out().substring(axis, axis + 1))
                                .collect(Collectors.joining());
                        return b.contract(op.lhs(), op.rhs(), out, m.get(X), m.get(Y));
                    }),
            rule("contract(x, y) -> reshape(contract(reshape(x), reshape(y))), axes of size 1").on(CONTRACT)
                    .when(m -> !unitLetters(m).isEmpty()).to(ContractionRules::withoutUnitLetters));

    /** Rules of results that repeat, for when nothing turns their axes any more: a repetition would turn its own. */
    static final List<Rule> REPEATED = List.of(
            rule("contract(broadcast(x), y) -> broadcast(contract(x, y)), repeated in the result")
                    .on(REPEATED_LEFT).when(m -> !repeatedLetters(m).isEmpty()).to(ContractionRules::repeatedLater),
            rule("contract(y, broadcast(x)) -> broadcast(contract(y, x)), repeated in the result")
                    .on(REPEATED_RIGHT).when(m -> !repeatedLetters(m).isEmpty()).to(ContractionRules::repeatedLater));

    private ContractionRules() {}

    /** Whether a product is a convolution, which reads windows where they lie as long as channels stay last. */
    private static boolean isOfWindows(Match m) {
        return m.get(CONTRACT).operands().stream().anyMatch(operand -> operand.op() instanceof Windows);
    }

    private static Contract readLeft(Match m) {
        Contract op = m.op(TRANSPOSED_LEFT);
        return new Contract(untransposed(op.lhs(), m), op.rhs(), op.out());
    }

    private static Contract readRight(Match m) {
        Contract op = m.op(TRANSPOSED_RIGHT);
        return new Contract(op.lhs(), untransposed(op.rhs(), m), op.out());
    }

    /** Whether both sum the same products in the same order, or the order does not matter. */
    private static boolean keepsOrder(Match m, Contract before, Contract after) {
        return before.summed().equals(after.summed()) || m.root().dtype().isInteger();
    }

    /** The letters of the transpose's operand. */
    private static String untransposed(String letters, Match m) {
        List<Integer> permutation = m.op(TRANSPOSE).permutation();
        return IntStream.range(0, letters.length())
                .mapToObj(axis -> letters.substring(permutation.indexOf(axis), permutation.indexOf(axis) + 1))
                .collect(Collectors.joining());
    }

    private static Set<Character> unitLetters(Match m) {
        Set<Character> letters = new HashSet<>();
        Contract op = m.op(CONTRACT);
        IntStream.range(0, op.lhs().length()).filter(axis -> m.shape(X).dim(axis).isConstant(1))
                .forEach(axis -> letters.add(op.lhs().charAt(axis)));
        IntStream.range(0, op.rhs().length()).filter(axis -> m.shape(Y).dim(axis).isConstant(1))
                .forEach(axis -> letters.add(op.rhs().charAt(axis)));
        return letters;
    }

    private static Value withoutUnitLetters(Match m, Builder b) {
        Contract op = m.op(CONTRACT);
        Set<Character> gone = unitLetters(m);
        Value result = b.contract(without(op.lhs(), gone), without(op.rhs(), gone), without(op.out(), gone),
                squeezed(b, m.get(X), op.lhs(), gone), squeezed(b, m.get(Y), op.rhs(), gone));
        return b.reshape(result, m.root().shape());
    }

    private static String without(String letters, Set<Character> gone) {
        return letters.chars().filter(letter -> !gone.contains((char) letter)).mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /** The axes of some letters. */
    private static List<Integer> axes(String letters, Set<Character> some) {
        return IntStream.range(0, letters.length()).filter(axis -> some.contains(letters.charAt(axis))).boxed()
                .toList();
    }

    private static Value squeezed(Builder b, Value value, String letters, Set<Character> gone) {
        return b.reshape(value, UnitAxes.without(value.shape(), axes(letters, gone)));
    }

    /** The letters along which the result repeats: all operands that have one do. */
    private static Set<Character> repeatedLetters(Match m) {
        Contract op = (Contract) m.root().op();
        Set<Character> letters = new HashSet<>();
        for (int axis = 0; axis < op.out().length(); axis++) {
            char letter = op.out().charAt(axis);
            if (repeatsAlong(m.root().operand(0), op.lhs().indexOf(letter))
                    && repeatsAlong(m.root().operand(1), op.rhs().indexOf(letter))) {
                letters.add(letter);
            }
        }
        return letters;
    }

    /** Whether elements are the same along an axis, -1 for none. */
    private static boolean repeatsAlong(Value value, int axis) {
        return axis < 0 || value.op() instanceof Broadcast repeated
                && repeated.repeats(value.operand(0).shape(), axis);
    }

    /** The contraction of what is repeated along other axes alone, repeated along those of the result. */
    private static Value repeatedLater(Match m, Builder b) {
        Contract op = (Contract) m.root().op();
        Set<Character> gone = repeatedLetters(m);
        String out = without(op.out(), gone);
        Value result = b.contract(without(op.lhs(), gone), without(op.rhs(), gone), out,
                once(b, m.root().operand(0), op.lhs(), gone), once(b, m.root().operand(1), op.rhs(), gone));
        return b.broadcast(result, m.root().shape(),
                out.chars().mapToObj(letter -> op.out().indexOf((char) letter)).toList());
    }

    /** An operand at one index of the axes that it is repeated along. */
    private static Value once(Builder b, Value value, String letters, Set<Character> gone) {
        if (letters.chars().noneMatch(letter -> gone.contains((char) letter))) {
            return value;
        }
        Broadcast repeated = (Broadcast) value.op();
        Value x = value.operand(0);
        List<Integer> places = repeated.axes().stream().filter(axis -> !gone.contains(letters.charAt(axis))).toList();
        List<Integer> stretched = IntStream.range(0, x.rank())
                .filter(axis -> !places.contains(repeated.axes().get(axis))).boxed().toList();
        String kept = without(letters, gone);
        return b.broadcast(b.reshape(x, UnitAxes.without(x.shape(), stretched)),
                UnitAxes.without(repeated.shape(), axes(letters, gone)),
                places.stream().map(axis -> kept.indexOf(letters.charAt(axis))).toList());
    }
}
