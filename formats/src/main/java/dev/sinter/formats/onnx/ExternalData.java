package dev.sinter.formats.onnx;

import dev.sinter.formats.file.ByteTarget;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.ModelProto;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.TensorProto.External;
import dev.sinter.formats.onnx.schema.TensorProto.Inline;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model whose large initializers lie in a file beside it, each at the beginning of a page.
 *
 * @param model   the model without them
 * @param tensors their elements in order
 */
record ExternalData(ModelProto model, List<MemorySegment> tensors) {
    /** The most bytes that a file of the format, a message of protobuf, has. */
    static final long MOST_BYTES = Integer.MAX_VALUE - 64L;
    /** How many bytes a tensor has at least that is kept apart. */
    static final long LARGE = 1024;
    private static final long PAGE = 4096;

    /**
     * Takes the large initializers out of a model.
     *
     * @param file the name of the file that they go to, in the model's folder
     */
    static ExternalData of(ModelProto model, String file) {
        List<MemorySegment> apart = new ArrayList<>();
        List<TensorProto> initializers = new ArrayList<>();
        long next = 0;
        for (TensorProto tensor : model.graph().initializers()) {
            if (tensor.content() instanceof Inline(MemorySegment bytes) && bytes.byteSize() >= LARGE) {
                Map<String, String> entries = new LinkedHashMap<>();
                entries.put("location", file);
                entries.put("offset", Long.toString(next));
                entries.put("length", Long.toString(bytes.byteSize()));
                initializers.add(new TensorProto(tensor.name(), tensor.elementType(), tensor.dims(),
                        new External(entries)));
                apart.add(bytes);
                next = pages(next + bytes.byteSize());
            } else {
                initializers.add(tensor);
            }
        }
        GraphProto graph = model.graph();
        return new ExternalData(new ModelProto(model.irVersion(), model.producerName(), model.producerVersion(),
                model.opsets(), new GraphProto(graph.name(), graph.nodes(), initializers, graph.inputs(),
                graph.outputs()), model.functions(), model.metadata()), apart);
    }

    private static long pages(long bytes) {
        return (bytes + PAGE - 1) / PAGE * PAGE;
    }

    /** Writes the file of the elements. */
    void write(ByteTarget target) throws IOException {
        for (int i = 0; i < tensors.size(); i++) {
            long bytes = tensors.get(i).byteSize();
            target.write(tensors.get(i));
            if (i + 1 < tensors.size()) {
                target.write(new byte[(int) (pages(bytes) - bytes)]);
            }
        }
    }
}
