package dev.sinter.formats.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/** Where bytes are written one after the other. */
public final class ByteTarget {
    /** How many bytes of memory one buffer shows at most. */
    private static final long PART = 1L << 30;

    private final WritableByteChannel channel;

    public ByteTarget(WritableByteChannel channel) {
        this.channel = channel;
    }

    public void write(byte[] bytes) throws IOException {
        write(MemorySegment.ofArray(bytes));
    }

    public void write(MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += PART) {
            ByteBuffer part = part(bytes, at);
            while (part.hasRemaining()) {
                channel.write(part);
            }
        }
    }

    /** A stream of what is written here; closing it leaves this open. */
    public OutputStream stream() {
        return new BufferedOutputStream(Channels.newOutputStream(channel)) {
            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    /** What a buffer can show of memory from a position on. */
    public static ByteBuffer part(MemorySegment bytes, long at) {
        return bytes.asSlice(at, Math.min(PART, bytes.byteSize() - at)).asByteBuffer();
    }
}
