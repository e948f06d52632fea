package dev.sinter.formats.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/** Where bytes are written one after the other. */
public final class ByteTarget {
    /** How many bytes of memory one buffer shows at most. */
    private static final long PART = 1L << 30;

    /** How many bytes go to a stream at once. */
    private static final int PIECE = 1 << 17;

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

    /** Writes to a stream, in pieces that fit into the cache. */
    public static void write(OutputStream out, MemorySegment bytes) throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE, bytes.byteSize())];
        for (long at = 0; at < bytes.byteSize(); at += piece.length) {
            int length = (int) Math.min(piece.length, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, length);
            out.write(piece, 0, length);
        }
    }

    /** A stream of what is written here; closing it leaves this open. */
    public OutputStream stream() {
        return new BufferedOutputStream(Channels.newOutputStream(channel), PIECE) {
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
