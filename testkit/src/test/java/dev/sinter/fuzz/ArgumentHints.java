package dev.sinter.fuzz;

import dev.sinter.graph.Quantization;
import dev.sinter.graph.WindowOptions;
import dev.sinter.tensor.DType;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What arguments are like that a method takes, by the names of its parameters, which mean the same in all facades. */
final class ArgumentHints {
    /**
     * The dtypes and sizes of a tensor, one of each.
     *
     * @param dtypes that of most tensors of the call where it is among these, or where there are none
     * @param sizes  made of those of most tensors of the call
     */
    record Like(List<DType> dtypes, List<UnaryOperator<long[]>> sizes) {}

    private static final List<DType> BOOLS = List.of(DType.BOOL);
    private static final List<DType> INTEGERS = List.of(DType.INT32, DType.INT64);
    private static final List<DType> BYTES = List.of(DType.INT8, DType.UINT8);
    private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT32, DType.FLOAT64);
    /** That of most tensors of the call. */
    private static final List<DType> SAME = List.of();

    private static final UnaryOperator<long[]> ALL = UnaryOperator.identity();
    private static final UnaryOperator<long[]> SCALAR = _ -> new long[0];
    private static final UnaryOperator<long[]> FIRST = sizes -> Arrays.copyOf(sizes, Math.min(1, sizes.length));
    private static final UnaryOperator<long[]> SECOND = sizes -> Arrays.copyOfRange(sizes,
            Math.min(1, sizes.length), Math.min(2, sizes.length));
    private static final UnaryOperator<long[]> LAST = sizes -> Arrays.copyOfRange(sizes,
            Math.max(0, sizes.length - 1), sizes.length);
    private static final UnaryOperator<long[]> BUT_LAST = sizes -> Arrays.copyOf(sizes, Math.max(0, sizes.length - 1));
    private static final UnaryOperator<long[]> FIRST_TWO = sizes -> Arrays.copyOf(sizes, Math.min(2, sizes.length));
    private static final UnaryOperator<long[]> LAST_TWO = sizes -> Arrays.copyOfRange(sizes,
            Math.max(0, sizes.length - 2), sizes.length);

    private static final Map<String, Like> TENSORS = tensors();

    private static final Set<String> SMALL_COUNTS = Set.of("samples", "k", "filters", "height",
            "width", "depth", "size", "length", "frameStep", "classes", "maxOutputSize", "maxOutputSizePerClass",
            "maxTotalSize", "preNmsTopn", "postNmsTopn", "blockSize", "bins", "channels",
            "batchSize", "topPaths", "filterSize", "sizes", "fftLength", "melBins", "maxAttempts", "attempts");
    private static final Set<String> FRACTIONS = Set.of("iouThreshold", "overlapThreshold", "nmsThreshold",
            "scoreThreshold", "probability", "maxDelta", "sigma", "low", "lower", "min", "minSize", "k1", "k2",
            "first", "second", "minObjectCovered", "minAspectRatio", "minArea", "share", "least", "epsilon",
            "specificity", "sensitivity", "deviation", "filterSigma");
    private static final Set<String> LISTS_OF_AXES = Set.of("sizes", "strides", "dilations", "elements", "block",
            "size", "fftLength", "paddings", "crops", "base");
    private static final Pattern AXES = Pattern.compile("([123])d(?![a-z])|([123])d$");

    /** The ranks of tensors of a method that has a parameter of one of some names. */
    private record Ranks(Set<String> names, List<Integer> ranks) {}

    private static final List<Ranks> RANKS = List.of(new Ranks(Set.of("image", "images", "range"), List.of(3, 4, 4)),
            new Ranks(Set.of("deltas"), List.of(4)), new Ranks(Set.of("table"), List.of(2)),
            new Ranks(Set.of("lu", "diagonals"), List.of(2, 3)),
            new Ranks(Set.of("logits", "inputs"), List.of(2, 3, 3)),
            new Ranks(Set.of("boxes", "scores"), List.of(1, 2, 3, 4)),
            new Ranks(Set.of("offset", "groups"), List.of(2, 3, 4)));

    /** The least size of images that windows of the usual size fit into, and that few enough elements have. */
    private static final int SSIM_PIXELS = 11;

    /** The number of features that layers of one call take and give. */
    private static final long UNITS = 2;

    private ArgumentHints() {}

    private static Map<String, Like> tensors() {
        Map<String, Like> all = new HashMap<>();
        Stream.of("seed").forEach(name -> all.put(name, new Like(INTEGERS, List.of(_ -> new long[] {2}))));
        Stream.of("mask").forEach(name -> all.put(name, new Like(BOOLS, List.of(ALL, FIRST, SCALAR))));
        Stream.of("condition", "predicate").forEach(name -> all.put(name, new Like(BOOLS, List.of(ALL, SCALAR))));
        Stream.of("labels", "targets").forEach(name ->
                all.put(name, new Like(INTEGERS, List.of(ALL, BUT_LAST, FIRST, FIRST_TWO))));
        Stream.of("indices", "index", "maxIndex", "ids", "positions").forEach(name ->
                all.put(name, new Like(INTEGERS, List.of(ALL, BUT_LAST, FIRST, SCALAR))));
        Stream.of("segmentIds", "boxIndices", "partitions", "examples").forEach(name ->
                all.put(name, new Like(INTEGERS, List.of(FIRST))));
        Stream.of("lengths", "labelLengths", "logitLengths", "sequenceLength").forEach(name ->
                all.put(name, new Like(INTEGERS, List.of(FIRST, SECOND))));
        Stream.of("scale", "yScale").forEach(name ->
                all.put(name, new Like(FLOATS, List.of(LAST, SCALAR, SCALAR, ALL))));
        Stream.of("offset", "mean", "variance", "bias").forEach(name ->
                all.put(name, new Like(FLOATS, List.of(LAST, SECOND, SCALAR, ALL))));
        Stream.of("min", "max").forEach(name -> all.put(name, new Like(FLOATS, List.of(LAST, SCALAR))));
        Stream.of("zeroPoint", "xZero", "wZero", "yZero").forEach(name ->
                all.put(name, new Like(BYTES, List.of(LAST, SCALAR, SCALAR, ALL))));
        all.put("factor", new Like(FLOATS, List.of(SCALAR)));
        all.put("inputs", new Like(FLOATS, List.of(ALL, with(BUT_LAST, UNITS))));
        all.put("p", new Like(INTEGERS, List.of(BUT_LAST)));
        all.put("logits", new Like(FLOATS, List.of(ALL)));
        all.put("boxes", new Like(FLOATS, List.of(with(ALL, 4), with(FIRST, 4), with(FIRST_TWO, 4))));
        all.put("scores", new Like(FLOATS, List.of(ALL, FIRST, FIRST_TWO)));
        all.put("imageSize", new Like(INTEGERS, List.of(_ -> new long[] {3})));
        all.put("imageInfo", new Like(FLOATS, List.of(with(FIRST, 5))));
        all.put("deltas", new Like(FLOATS, List.of(sizes -> with(BUT_LAST, 4 * last(sizes)).apply(sizes))));
        all.put("anchors", new Like(FLOATS, List.of(sizes ->
                with(with(SECOND, sizes.length > 2 ? sizes[2] : 1), 4 * last(sizes)).apply(sizes))));
        all.put("offsets", new Like(FLOATS, List.of(with(FIRST, 2))));
        all.put("colours", new Like(FLOATS, List.of(LAST_TWO)));
        all.put("pointwise", new Like(SAME, List.of(sizes -> pointwise(sizes))));
        all.put("step", new Like(INTEGERS, List.of(SCALAR)));
        return Map.copyOf(all);
    }

    private static UnaryOperator<long[]> with(UnaryOperator<long[]> first, long last) {
        return sizes -> LongStream.concat(Arrays.stream(first.apply(sizes)), LongStream.of(last)).toArray();
    }

    private static long last(long[] sizes) {
        return sizes.length == 0 ? 1 : sizes[sizes.length - 1];
    }

    /** The filter of one pixel that follows a filter of a channel each, of as many channels as the input. */
    private static long[] pointwise(long[] sizes) {
        long[] all = sizes.clone();
        Arrays.fill(all, 1);
        if (all.length > 1) {
            all[all.length - 2] = last(sizes) * last(sizes);
            all[all.length - 1] = 2;
        }
        return all;
    }

    /** What a tensor of a name is like. */
    static Optional<Like> tensor(String name) {
        return Optional.ofNullable(TENSORS.get(name));
    }

    /** Whole numbers that a parameter of a name takes; empty where nothing is known. */
    static List<Long> wholes(String name) {
        if (SMALL_COUNTS.contains(name)) {
            return List.of(1L, 2L, 2L, 3L, 4L);
        }
        return switch (name) {
            case "multiplier" -> List.of(1L, 2L);
            case "count", "groups" -> List.of(1L, 1L, 1L, 2L, 3L);
            case "inputs", "units" -> List.of(UNITS);
            case "strides", "dilations", "elements", "block" -> List.of(1L, 1L, 1L, 2L);
            case "frameLength" -> List.of(2L, 4L, 8L);
            case "rounds" -> List.of(4L, 6L);
            case "bits" -> List.of(4L, 8L);
            case "top", "left", "axis", "sequenceAxis", "batchDims", "paddings", "crops", "base", "xAxes", "yAxes" ->
                    List.of(0L, 0L, 1L);
            default -> List.of();
        };
    }

    /** Numbers that a parameter of a name takes; empty where nothing is known. */
    static List<Double> reals(String name) {
        if (FRACTIONS.contains(name)) {
            return List.of(0.1, 0.25, 0.5);
        }
        return switch (name) {
            case "high", "upper", "max", "maxAspectRatio", "maxArea", "most" -> List.of(1.0, 0.75);
            case "heightRatio", "widthRatio" -> List.of(1.5, 1.25);
            default -> List.of();
        };
    }

    /** Lengths of lists that have an entry for each of some axes of tensors; empty where nothing is known. */
    static List<Integer> lengths(String name, int rank) {
        return name.equals("xAxes") || name.equals("yAxes") || name.equals("powers") ? List.of(1)
                : LISTS_OF_AXES.contains(name) ? Stream.of(1, rank - 2, rank - 1, rank).filter(n -> n > 0).toList()
                : List.of();
    }

    /** The ranks of most tensors that a method takes; empty where nothing is known. */
    static List<Integer> ranks(Executable method) {
        Optional<Integer> axes = AXES.matcher(method.getName()).results().findFirst().map(MatchResult::group)
                .map(found -> found.charAt(0) - '0');
        if (has(method, WindowOptions.class) || has(method, WindowOptions.Padding.class)) {
            return axes.map(count -> List.of(count + 2)).orElse(List.of(3, 4, 4, 5));
        }
        if (has(method, Quantization.Scaled.class)) {
            return List.of(2, 3);
        }
        if (axes.isPresent()) {
            return List.of(axes.get(), axes.get() + 1, axes.get() + 2);
        }
        Set<String> names = names(method);
        return RANKS.stream().filter(known -> known.names().stream().anyMatch(names::contains)).findFirst()
                .map(Ranks::ranks).orElse(List.of());
    }

    /** The sizes of all axes of most tensors that a method takes; empty where nothing is known. */
    static List<Integer> squares(Executable method) {
        return names(method).contains("range") ? List.of(SSIM_PIXELS) : List.of();
    }

    /** The dtypes of most tensors that a method takes; empty where nothing is known. */
    static List<DType> dtypes(Executable method) {
        Set<String> names = names(method);
        return names.contains("zeroPoint") || names.contains("xZero") || has(method, Quantization.Scaled.class)
                ? List.of(DType.INT8, DType.UINT8, DType.FLOAT32) : FLOATS;
    }

    static boolean has(Executable method, Class<?> type) {
        return Stream.of(method.getParameterTypes()).anyMatch(type::equals);
    }

    static Set<String> names(Executable method) {
        return Set.copyOf(Stream.of(method.getParameters()).map(Parameter::getName).toList());
    }
}
