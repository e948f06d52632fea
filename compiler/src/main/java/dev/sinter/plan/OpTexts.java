package dev.sinter.plan;

import dev.sinter.ir.Locations;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Iota;
import dev.sinter.op.Reduce;
import dev.sinter.op.Transpose;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How a plan names tensor ops. */
final class OpTexts {
    private OpTexts() {}

    static Plan.OpNote note(Value value, Dataflow flow, Locations locations) {
        String operands = flow.operands(value).stream().map(operand -> "%" + operand.id())
                .collect(Collectors.joining(", "));
        String text = "%" + value.id() + ": " + value.type() + " = " + value.op().mnemonic() + attributes(value)
                + "(" + operands + ")";
        return new Plan.OpNote(text, new ArrayList<>(locations.of(value)));
    }

    private static String attributes(Value value) {
        return switch (value.op()) {
            case Contract contract -> "{" + contract.equation() + "}";
            case Reduce reduce -> "{" + reduce.fn().text() + ", " + reduce.axes() + "}";
            case Broadcast broadcast -> "{" + broadcast.axes() + "}";
            case Transpose transpose -> "{" + transpose.permutation() + "}";
            case Concat concat -> "{" + concat.axis() + "}";
            case Iota iota -> "{" + iota.axis() + "}";
            case Constant constant when constant.array().elementCount() == 1 -> "{" + (constant.array().dtype().isFloat()
                    ? String.valueOf(constant.array().getDouble(0)) : String.valueOf(constant.array().getLong(0))) + "}";
            default -> "";
        };
    }

    /** A short name for a region: the mnemonics of its most telling ops. */
    static String name(Region region) {
        List<String> words = new ArrayList<>();
        for (Value root : region.roots()) {
            String word = root.op().mnemonic();
            if (words.size() < 3 && !words.contains(word)) {
                words.add(word);
            }
        }
        return words.isEmpty() ? "fill" : String.join("_", words);
    }
}
