package dev.sinter.bench;

import dev.sinter.formats.FormatException;
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

/**
 * A model and what it is run on.
 *
 * @param name what rows call it
 * @param inputs the values of its inputs
 * @param expected what its outputs should be, where that is known
 */
record OnnxJob(String name, Path file, OnnxModel model, Map<String, NDArray> inputs,
        Optional<List<NDArray>> expected) {
    private static final String MODEL = "model.onnx";
    private static final String DATA = "test_data_set_0";
    private static final String SUFFIX = ".onnx";

    /**
     * The job of a model's file, or of the folder of {@code model.onnx}: on the test data that lie beside it, else on
     * random numbers, where an unknown size is 1.
     */
    static OnnxJob of(Path given) {
        Path file = Files.isDirectory(given) ? given.resolve(MODEL) : given;
        OnnxModel model = OnnxModel.read(file);
        Path folder = file.toAbsolutePath().normalize().getParent();
        String fileName = file.getFileName().toString();
        String name = fileName.equals(MODEL) ? folder.getFileName().toString()
                : fileName.endsWith(SUFFIX) ? fileName.substring(0, fileName.length() - SUFFIX.length()) : fileName;
        Path data = folder.resolve(DATA);
        if (!Files.isDirectory(data)) {
            return new OnnxJob(name, file, model, random(model), Optional.empty());
        }
        Map<String, NDArray> inputs = random(model);
        List<NDArray> fed = tensors(data, "input_");
        for (int i = 0; i < Math.min(fed.size(), model.inputs().size()); i++) {
            inputs.put(model.inputs().get(i), fed.get(i));
        }
        List<NDArray> outputs = tensors(data, "output_");
        return new OnnxJob(name, file, model, inputs, outputs.isEmpty() ? Optional.empty() : Optional.of(outputs));
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
