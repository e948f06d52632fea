package dev.sinter.formats.onnx.schema;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The fields of a message on their way out: counted, or counted and written. A message within another is counted
 * before it is written, since its length comes first.
 */
final class Fields {
    private static final int CHUNK = 1 << 20;

    private final Optional<CodedOutputStream> out;
    private long bytes;

    private Fields(Optional<CodedOutputStream> out) {
        this.out = out;
    }

    /** How many bytes a message has. */
    static long size(Consumer<Fields> message) {
        Fields counted = new Fields(Optional.empty());
        message.accept(counted);
        return counted.bytes;
    }

    /** Writes a message. */
    static void write(CodedOutputStream out, Consumer<Fields> message) throws IOException {
        try {
            message.accept(new Fields(Optional.of(out)));
            out.flush();
        } catch (UncheckedIOException problem) {
            throw problem.getCause();
        }
    }

    /** What is written with one call of the stream. */
    @FunctionalInterface
    private interface Writing {
        void to(CodedOutputStream stream) throws IOException;
    }

    private void add(long size, Writing writing) {
        bytes += size;
        if (out.isPresent()) {
            try {
                writing.to(out.get());
            } catch (IOException problem) {
                throw new UncheckedIOException(problem);
            }
        }
    }

    private void begin(int field, long length) {
        add(CodedOutputStream.computeTagSize(field), stream -> stream.writeTag(field,
                WireFormat.WIRETYPE_LENGTH_DELIMITED));
        add(CodedOutputStream.computeUInt64SizeNoTag(length), stream -> stream.writeUInt64NoTag(length));
    }

    void message(int field, Consumer<Fields> body) {
        long length = size(body);
        begin(field, length);
        if (out.isPresent()) {
            body.accept(this);
        } else {
            bytes += length;
        }
    }

    void varint(int field, long value) {
        add(CodedOutputStream.computeInt64Size(field, value), stream -> stream.writeInt64(field, value));
    }

    void float32(int field, float value) {
        add(CodedOutputStream.computeFloatSize(field, value), stream -> stream.writeFloat(field, value));
    }

    void text(int field, String value) {
        add(CodedOutputStream.computeStringSize(field, value), stream -> stream.writeString(field, value));
    }

    /** Text that is left out where it is empty. */
    void optional(int field, String value) {
        if (!value.isEmpty()) {
            text(field, value);
        }
    }

    void texts(int field, List<String> values) {
        values.forEach(value -> text(field, value));
    }

    void bytes(int field, MemorySegment content) {
        begin(field, content.byteSize());
        if (out.isEmpty()) {
            bytes += content.byteSize();
            return;
        }
        byte[] chunk = new byte[(int) Math.min(CHUNK, content.byteSize())];
        for (long at = 0; at < content.byteSize(); at += chunk.length) {
            int length = (int) Math.min(chunk.length, content.byteSize() - at);
            MemorySegment.copy(content, ValueLayout.JAVA_BYTE, at, chunk, 0, length);
            add(length, stream -> stream.writeRawBytes(chunk, 0, length));
        }
    }
}
