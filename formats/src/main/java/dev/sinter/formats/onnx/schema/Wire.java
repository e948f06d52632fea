package dev.sinter.formats.onnx.schema;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.sinter.formats.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * The fields of a message, one after the other. Messages, texts and numbers of lists are counted and the depth of
 * messages is bounded, so that a small file cannot ask for much memory; long contents are left where they are in the
 * file.
 */
final class Wire {
    private static final int MESSAGES = 20_000_000;
    private static final int DEPTH = 100;

    private final String name;
    private final MemorySegment file;
    private final CodedInputStream in;
    private int tag;
    private int depth;
    private int messages;
    /** How many numbers lists may have in all: they take a quarter of the heap, 8 bytes each. */
    private final long mostNumbers = Runtime.getRuntime().maxMemory() / 32;
    private long numbers;

    Wire(String name, MemorySegment file) {
        this.name = name;
        this.file = file;
        this.in = CodedInputStream.newInstance(new SegmentStream(file), 1 << 16);
        in.setSizeLimit(Integer.MAX_VALUE);
    }

    /** Whether another field follows in the current message; {@link #field} then is its number. */
    boolean next() {
        try {
            tag = in.readTag();
            return tag != 0;
        } catch (IOException problem) {
            throw broken(problem);
        }
    }

    int field() {
        return WireFormat.getTagFieldNumber(tag);
    }

    void skip() {
        try {
            in.skipField(tag);
        } catch (IOException problem) {
            throw broken(problem);
        }
    }

    /** A message within this one. */
    <T> T message(Supplier<T> body) {
        expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        count();
        if (++depth > DEPTH) {
            throw new FormatException(name + " nests graphs more than " + DEPTH + " deep at byte "
                    + in.getTotalBytesRead());
        }
        try {
            int limit = in.pushLimit(length());
            T value = body.get();
            if (!in.isAtEnd()) {
                throw broken(new IOException("a message does not end where it should"));
            }
            in.popLimit(limit);
            depth--;
            return value;
        } catch (IOException problem) {
            throw broken(problem);
        }
    }

    /** Counts a message or text. */
    private void count() {
        if (++messages > MESSAGES) {
            throw new FormatException(name + " holds more than " + MESSAGES + " messages and texts; split the model");
        }
    }

    long varint() {
        expect(WireFormat.WIRETYPE_VARINT);
        try {
            return in.readInt64();
        } catch (IOException problem) {
            throw broken(problem);
        }
    }

    float float32() {
        expect(WireFormat.WIRETYPE_FIXED32);
        try {
            return in.readFloat();
        } catch (IOException problem) {
            throw broken(problem);
        }
    }

    /** Text in UTF-8. */
    String text() {
        count();
        byte[] bytes = bytes().toArray(ValueLayout.JAVA_BYTE);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException problem) {
            throw new FormatException(name + " has text that is not UTF-8 before byte " + in.getTotalBytesRead(),
                    problem);
        }
    }

    /** The bytes of a field, where they lie. */
    MemorySegment bytes() {
        expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        try {
            int length = length();
            long start = in.getTotalBytesRead();
            if (start + length > file.byteSize()) {
                throw broken(new IOException("a field of " + length + " bytes goes beyond the end"));
            }
            in.skipRawBytes(length);
            return file.asSlice(start, length);
        } catch (IOException problem) {
            throw broken(problem);
        }
    }

    /** Integers that lie packed or one in a field. */
    void varints(LongConsumer each) {
        repeated(WireFormat.WIRETYPE_VARINT, () -> {
            try {
                each.accept(in.readInt64());
            } catch (IOException problem) {
                throw broken(problem);
            }
        });
    }

    /** Numbers of 4 bytes, as their bits. */
    void fixed32(LongConsumer each) {
        repeated(WireFormat.WIRETYPE_FIXED32, () -> {
            try {
                each.accept(in.readFixed32());
            } catch (IOException problem) {
                throw broken(problem);
            }
        });
    }

    /** Numbers of 8 bytes, as their bits. */
    void fixed64(LongConsumer each) {
        repeated(WireFormat.WIRETYPE_FIXED64, () -> {
            try {
                each.accept(in.readFixed64());
            } catch (IOException problem) {
                throw broken(problem);
            }
        });
    }

    private void repeated(int wireType, Runnable one) {
        if (WireFormat.getTagWireType(tag) == wireType) {
            number(one);
            return;
        }
        expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        try {
            int limit = in.pushLimit(length());
            while (in.getBytesUntilLimit() > 0) {
                number(one);
            }
            in.popLimit(limit);
        } catch (IOException problem) {
            throw broken(problem);
        }
    }

    private void number(Runnable one) {
        if (++numbers > mostNumbers) {
            throw refused("lists of numbers have more than " + mostNumbers + " in all, a quarter of the memory that"
                    + " Java may take (-Xmx); store tensors as raw_data or outside of the file");
        }
        one.run();
    }

    private int length() throws IOException {
        int length = in.readRawVarint32();
        if (length < 0) {
            throw new IOException("a length is negative");
        }
        return length;
    }

    private void expect(int wireType) {
        if (WireFormat.getTagWireType(tag) != wireType) {
            throw broken(new IOException("field " + field() + " has wire type " + WireFormat.getTagWireType(tag)
                    + ", not " + wireType));
        }
    }

    /** What a reader throws for a file that asks for too much. */
    FormatException refused(String why) {
        return new FormatException(name + ": " + why + ", at byte " + in.getTotalBytesRead());
    }

    private FormatException broken(IOException problem) {
        return new FormatException(name + " is no ONNX file, is cut off or damaged: at byte " + in.getTotalBytesRead()
                + " of " + file.byteSize() + ": " + problem.getMessage(), problem);
    }

    /** A segment as a stream. */
    private static final class SegmentStream extends InputStream {
        private final MemorySegment segment;
        private long position;

        SegmentStream(MemorySegment segment) {
            this.segment = segment;
        }

        @Override
        public int read() {
            return position < segment.byteSize() ? segment.get(ValueLayout.JAVA_BYTE, position++) & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = (int) Math.min(length, segment.byteSize() - position);
            if (count <= 0) {
                return length == 0 ? 0 : -1;
            }
            MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, position, target, offset, count);
            position += count;
            return count;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.clamp(segment.byteSize() - position, 0, Math.max(0, count));
            position += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, segment.byteSize() - position);
        }
    }
}
