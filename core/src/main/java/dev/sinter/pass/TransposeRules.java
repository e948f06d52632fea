package dev.sinter.pass;

import static dev.sinter.pass.Pattern.any;
import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Map;
import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Axes change their order after what is computed in any order, so that a net whose layers each turn their input and
 * their output, as convolutions do whose channels come first, turns the axes at its ends alone, and what follows a
 * product has the product's axes and can be computed with it. All exact.
 */
final class TransposeRules {
    private static final Pattern X = any("x");
    private static final Pattern Y = any("y");
    private static final Pattern Z = any("z");
    private static final Pattern VALUE = any("value");
    private static final Pattern.Node<Transpose> TX = op(Transpose.class, X);
    private static final Pattern.Node<Transpose> TY = op(Transpose.class, Y);
    private static final Pattern.Node<Transpose> TZ = op(Transpose.class, Z);
    private static final Pattern.Node<Broadcast> BY = op(Broadcast.class, Y);
    private static final Pattern.Node<Broadcast> BZ = op(Broadcast.class, Z);
    private static final Pattern.Node<Pad> PAD = op(Pad.class, TX, VALUE);
    private static final Pattern.Node<Slice> SLICE = op(Slice.class, TX);
    private static final Pattern.Node<Transpose> OF_PAD = op(Transpose.class, PAD);

    static final List<Rule> ALL = List.of(
            mapped("f(transpose(x)) -> transpose(f(x))", TX),
            mapped("f(transpose(x), transpose(y)) -> transpose(f(x, y))", TX, TY),
            mapped("f(transpose(x), broadcast(y)) -> transpose(f(x, broadcast(y)))", TX, BY),
            mapped("f(broadcast(y), transpose(x)) -> transpose(f(broadcast(y), x))", BY, TX),
            mapped("f(transpose(x), transpose(y), transpose(z)) -> transpose(f(x, y, z))", TX, TY, TZ),
            mapped("f(transpose(x), transpose(y), broadcast(z)) -> transpose(f(x, y, broadcast(z)))", TX, TY, BZ),
            mapped("f(transpose(x), broadcast(z), transpose(y)) -> transpose(f(x, broadcast(z), y))", TX, BZ, TY),
            mapped("f(broadcast(z), transpose(x), transpose(y)) -> transpose(f(broadcast(z), x, y))", BZ, TX, TY),
            mapped("f(transpose(x), broadcast(y), broadcast(z)) -> transpose(f(x, broadcasts))", TX, BY, BZ),
            mapped("f(broadcast(y), transpose(x), broadcast(z)) -> transpose(f(x, broadcasts))", BY, TX, BZ),
            mapped("f(broadcast(y), broadcast(z), transpose(x)) -> transpose(f(x, broadcasts))", BY, BZ, TX),
            rule("transpose(pad(transpose(x))) -> pad(transpose(x))").on(OF_PAD).to(TransposeRules::padded),
            rule("slice(transpose(x)) -> transpose(slice(x))").on(SLICE).to(TransposeRules::sliced),
            joined("concat(transpose(x), transpose(y)) -> transpose(concat(x, y))", TX, TY),
            joined("concat(transpose(x), transpose(y), transpose(z)) -> transpose(concat(x, y, z))", TX, TY, TZ));

    private TransposeRules() {}

    private static List<Integer> permutation(Match m) {
        return m.op(TX).permutation();
    }

    /** What belongs to each axis of a transpose's operand. */
    private static <T> List<T> before(List<Integer> permutation, List<T> each) {
        return IntStream.range(0, permutation.size()).mapToObj(axis -> each.get(permutation.indexOf(axis))).toList();
    }

    /** What belongs to each axis of a transpose. */
    private static <T> List<T> after(List<Integer> permutation, List<T> each) {
        return permutation.stream().map(each::get).toList();
    }

    private static List<Integer> inverse(List<Integer> permutation) {
        return before(permutation, IntStream.range(0, permutation.size()).boxed().toList());
    }

    /** A scalar function before the axes change their order. */
    private static Rule mapped(String name, Pattern... operands) {
        return rule(name).on(op(Map.class, operands)).toMaybe((m, b) -> {
            List<Integer> permutation = permutation(m);
            return isSame(m.root(), permutation) ? Optional.of(b.transpose(b.add(m.root().op(), m.root().operands()
                    .stream().map(operand -> turned(b, operand, permutation)).toList()), permutation))
                    : Optional.empty();
        });
    }

    /** Whether all operands that are transposes have one permutation. */
    private static boolean isSame(Value value, List<Integer> permutation) {
        return value.operands().stream().allMatch(operand -> !(operand.op() instanceof Transpose(var other))
                || other.equals(permutation));
    }

    private static Value turned(Builder b, Value operand, List<Integer> permutation) {
        return operand.op() instanceof Transpose ? operand.operand(0) : b.transpose(operand, inverse(permutation));
    }

    private static Value padded(Match m, Builder b) {
        Pad pad = m.op(PAD);
        List<Integer> outer = m.op(OF_PAD).permutation();
        return b.add(new Pad(after(outer, pad.low()), after(outer, pad.high()), after(outer, pad.interior())),
                b.transpose(m.get(TX), outer), m.get(VALUE));
    }

    private static Value sliced(Match m, Builder b) {
        Slice slice = m.op(SLICE);
        List<Integer> permutation = permutation(m);
        return b.transpose(b.add(new Slice(before(permutation, slice.starts()), before(permutation, slice.limits()),
                before(permutation, slice.strides())), m.get(X)), permutation);
    }

    private static Rule joined(String name, Pattern... operands) {
        return rule(name).on(op(Concat.class, operands)).toMaybe((m, b) -> {
            List<Integer> permutation = permutation(m);
            int axis = ((Concat) m.root().op()).axis();
            return isSame(m.root(), permutation) ? Optional.of(b.transpose(b.add(new Concat(permutation.get(axis)),
                    m.root().operands().stream().map(operand -> operand.operand(0)).toList()), permutation))
                    : Optional.empty();
        });
    }
}
