package dev.sinter.plan;

import dev.sinter.ir.Locations;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Value;
import dev.sinter.op.Constant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How a plan names tensor ops. */
final class OpTexts {
    /** Larger constants are not written out. */
    private static final long MOST_ELEMENTS = 8;

    private OpTexts() {}

    static Plan.OpNote note(Value value, Dataflow flow, Locations locations) {
        String operands = flow.operands(value).stream().map(operand -> "%" + operand.id())
                .collect(Collectors.joining(", "));
        String text = "%" + value.id() + ": " + value.type() + " = " + op(value) + "(" + operands + ")";
        return new Plan.OpNote(text, new ArrayList<>(locations.of(value)));
    }

    private static String op(Value value) {
        boolean large = value.op() instanceof Constant constant && constant.array().elementCount() > MOST_ELEMENTS;
        return large ? value.op().mnemonic() + "{...}" : Printer.print(value.op());
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
