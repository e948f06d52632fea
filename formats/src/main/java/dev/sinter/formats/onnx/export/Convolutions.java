package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.Reshape;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Contractions of windows with a filter that are convolutions: positions in windows are summed, axes of windows are
 * kept. Channels are summed, or kept where each is convolved alone, or both where they are divided into groups.
 */
final class Convolutions {
    private final Emitter e;
    private final Contract op;
    private final Value value;
    private final Value filter;
    private final WindowedInput input;
    private final String filterLetters;
    private final String positions;
    private final String spatial;
    private final char batch;
    /** The letters of the axes that channels are divided into: groups, then channels of a group. */
    private final String channels;
    private final Map<Character, Dim> dims = new HashMap<>();

    private Convolutions(Emitter e, Contract op, Value value, int at, WindowedInput input, String letters) {
        this.e = e;
        this.op = op;
        this.value = value;
        this.filter = value.operand(1 - at);
        this.input = input;
        this.filterLetters = at == 0 ? op.rhs() : op.lhs();
        int rank = letters.length() - input.windows().windows().size();
        this.positions = letters.substring(rank);
        int split = rank - input.source().rank();
        int first = input.others().getFirst();
        int second = input.others().getLast();
        boolean batchFirst = filterLetters.indexOf(letters.charAt(first)) < 0;
        int channel = batchFirst ? second : first;
        this.batch = letters.charAt(batchFirst ? first : second + split);
        this.channels = letters.substring(channel, channel + split + 1);
        this.spatial = input.windows().axes().stream().map(axis -> letters.charAt(axis > channel ? axis + split : axis))
                .map(String::valueOf).collect(Collectors.joining());
        for (int axis = 0; axis < filterLetters.length(); axis++) {
            dims.put(filterLetters.charAt(axis), filter.shape().dim(axis));
        }
        for (int axis = 0; axis < op.out().length(); axis++) {
            dims.put(op.out().charAt(axis), value.shape().dim(axis));
        }
    }

    /** The convolution that a contraction is, where it is one of single precision or less. */
    static Optional<Term> of(Emitter e, Contract op, Value value) {
        if (value.dtype() != DType.FLOAT32 && value.dtype() != DType.FLOAT16) {
            return Optional.empty();
        }
        return of(e, op, value, 0).or(() -> of(e, op, value, 1));
    }

    private static Optional<Term> of(Emitter e, Contract op, Value value, int at) {
        Value shown = value.operand(at);
        Value view = shown.op() instanceof Reshape ? shown.operand(0) : shown;
        if (!(view.op() instanceof Windows windows) || view.operand(0).rank() != windows.windows().size() + 2
                || windows.windows().size() > 3) {
            return Optional.empty();
        }
        WindowedInput input = WindowedInput.of(view, filler -> filler == 0);
        if (view != shown && !isSplit(view, shown, input)) {
            return Optional.empty();
        }
        return new Convolutions(e, op, value, at, input, at == 0 ? op.lhs() : op.rhs()).term();
    }

    /** Whether the reshaped windows differ from the windows by one axis that is two, and that is not windowed. */
    private static boolean isSplit(Value view, Value shown, WindowedInput input) {
        return shown.rank() == view.rank() + 1 && input.others().stream().anyMatch(axis -> {
            List<Dim> dims = new ArrayList<>(view.shape().dims());
            dims.set(axis, shown.shape().dim(axis));
            dims.add(axis + 1, shown.shape().dim(axis + 1));
            return dims.equals(shown.shape().dims());
        });
    }

    private Optional<Term> term() {
        boolean isSplit = channels.length() == 2;
        char inner = channels.charAt(channels.length() - 1);
        boolean isDepthwise = !isSplit && isKept(inner);
        String groups = isSplit ? channels.substring(0, 1) : isDepthwise ? channels : "";
        String rest = without(filterLetters, positions + channels);
        boolean fits = isKept(batch) && filterLetters.indexOf(batch) < 0 && rest.length() <= 1
                && spatial.chars().allMatch(letter -> isKept((char) letter) && filterLetters.indexOf(letter) < 0)
                && positions.chars().allMatch(letter -> !isKept((char) letter) && filterLetters.indexOf(letter) >= 0)
                && channels.chars().allMatch(letter -> filterLetters.indexOf(letter) >= 0)
                && rest.chars().allMatch(letter -> isKept((char) letter))
                && groups.chars().allMatch(letter -> isKept((char) letter) && dims.get((char) letter).isConstant())
                && (isDepthwise || !isKept(inner));
        return fits ? Optional.of(term(groups, rest, isDepthwise ? "" : String.valueOf(inner))) : Optional.empty();
    }

    private boolean isKept(char letter) {
        return op.out().indexOf(letter) >= 0;
    }

    private static String without(String letters, String others) {
        return letters.chars().filter(letter -> others.indexOf(letter) < 0).mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /**
     * The convolution.
     *
     * @param groups the letter of groups, where there are several
     * @param rest   the letter of the results of a group, where there are several
     * @param summed the letter of the channels of a group, where they are summed
     */
    private Term term(String groups, String rest, String summed) {
        Block b = e.block();
        String weights = Contractions.laid(e, e.whole(filter), filterLetters, groups + rest + summed + positions);
        List<Dim> filterDims = new ArrayList<>(List.of(product(groups + rest), product(summed)));
        positions.chars().forEach(letter -> filterDims.add(dims.get((char) letter)));
        weights = Layouts.reshaped(e, weights, shape(groups + rest + summed + positions), new Shape(filterDims));
        int channel = input.others().get(input.others().getFirst() == axisOf(batch) ? 1 : 0);
        String x = input.channelsFirst(e, axisOf(batch), channel);
        List<AttributeProto> attributes = new ArrayList<>(input.attributes());
        if (!groups.isEmpty()) {
            attributes.add(Attributes.integer("group", dims.get(groups.charAt(0)).constant()));
        }
        String result = b.addAll("", "Conv", List.of(x, weights), 1, attributes).getFirst();
        List<Dim> made = new ArrayList<>(List.of(dims.get(batch), product(groups + rest)));
        spatial.chars().forEach(letter -> made.add(dims.get((char) letter)));
        String letters = batch + groups + rest + spatial;
        result = Layouts.reshaped(e, result, new Shape(made), shape(letters));
        return Term.of(Contractions.laid(e, result, letters, op.out()), value.tensorType());
    }

    /** The axis of the input that has the letter of the batch. */
    private int axisOf(char letter) {
        int first = input.others().getFirst();
        int second = input.others().getLast();
        return batchIsFirst(letter) ? first : second;
    }

    private boolean batchIsFirst(char letter) {
        String letters = filterLetters.equals(op.lhs()) ? op.rhs() : op.lhs();
        return letters.charAt(input.others().getFirst()) == letter;
    }

    private Dim product(String letters) {
        return shape(letters).elementCount();
    }

    private Shape shape(String letters) {
        return new Shape(letters.chars().mapToObj(letter -> dims.get((char) letter)).toList());
    }
}
