package dev.sinter.cli;

import dev.sinter.formats.npy.Npy;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.formats.onnx.ValueType;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The values of a model's inputs, from npy files, checked against what the model says of them. */
final class OnnxInputs {
    /** How many inputs a message lists at most. */
    private static final int LISTED = 50;

    private final OnnxModel model;
    private final Map<String, NDArray> values = new LinkedHashMap<>();
    /** The sizes that names in the model stand for, and the axis that each comes from. */
    private final Map<String, NamedSize> named = new HashMap<>();

    /** A size, and where it was found: {@code axis 0 of 'x'}. */
    private record NamedSize(long size, String place) {}

    private OnnxInputs(OnnxModel model) {
        this.model = model;
    }

    /**
     * The values in files.
     *
     * @param words each {@code NAME=FILE.npy}
     * @throws WrongArguments for a word of another form
     * @throws CommandFailure for a name that no input has, and an array that is none of its type
     */
    static OnnxInputs read(OnnxModel model, List<String> words) {
        OnnxInputs inputs = new OnnxInputs(model);
        words.forEach(inputs::add);
        return inputs;
    }

    private void add(String word) {
        if (word.indexOf('=') <= 0) {
            throw new WrongArguments("--input must be NAME=FILE.npy but is '" + word + "'");
        }
        // A name may have an equals sign in it.
        String name = model.inputs().stream().filter(input -> word.startsWith(input + "="))
                .max(Comparator.comparingInt(String::length)).orElseThrow(() -> new CommandFailure(model.name()
                        + " has no input '" + word.substring(0, word.indexOf('=')) + "'; it has "
                        + model.inputs().stream().limit(LISTED).map(Names::shown).collect(Collectors.joining(", "))
                        + (model.inputs().size() > LISTED ? ", ..." : "")));
        Path file = Path.of(word.substring(name.length() + 1));
        if (!Files.exists(file)) {
            throw new CommandFailure("there is no file " + file + " for the input '" + name + "'");
        }
        if (values.containsKey(name)) {
            throw new CommandFailure("the input '" + name + "' is given twice");
        }
        values.put(name, checked(name, model.inputTypes().get(name), file, Npy.read(file)));
    }

    private NDArray checked(String name, ValueType type, Path file, NDArray given) {
        String problem = "the input '" + Names.shown(name) + "' is " + type + ", and " + file + " holds "
                + given.dtype() + Arrays.toString(given.sizes());
        DType dtype = type.dtype().orElseThrow(() -> new CommandFailure("the input '" + name + "' is " + type
                + ", which is not supported"));
        // npy files have no bfloat16: its bits are written as integers.
        NDArray value = dtype == DType.BFLOAT16 && given.dtype() == DType.UINT16 ? given.view(dtype) : given;
        if (value.dtype() != dtype) {
            throw new CommandFailure(problem + (dtype == DType.BFLOAT16
                    ? "; npy files hold bfloat16 as its bits, in uint16"
                    : "; save it as " + dtype + ": numpy.save(file, array.astype(numpy." + numpy(dtype) + "))"));
        }
        List<String> sizes = type.sizes().orElse(List.of());
        if (type.sizes().isPresent() && sizes.size() != value.rank()) {
            throw new CommandFailure(problem + ": it must have " + sizes.size() + " axes, not " + value.rank());
        }
        for (int axis = 0; axis < sizes.size(); axis++) {
            check(problem, name, axis, sizes.get(axis), value.sizes()[axis]);
        }
        return value;
    }

    private static String numpy(DType dtype) {
        return dtype == DType.BOOL ? "bool_" : dtype.toString();
    }

    private void check(String problem, String name, int axis, String declared, long size) {
        if (declared.matches("[0-9]+")) {
            if (!declared.equals(Long.toString(size))) {
                throw new CommandFailure(problem + ": axis " + axis + " must be " + declared + ", not " + size);
            }
        } else if (!declared.equals("?")) {
            NamedSize here = new NamedSize(size, "axis " + axis + " of '" + name + "'");
            NamedSize before = named.putIfAbsent(declared, here);
            if (before != null && before.size != size) {
                throw new CommandFailure(problem + ": the size '" + declared + "' is " + before.size + " at "
                        + before.place + " and " + size + " at " + here.place);
            }
        }
    }

    /** Fails where an input has no value, and names the first of them. */
    void requireAll() {
        List<String> missing = model.inputTypes().entrySet().stream()
                .filter(input -> !values.containsKey(input.getKey()))
                .map(input -> "\n  --input " + Names.shown(input.getKey()) + "=FILE.npy  of "
                        + Names.shown(input.getValue().toString())).toList();
        if (!missing.isEmpty()) {
            throw new CommandFailure("each input needs a value, and these have none:"
                    + missing.stream().limit(LISTED).collect(Collectors.joining())
                    + (missing.size() > LISTED ? "\n  and " + (missing.size() - LISTED) + " more" : ""));
        }
    }

    /** The import with constants in the place of the inputs that sizes and axes follow from. */
    OnnxImport bound(OnnxImport settings) {
        Set<String> structural = settings.structuralInputs();
        OnnxImport bound = settings;
        for (Map.Entry<String, NDArray> value : values.entrySet()) {
            boolean ranked = model.inputTypes().get(value.getKey()).sizes().isPresent();
            if (structural.contains(value.getKey())) {
                bound = bound.bind(value.getKey(), value.getValue());
            } else if (!ranked) {
                bound = bound.withShape(value.getKey(), value.getValue().shape());
            }
        }
        return bound;
    }

    /** What the inputs that are left are fed. */
    Feeds feeds(ImportedModel imported) {
        Feeds feeds = Feeds.NONE;
        for (Map.Entry<String, Tensor> input : imported.inputs().entrySet()) {
            feeds = feeds.and(input.getValue(), values.get(input.getKey()));
        }
        return feeds;
    }
}
