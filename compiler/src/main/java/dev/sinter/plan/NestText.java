package dev.sinter.plan;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes nests as text. Axes are {@code a0, a1, ...}, those of the domain first. */
final class NestText {
    private NestText() {}

    static void print(StringBuilder out, Nest nest, String indent) {
        out.append(indent).append("domain ").append(dims(nest.domain()));
        if (!nest.reduced().isEmpty() || !nest.reductions().isEmpty()) {
            out.append(" over ").append(dims(nest.reduced()));
        }
        out.append('\n');
        for (int i = 0; i < nest.inputs().size(); i++) {
            Nest.Input input = nest.inputs().get(i);
            out.append(indent).append("in").append(i).append(" = ").append(place(input.buffer(), input.map()))
                    .append('\n');
        }
        int folds = 0;
        for (int i = 0; i < nest.terms().size(); i++) {
            Term term = nest.terms().get(i);
            while (term instanceof Term.Reduced reduced && folds <= reduced.reduction()) {
                fold(out, nest, folds++, indent);
            }
            out.append(indent).append('t').append(i).append(": ").append(term.dtype().mnemonic()).append(" = ")
                    .append(text(term)).append('\n');
        }
        while (folds < nest.reductions().size()) {
            fold(out, nest, folds++, indent);
        }
        for (Nest.Output output : nest.outputs()) {
            out.append(indent).append("out ").append(place(output.buffer(), output.map())).append(" = t")
                    .append(output.term()).append('\n');
        }
    }

    private static void fold(StringBuilder out, Nest nest, int number, String indent) {
        Nest.Reduction reduction = nest.reductions().get(number);
        out.append(indent).append('r').append(number).append(" = ").append(reduction.fn().text()).append(" t")
                .append(reduction.term()).append('\n');
    }

    private static String dims(List<Dim> dims) {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String place(int buffer, IndexMap map) {
        return "#" + buffer + map.coordinates().stream().map(NestText::coordinate)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String coordinate(Coordinate coordinate) {
        List<String> parts = new ArrayList<>();
        coordinate.indirect().ifPresent(indirect ->
                parts.add("start(in" + indirect.input() + ", " + indirect.limit() + ")"));
        for (int axis = 0; axis < coordinate.coefficients().size(); axis++) {
            Dim coefficient = coordinate.coefficients().get(axis);
            if (coefficient.isConstant(1)) {
                parts.add("a" + axis);
            } else if (!coefficient.isConstant(0)) {
                parts.add("a" + axis + "*(" + coefficient + ")");
            }
        }
        if (!coordinate.constant().isConstant(0) || parts.isEmpty()) {
            parts.add("(" + coordinate.constant() + ")");
        }
        return String.join(" + ", parts);
    }

    private static String text(Term term) {
        return switch (term) {
            case Term.Element element -> "in" + element.input();
            case Term.Position position -> "a" + position.axis();
            case Term.Literal literal -> "literal " + literal(literal);
            case Term.Size size -> "size " + size.dim();
            case Term.Apply apply -> apply.fn().text() + apply.arguments().stream().map(i -> "t" + i)
                    .collect(Collectors.joining(", ", "(", ")"));
            case Term.Cast cast -> "cast(t" + cast.argument() + ")";
            case Term.Bits bits -> "bitcast(t" + bits.argument() + ")";
            case Term.Check check -> "check{" + check.site() + ", " + check.size() + "}(t" + check.index() + ", t"
                    + check.position() + ")";
            case Term.Random random -> "random{" + random.graphSeed() + ", " + random.opSeed() + ", " + random.word()
                    + "}(t" + random.index() + ", t" + random.run() + ")";
            case Term.Reduced reduced -> "r" + reduced.reduction();
        };
    }

    private static String literal(Term.Literal literal) {
        return switch (literal.dtype()) {
            case FLOAT16, BFLOAT16, FLOAT32 -> {
                float value = Float.intBitsToFloat((int) literal.bits());
                yield Float.isNaN(value) ? "0x" + Long.toHexString(literal.bits()) : String.valueOf(value);
            }
            case FLOAT64 -> {
                double value = Double.longBitsToDouble(literal.bits());
                yield Double.isNaN(value) ? "0x" + Long.toHexString(literal.bits()) : String.valueOf(value);
            }
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> String.valueOf(literal.bits());
        };
    }
}
