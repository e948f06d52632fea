package dev.sinter.bench;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.formats.onnx.ValueType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A model and what it is run on.
 *
 * @param name what rows call it
 * @param mostFound what bounds sizes that only a run finds, where something does
 * @param inputs the values of its inputs
 * @param expected what its outputs should be, where that is known
 */
record OnnxJob(String name, Path file, OnnxModel model, OptionalLong mostFound, Map<String, NDArray> inputs,
        Optional<List<NDArray>> expected) {
    private static final String MODEL = "model.onnx";
    private static final String DATA = "test_data_set_0";
    private static final String SUFFIX = ".onnx";

    /**
     * The job of a model's file, or of the folder of {@code model.onnx}: on the test data that lie beside it, else on
     * random numbers, where an unknown size is 1.
     */
    static OnnxJob of(Path given, OptionalLong mostFound) {
        Path file = Files.isDirectory(given) ? given.resolve(MODEL) : given;
        OnnxModel model = OnnxModel.read(file);
        Path folder = file.toAbsolutePath().normalize().getParent();
        String fileName = file.getFileName().toString();
        String name = fileName.equals(MODEL) ? folder.getFileName().toString()
                : fileName.endsWith(SUFFIX) ? fileName.substring(0, fileName.length() - SUFFIX.length()) : fileName;
        Path data = folder.resolve(DATA);
        if (!Files.isDirectory(data)) {
            return new OnnxJob(name, file, model, mostFound, random(model), Optional.empty());
        }
        Map<String, NDArray> inputs = random(model);
        List<NDArray> fed = tensors(data, "input_");
        for (int i = 0; i < Math.min(fed.size(), model.inputs().size()); i++) {
            inputs.put(model.inputs().get(i), fed.get(i));
        }
        List<NDArray> outputs = tensors(data, "output_");
        return new OnnxJob(name, file, model, mostFound, inputs,
                outputs.isEmpty() ? Optional.empty() : Optional.of(outputs));
    }

    /** The import that makes constants of all parameters and of the inputs that sizes and axes follow from. */
    OnnxImport settings() {
        OnnxImport settings = OnnxImport.of(model).frozen();
        if (mostFound.isPresent()) {
            settings = settings.withMostFound(mostFound.getAsLong());
        }
        Set<String> structural = settings.structuralInputs();
        for (Map.Entry<String, NDArray> input : inputs.entrySet()) {
            settings = structural.contains(input.getKey()) ? settings.bind(input.getKey(), input.getValue()) : settings;
        }
        return settings;
    }

    private static List<NDArray> tensors(Path data, String start) {
        List<NDArray> tensors = new ArrayList<>();
        for (int i = 0; Files.exists(data.resolve(start + i + ".pb")); i++) {
            tensors.add(OnnxModel.readTensor(data.resolve(start + i + ".pb")));
        }
        return tensors;
    }

    private static Map<String, NDArray> random(OnnxModel model) {
        Map<String, NDArray> inputs = new LinkedHashMap<>();
        model.inputTypes().forEach((name, type) -> inputs.put(name, random(inputs.size(), name, type)));
        return inputs;
    }

    private static NDArray random(long seed, String name, ValueType type) {
        if (type.dtype().isEmpty() || type.sizes().isEmpty()) {
            throw new FormatException("the input '" + name + "' is " + type + ", which is not measured");
        }
        DType dtype = type.dtype().get();
        long[] sizes = type.sizes().get().stream().mapToLong(size -> size.matches("[0-9]+") ? Long.parseLong(size) : 1)
                .toArray();
        return dtype.isFloat() ? Values.normal(seed, sizes).cast(dtype)
                : Values.integers(seed, 2, sizes).cast(dtype);
    }
}
