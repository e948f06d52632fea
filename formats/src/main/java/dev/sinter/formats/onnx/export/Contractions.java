package dev.sinter.formats.onnx.export;

import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.stream.Collectors;

/** Sums of products. */
final class Contractions {
    private Contractions() {}

    static Term contract(Emitter e, Contract op, Value value) {
        return Convolutions.of(e, op, value).orElseGet(() -> product(e, op, value));
    }

    private static Term product(Emitter e, Contract op, Value value) {
        Block b = e.block();
        DType dtype = value.dtype();
        String x = e.whole(value.operand(0));
        String y = e.whole(value.operand(1));
        String batch = op.batch();
        String summed = op.summed();
        String left = alone(op, op.lhs(), batch + summed);
        String right = alone(op, op.rhs(), batch + summed);
        DType computed = Reductions.narrow(dtype);
        if (summed.length() == 1 && left.length() == 1 && right.length() == 1) {
            // The operand whose axis comes first in the result stands at the left.
            boolean swapped = op.out().indexOf(left) > op.out().indexOf(right) && op.out().endsWith(right + left);
            String rows = swapped ? right : left;
            String columns = swapped ? left : right;
            String first = laid(e, swapped ? y : x, swapped ? op.rhs() : op.lhs(), batch + rows + summed);
            String second = laid(e, swapped ? x : y, swapped ? op.lhs() : op.rhs(), batch + summed + columns);
            String product = b.add("MatMul", cast(b, first, dtype, computed), cast(b, second, dtype, computed));
            return Term.of(laid(e, cast(b, product, computed, dtype), batch + rows + columns, op.out()),
                    value.tensorType());
        }
        DType general = computed == DType.BFLOAT16 ? DType.FLOAT32 : computed;
        String product = b.add("Einsum", cast(b, x, dtype, general), cast(b, y, dtype, general),
                Attributes.text("equation", op.equation()));
        return Term.of(cast(b, product, general, dtype), value.tensorType());
    }

    private static String cast(Block b, String x, DType from, DType to) {
        return from == to ? x : b.cast(x, to);
    }

    private static String alone(Contract op, String letters, String others) {
        return letters.chars().filter(letter -> others.indexOf(letter) < 0).mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /** A value whose axes have letters with its axes in another order. */
    static String laid(Emitter e, String x, String from, String to) {
        List<Integer> order = to.chars().mapToObj(letter -> from.indexOf(letter)).toList();
        return e.block().transpose(x, order);
    }
}
