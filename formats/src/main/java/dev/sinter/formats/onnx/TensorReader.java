package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.schema.ElementType;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.TensorProto.External;
import dev.sinter.formats.onnx.schema.TensorProto.Inline;
import dev.sinter.formats.onnx.schema.TensorProto.Text;
import dev.sinter.formats.onnx.schema.Texts;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Arrays of the tensors of a file. Elements outside of the file lie in files of its folder or below; a path that leads
 * anywhere else, by {@code ..}, a root or a link, is refused. What is read is bounded by these files: a tensor that is
 * used many times, as in a function that many nodes call, is read once, and tensors that lie in the same bytes of a
 * file are at most {@value #MOST_SHARED} times the file.
 */
final class TensorReader {
    private static final long MOST_SHARED = 4;

    private final Optional<Path> folder;
    private final Map<TensorProto, NDArray> arrays = new IdentityHashMap<>();
    /** How many bytes of each file beside the model have been read. */
    private final Map<Path, Long> outside = new HashMap<>();

    /**
     * The reader of one import.
     *
     * @param folder where files beside the model are; empty where there may be none
     */
    TensorReader(Optional<Path> folder) {
        this.folder = folder;
    }

    /** The tensor as an array of memory that no other tensor shares. */
    NDArray array(TensorProto tensor) {
        NDArray array = arrays.get(tensor);
        if (array == null) {
            array = read(tensor);
            arrays.put(tensor, array);
        }
        return array;
    }

    private NDArray read(TensorProto tensor) {
        String name = "tensor '" + Texts.shown(tensor.name()) + "'";
        DType dtype = ElementType.dtype(tensor.elementType()).orElseThrow(() -> new UnsupportedException(name
                + " has elements of " + ElementType.name(tensor.elementType()) + ", which are not supported"));
        long[] sizes = sizes(name, tensor);
        long bytes = bytes(name, sizes, dtype);
        MemorySegment elements = switch (tensor.content()) {
            case Inline(MemorySegment inline) -> inline;
            case External(Map<String, String> entries) -> external(name, entries, bytes);
            case Text _ -> throw new UnsupportedException(name + " holds strings, which are not supported");
        };
        if (elements.byteSize() != bytes) {
            throw new FormatException(name + " of " + dtype + " and sizes " + Arrays.toString(sizes)
                    + " needs " + bytes + " bytes, and the file has " + elements.byteSize());
        }
        if (dtype == DType.BOOL) {
            return bools(elements, sizes);
        }
        return NDArray.from(dtype, elements, sizes);
    }

    /** Any byte but 0 is true. */
    private static NDArray bools(MemorySegment elements, long[] sizes) {
        NDArray array = NDArray.zeros(DType.BOOL, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setLong(i, elements.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1);
        }
        return array;
    }

    private static long[] sizes(String name, TensorProto tensor) {
        return tensor.dims().stream().mapToLong(size -> {
            if (size < 0) {
                throw new FormatException(name + " has a negative size: " + tensor.dims());
            }
            return size;
        }).toArray();
    }

    private static long bytes(String name, long[] sizes, DType dtype) {
        try {
            long bytes = dtype.bytes();
            boolean isEmpty = false;
            for (long size : sizes) {
                isEmpty |= size == 0;
                bytes = Math.multiplyExact(bytes, Math.max(1, size));
            }
            return isEmpty ? 0 : bytes;
        } catch (ArithmeticException problem) {
            throw new FormatException(name + " has more elements than memory can hold: "
                    + Arrays.toString(sizes), problem);
        }
    }

    private MemorySegment external(String name, Map<String, String> entries, long bytes) {
        String location = Optional.ofNullable(entries.get("location")).orElseThrow(() -> new FormatException(name
                + " lies outside of the file, which does not say where: entry 'location' is missing"));
        Path file = confined(name, location);
        long offset = entry(name, entries, "offset", 0);
        long length = entry(name, entries, "length", bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            if (length != bytes || offset > channel.size() - length) {
                throw new FormatException(name + " needs " + bytes + " bytes at " + offset + " of '" + location
                        + "', which has " + channel.size() + "; the model says " + length);
            }
            long total = outside.merge(file, length, Math::addExact);
            if (total / MOST_SHARED > channel.size()) {
                throw new FormatException(name + " and those before it have " + total + " bytes in '" + location
                        + "', which has " + channel.size() + ": a file may be read " + MOST_SHARED + " times");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length, Arena.ofAuto());
        } catch (IOException problem) {
            throw new FormatException(name + ": '" + location + "' cannot be read: " + problem, problem);
        }
    }

    private static long entry(String name, Map<String, String> entries, String key, long otherwise) {
        String text = entries.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text.strip());
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException problem) {
            throw new FormatException(name + ": entry '" + key + "' is no number: " + text, problem);
        }
        throw new FormatException(name + ": entry '" + key + "' is negative: " + text);
    }

    private Path confined(String name, String location) {
        Path root = folder.orElseThrow(() -> new FormatException(name + " lies in '" + location
                + "', and the model was not read from a folder"));
        try {
            Path file = root.resolve(location).normalize();
            if (Path.of(location).isAbsolute() || !file.startsWith(root.normalize()) || file.equals(root.normalize())) {
                throw new FormatException(name + " lies in '" + location + "', outside of the model's folder");
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || !file.toRealPath().startsWith(root.toRealPath())) {
                throw new FormatException(name + " lies in '" + location + "', which is no file in the model's folder");
            }
            return file;
        } catch (IOException | InvalidPathException problem) {
            throw new FormatException(name + ": '" + location + "' cannot be read: " + problem, problem);
        }
    }
}
