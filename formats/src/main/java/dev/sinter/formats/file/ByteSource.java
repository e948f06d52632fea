package dev.sinter.formats.file;

import dev.sinter.formats.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Bytes that are read one after the other, never more than asked for. */
public final class ByteSource {
    private final String name;
    private final ReadableByteChannel channel;
    private long position;

    /**
     * The bytes of a channel.
     *
     * @param name what messages call it
     */
    public ByteSource(String name, ReadableByteChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    /** What messages call it. */
    public String name() {
        return name;
    }

    /** How many bytes have been read. */
    public long position() {
        return position;
    }

    /** The next bytes, few enough for a Java array. */
    public byte[] bytes(int count, String what) {
        byte[] bytes = new byte[count];
        fill(MemorySegment.ofArray(bytes), what);
        return bytes;
    }

    /**
     * Fills memory with the next bytes.
     *
     * @param what what they are, for the message
     * @throws FormatException where there are too few
     */
    public void fill(MemorySegment target, String what) {
        long end = position + target.byteSize();
        for (long at = 0; at < target.byteSize(); ) {
            ByteBuffer part = ByteTarget.part(target, at);
            while (part.hasRemaining()) {
                int read = read(part);
                if (read < 0) {
                    throw new FormatException(name + ": ends at byte " + position + " inside of " + what
                            + ", which should end at byte " + end + "; it has been cut off");
                }
                position += read;
            }
            at += part.limit();
        }
    }

    /** Whether nothing follows; a byte that follows is read. */
    public boolean ends() {
        int read = read(ByteBuffer.allocate(1));
        position += Math.max(read, 0);
        return read < 0;
    }

    private int read(ByteBuffer target) {
        try {
            return channel.read(target);
        } catch (IOException problem) {
            throw new FormatException(name + ": cannot be read at byte " + position + ": " + problem, problem);
        }
    }
}
