package dev.sinter.op;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Runs models in ONNX Runtime, in a process of its own. The argument is a file, each line of which is a folder of
 * {@code model.onnx}, a file {@code inputs} with a line {@code NAME TYPE SIZES} for each input, and the elements in
 * {@code input-0} and so on. {@code outputs} and {@code output-0} are written in the same way, or {@code problem}.
 */
final class OnnxRuntimeRun {
    /** The exit code where ONNX Runtime has no native code for the platform. */
    static final int NO_LIBRARY = 3;
    /** The exit code of Java where a program ends by an exception. */
    static final int THROWN = 1;

    private OnnxRuntimeRun() {}

    public static void main(String[] arguments) throws IOException {
        OrtEnvironment environment = environment();
        for (String folder : Files.readAllLines(Path.of(arguments[0]))) {
            try {
                run(environment, Path.of(folder));
            } catch (OrtException problem) {
                Files.writeString(Path.of(folder, "problem"), String.valueOf(problem.getMessage()));
            }
        }
    }

    private static OrtEnvironment environment() {
        try {
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError failed) {
            Throwable reason = failed instanceof UnsatisfiedLinkError ? failed : failed.getCause();
            if (isOfPlatform(reason)) {
                System.err.println(reason);
                System.exit(NO_LIBRARY);
            }
            throw failed;
        }
    }

    /** Whether the jar has no native code for the system and the processor, or does not know their names. */
    private static boolean isOfPlatform(Throwable reason) {
        String message = String.valueOf(reason.getMessage());
        return reason instanceof UnsatisfiedLinkError && message.startsWith("no onnxruntime in ")
                || reason instanceof IllegalStateException && message.startsWith("Unsupported ");
    }

    private static void run(OrtEnvironment environment, Path folder) throws OrtException, IOException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        try (OrtSession session = environment.createSession(folder.resolve("model.onnx").toString(), options);
                OrtSession.Result result = session.run(inputs(environment, folder))) {
            List<String> lines = new ArrayList<>();
            for (Map.Entry<String, OnnxValue> entry : result) {
                OnnxTensor tensor = (OnnxTensor) entry.getValue();
                ByteBuffer buffer = tensor.getByteBuffer();
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                Files.write(folder.resolve("output-" + lines.size()), bytes);
                lines.add(entry.getKey() + " " + tensor.getInfo().type + " " + LongStream.of(tensor.getInfo()
                        .getShape()).mapToObj(Long::toString).collect(Collectors.joining(",")));
            }
            Files.write(folder.resolve("outputs"), lines);
        }
    }

    private static Map<String, OnnxTensorLike> inputs(OrtEnvironment environment, Path folder)
            throws OrtException, IOException {
        Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>();
        for (String line : Files.readAllLines(folder.resolve("inputs"))) {
            String[] words = line.split(" ", -1);
            byte[] bytes = Files.readAllBytes(folder.resolve("input-" + inputs.size()));
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder()).put(bytes)
                    .rewind();
            inputs.put(words[0], OnnxTensor.createTensor(environment, buffer, sizes(words[2]),
                    OnnxJavaType.valueOf(words[1])));
        }
        return inputs;
    }

    /** The sizes, separated by commas. */
    static long[] sizes(String text) {
        return Stream.of(text.split(",")).filter(size -> !size.isEmpty()).mapToLong(Long::parseLong).toArray();
    }
}
