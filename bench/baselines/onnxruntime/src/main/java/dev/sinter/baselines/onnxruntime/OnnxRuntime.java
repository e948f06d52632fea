package dev.sinter.baselines.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.sinter.baselines.protocol.Baseline;
import dev.sinter.baselines.protocol.Serve;
import dev.sinter.baselines.protocol.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models in ONNX Runtime. A workload is named by a folder, URL-encoded, in which {@code model} holds the path of a model
 * and {@code inputs} a line for each input, {@code NAME DTYPE SIZES}, whose elements are in {@code input-0} and so on.
 * The first run writes the outputs in the same way.
 */
public final class OnnxRuntime implements Baseline {
    private final int threads;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);

    private OnnxRuntime(int threads) {
        this.threads = threads;
    }

    /** Serves models; the one argument is the number of threads. */
    public static void main(String[] arguments) throws IOException {
        Serve.serve(new OnnxRuntime(Integer.parseInt(arguments[0])));
    }

    @Override
    public List<String> names() {
        return List.of("FOLDER");
    }

    @Override
    public Task prepare(String name) {
        Path folder = Path.of(URLDecoder.decode(name, StandardCharsets.UTF_8));
        try {
            OrtSession session = environment.createSession(Files.readString(folder.resolve("model")), options());
            Map<String, OnnxTensorLike> inputs = inputs(folder);
            try (OrtSession.Result result = session.run(inputs)) {
                write(folder, result);
            }
            return () -> run(session, inputs);
        } catch (OrtException problem) {
            throw new IllegalStateException(problem);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        // Else its threads go on spinning for some 20 ms, into the turn of what is measured next.
        options.addConfigEntry("session.force_spinning_stop", "1");
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        return options;
    }

    private static void run(OrtSession session, Map<String, OnnxTensorLike> inputs) {
        try (OrtSession.Result result = session.run(inputs)) {
            if (result.size() == 0) {
                throw new IllegalStateException("there is no output");
            }
        } catch (OrtException problem) {
            throw new IllegalStateException(problem);
        }
    }

    private Map<String, OnnxTensorLike> inputs(Path folder) throws IOException, OrtException {
        Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(folder.resolve("inputs"));
        for (int i = 0; i < lines.size(); i++) {
            String[] words = lines.get(i).split(" ");
            byte[] bytes = Files.readAllBytes(folder.resolve("input-" + i));
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder()).put(bytes)
                    .rewind();
            inputs.put(URLDecoder.decode(words[0], StandardCharsets.UTF_8), OnnxTensor.createTensor(environment, buffer,
                    ElementTypes.sizes(words.length > 2 ? words[2] : ""), ElementTypes.of(words[1])));
        }
        return inputs;
    }

    private static void write(Path folder, OrtSession.Result result) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, OnnxValue> entry : result) {
            if (!(entry.getValue() instanceof OnnxTensor tensor)) {
                throw new IllegalStateException("output " + entry.getKey() + " is no tensor");
            }
            ByteBuffer buffer = tensor.getByteBuffer();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            Files.write(folder.resolve("output-" + lines.size()), bytes);
            lines.add(ElementTypes.text(tensor.getInfo()));
        }
        Files.write(folder.resolve("outputs"), lines);
    }
}
