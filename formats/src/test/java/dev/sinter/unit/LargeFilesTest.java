package dev.sinter.unit;

import static dev.sinter.unit.Messages.bytes;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.message;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.number;
import static dev.sinter.unit.Messages.output;
import static dev.sinter.unit.Messages.tensor;
import static dev.sinter.unit.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.MappedArray;
import dev.sinter.formats.npy.Npy;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.formats.safetensors.SafeTensors;
import dev.sinter.graph.Graph;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Elements more than 2^32 bytes behind the beginning of a file, most of which is a hole that takes no disk. */
class LargeFilesTest {
    private static final int FLOAT = 1;
    private static final long HOLE = 5L << 30;

    @TempDir
    private Path folder;

    /** A file of some bytes, then as many zeros as the hole has, then the numbers 1, 2 and 3. */
    private Path file(String name, byte[] start) throws IOException {
        Path file = folder.resolve(name);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(start);
            out.setLength(start.length + HOLE);
            out.seek(start.length + HOLE);
            out.write(ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(2).putFloat(3)
                    .array());
        }
        return file;
    }

    @Test
    void rowsOfAnNpyFile() throws IOException {
        byte[] header = ("{'descr': '<f4', 'fortran_order': False, 'shape': (" + (HOLE / 4 + 3) + ",), }")
                .getBytes(StandardCharsets.US_ASCII);
        Path file = file("large.npy", ByteBuffer.allocate(10 + header.length).order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0)
                .putShort((short) header.length).put(header).array());
        MappedArray array = Npy.map(file);
        assertThat(array.elementCount()).isEqualTo(HOLE / 4 + 3);
        assertThat(array.rows(HOLE / 4 - 1, HOLE / 4 + 3).toFloatArray()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void aTensorOfASafetensorsFile() throws IOException {
        byte[] header = ("{\"hole\":{\"dtype\":\"U8\",\"shape\":[" + HOLE + "],\"data_offsets\":[0," + HOLE + "]},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[" + HOLE + "," + (HOLE + 12) + "]}}")
                .getBytes(StandardCharsets.US_ASCII);
        Path file = file("large.safetensors", ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header).array());
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.read("w").toFloatArray()).containsExactly(1, 2, 3);
            assertThat(tensors.map("hole").rows(HOLE - 2, HOLE).cast(DType.INT64).toLongArray())
                    .containsExactly(0, 0);
        }
    }

    @Test
    void aTensorBesideAModel() throws IOException {
        file("m.data", new byte[0]);
        byte[] far = tensor("w", FLOAT, new long[] {3}, bytes(13, message(text(1, "location"), text(2, "m.data"))),
                bytes(13, message(text(1, "offset"), text(2, Long.toString(HOLE)))), number(14, 1));
        Path file = Files.write(folder.resolve("m.onnx"), model(17, graph(bytes(5, far),
                node("Add", List.of("x", "w"), List.of("y")), input("x", FLOAT, 3), output("y", FLOAT, 3))));
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.read(file)).frozen().into(graph);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            assertThat(session.run(Feeds.feed(net.input("x"), new float[] {10, 20, 30}), net.output("y"))
                    .toFloatArray()).containsExactly(11, 22, 33);
        }
    }
}
