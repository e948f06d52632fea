package dev.sinter.formats.npy;

import static java.nio.channels.FileChannel.MapMode.READ_ONLY;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.MappedArray;
import dev.sinter.formats.file.ByteSource;
import dev.sinter.formats.file.ByteTarget;
import dev.sinter.formats.file.NewFile;
import dev.sinter.formats.file.Reordering;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One array in a file, as {@code numpy.save} writes it and {@code numpy.load} reads it.
 *
 * <p>All dtypes of Sinter are read and written but bfloat16, which NumPy lacks; a message says what to do instead.
 * Files of the versions 1.0 to 3.0 are read, in both orders of bytes, in row-major and column-major order; Python
 * objects, records, strings, times and complex numbers are refused, and nothing is ever unpickled. Each method throws a
 * {@link FormatException} that names the file and the byte where something is wrong with a file, and where it cannot be
 * read or written.
 */
public final class Npy {
    /** How much memory a stream gets for elements that it has announced only. */
    private static final long ANNOUNCED = 16L << 20;

    private Npy() {}

    /** The array of a file. */
    public static NDArray read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteSource source = new ByteSource(file.toString(), channel);
            NpyHeader header = NpyHeader.read(source);
            if (!Files.isRegularFile(file)) {
                return array(source, header, Math.min(header.byteSize(), ANNOUNCED));
            }
            checkSize(source, header, channel.size());
            return array(source, header, header.byteSize());
        } catch (IOException problem) {
            throw unreadable(file, problem);
        }
    }

    /** The next array of a stream, which is left where the array ends; one array may follow another. */
    public static NDArray read(InputStream in) {
        return read(new ByteSource("the stream", Channels.newChannel(in)));
    }

    /** The array that comes next. */
    private static NDArray read(ByteSource source) {
        NpyHeader header = NpyHeader.read(source);
        return array(source, header, Math.min(header.byteSize(), ANNOUNCED));
    }

    /** The array that is all of a source, which says that it has so many bytes. */
    static NDArray read(ByteSource source, long size) {
        NpyHeader header = NpyHeader.read(source);
        checkSize(source, header, size);
        NDArray array = array(source, header, Math.min(header.byteSize(), ANNOUNCED));
        if (!source.ends()) {
            throw new FormatException(source.name() + ": goes on after its array, from byte " + size + " on");
        }
        return array;
    }

    private static NDArray array(ByteSource source, NpyHeader header, long first) {
        NDArray elements = elements(source, header, first);
        if (header.stored().reversed()) {
            Reordering.reverse(elements.segment(), header.dtype().bytes());
        }
        if (header.dtype() == DType.BOOL) {
            Reordering.bools(elements.segment());
        }
        return header.columnMajor() && elements.rank() > 1 ? Reordering.rowMajor(elements) : elements;
    }

    /** The elements as they lie; memory is taken as they come, so that a false announcement costs nothing. */
    private static NDArray elements(ByteSource source, NpyHeader header, long first) {
        long bytes = header.byteSize();
        NDArray part = memory(header, first);
        source.fill(part.segment(), "the elements");
        for (long held = first; held < bytes; held = part.segment().byteSize()) {
            NDArray larger = memory(header, held > bytes / 2 ? bytes : 2 * held);
            larger.segment().copyFrom(part.segment());
            source.fill(larger.segment().asSlice(held), "the elements");
            part = larger;
        }
        return part;
    }

    private static NDArray memory(NpyHeader header, long bytes) {
        return bytes == header.byteSize() ? NDArray.zeros(header.dtype(), header.sizes())
                : NDArray.zeros(DType.UINT8, bytes);
    }

    /**
     * The array of a file without reading it: the file is mapped into memory until nothing refers to the array any
     * more. Elements in the other order of bytes, and column-major ones of several axes, are refused; {@link #read}
     * reorders them.
     */
    public static MappedArray map(Path file) {
        return map(file, Arena.ofAuto());
    }

    /** The array of a file without reading it, mapped until an arena is closed. */
    public static MappedArray map(Path file, Arena arena) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteSource source = new ByteSource(file.toString(), channel);
            NpyHeader header = NpyHeader.read(source);
            checkSize(source, header, channel.size());
            if (header.stored().reversed() || header.columnMajor() && header.sizes().length > 1) {
                throw new FormatException(file + ": the elements lie in " + (header.stored().reversed()
                        ? "the other order of bytes" : "column-major order") + "; read(...) reorders them");
            }
            MemorySegment elements = channel.map(READ_ONLY, source.position(), header.byteSize(), arena);
            return new MappedArray(file.toString(), header.dtype(), elements, header.sizes());
        } catch (IOException problem) {
            throw unreadable(file, problem);
        }
    }

    private static void checkSize(ByteSource source, NpyHeader header, long size) {
        long left = size - source.position();
        if (left < header.byteSize()) {
            throw new FormatException(source.name() + ": has " + left + " bytes of elements from byte "
                    + source.position() + " on, but " + header.byteSize() + " are announced; it has been cut off");
        }
        if (left > header.byteSize()) {
            throw new FormatException(source.name() + ": has " + (left - header.byteSize()) + " bytes after its array,"
                    + " from byte " + (source.position() + header.byteSize()) + " on; several arrays are read from a"
                    + " stream, one after the other");
        }
    }

    /** Writes an array to a file, which appears, or is replaced, when it is whole: byte by byte NumPy's file. */
    public static void write(Path file, NDArray array) {
        byte[] header = NpyHeader.bytes(array);
        NewFile.write(file, target -> {
            target.write(header);
            target.write(array.segment());
        });
    }

    /** Writes an array to a stream, which stays open. */
    public static void write(OutputStream out, NDArray array) {
        byte[] header = NpyHeader.bytes(array);
        try {
            out.write(header);
            ByteTarget.write(out, array.segment());
        } catch (IOException problem) {
            throw new FormatException("the array cannot be written: " + problem, problem);
        }
    }

    private static FormatException unreadable(Path file, IOException problem) {
        return new FormatException(file + ": cannot be read: " + problem, problem);
    }
}
