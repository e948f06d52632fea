package dev.sinter.formats.safetensors;

import static java.nio.channels.FileChannel.MapMode.READ_ONLY;

import dev.sinter.formats.ArrayFile;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.MappedArray;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.Weights;
import dev.sinter.formats.file.NewFile;
import dev.sinter.formats.file.Quoted;
import dev.sinter.formats.file.Reordering;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file of named tensors in the safetensors format, which PyTorch's, JAX's and other models are kept in. The file is
 * mapped when it is opened, and its header checked: names, dtypes and shapes are known then, and elements are read from
 * the file when they are asked for. {@link Weights} loads them into variables.
 *
 * <p>All dtypes of Sinter are read and written. A tensor of another dtype, such as an 8-bit float, is an
 * {@link UnsupportedException} when that tensor is asked for; the others of its file can be read.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The description of the format</a>
 */
public final class SafeTensors implements ArrayFile {
    /** The most bytes that a header may have, in the format's own library too. */
    static final long LONGEST_HEADER = 100_000_000;

    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final String source;
    private final Optional<Arena> arena;
    private final Map<String, String> metadata;
    private final Map<String, TensorInfo> tensors;
    private final MemorySegment elements;

    private SafeTensors(String source, Optional<Arena> arena, MemorySegment file) {
        byte[] header = header(source, file);
        HeaderReader.Header read = HeaderReader.read(source, header);
        this.source = source;
        this.arena = arena;
        this.metadata = Collections.unmodifiableMap(read.metadata());
        this.elements = file.asSlice(Long.BYTES + header.length);
        this.tensors = ordered(read.tensors());
        check();
    }

    /**
     * Opens a file, which stays mapped until this is closed.
     *
     * @throws FormatException where the file cannot be read, is no safetensors file, is cut off or too long, or its
     *                         header is wrong: a name twice, offsets that overlap, leave a hole or go backwards, shapes
     *                         that do not fit them
     */
    public static SafeTensors open(Path file) {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(file)) {
            SafeTensors tensors = new SafeTensors(file.toString(), Optional.of(arena),
                    channel.map(READ_ONLY, 0, channel.size(), arena));
            opened = true;
            return tensors;
        } catch (IOException problem) {
            throw new FormatException(file + ": cannot be read: " + problem, problem);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    /**
     * Opens the files of a model that is kept in several, such as {@code model-00001-of-00002.safetensors}: as one, in
     * the order of the index.
     *
     * @param index the file that says which tensor lies in which file beside it: {@code model.safetensors.index.json}
     * @throws FormatException where the index is wrong, a file of it cannot be opened or lacks a tensor, or it names a
     *                         file in another folder
     */
    public static ArrayFile openShards(Path index) {
        return Shards.open(index);
    }

    /** The tensors of a file's bytes, which are not copied. */
    public static SafeTensors of(byte[] bytes) {
        return new SafeTensors("the tensors", Optional.empty(), MemorySegment.ofArray(bytes));
    }

    /**
     * All arrays of a file, in its order.
     *
     * @throws UnsupportedException for a file with a tensor of a dtype that Sinter lacks; {@link #open} leaves a choice
     */
    public static Map<String, NDArray> read(Path file) {
        try (SafeTensors tensors = open(file)) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            tensors.names().forEach(name -> arrays.put(name, tensors.read(name)));
            return Collections.unmodifiableMap(arrays);
        }
    }

    private static byte[] header(String source, MemorySegment file) {
        try {
            if (file.byteSize() < Long.BYTES) {
                throw new FormatException(source + ": is no safetensors file: it has " + file.byteSize() + " bytes");
            }
            long length = file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
            if (length < 0 || length > LONGEST_HEADER) {
                throw new FormatException(source + ": is no safetensors file: its header has "
                        + Long.toUnsignedString(length) + " bytes, but at most " + LONGEST_HEADER + " may be"
                        + (file.get(ValueLayout.JAVA_BYTE, 0) == '{' ? "; an index is opened by openShards" : ""));
            }
            if (length > file.byteSize() - Long.BYTES) {
                throw new FormatException(source + ": has " + file.byteSize() + " bytes, but its header has " + length
                        + " after the first " + Long.BYTES + "; it has been cut off");
            }
            return file.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        } catch (InternalError gone) {
            throw new FormatException(source + ": the file was cut off while it was read", gone);
        }
    }

    private static Map<String, TensorInfo> ordered(Map<String, TensorInfo> tensors) {
        Map<String, TensorInfo> ordered = new LinkedHashMap<>();
        List<Map.Entry<String, TensorInfo>> entries = tensors.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.comparingLong(TensorInfo::begin)
                        .thenComparingLong(TensorInfo::end))).toList();
        entries.forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        return ordered;
    }

    /** Each byte after the header belongs to one tensor, and each tensor is as long as its dtype and shape say. */
    private void check() {
        long at = 0;
        for (Map.Entry<String, TensorInfo> entry : tensors.entrySet()) {
            TensorInfo tensor = entry.getValue();
            String called = called(entry.getKey());
            if (tensor.end() < tensor.begin()) {
                throw new FormatException(called + ": ends at byte " + tensor.end() + " before it begins, at "
                        + tensor.begin());
            }
            if (tensor.begin() != at) {
                throw new FormatException(called + ": begins at byte " + tensor.begin() + (tensor.begin() < at
                        ? ", inside of the tensor before it, which ends at " : ", but the tensor before it ends at ")
                        + at);
            }
            at = tensor.end();
            StoredType.named(tensor.type()).ifPresent(type -> checkSize(called, tensor, type));
        }
        if (at > elements.byteSize()) {
            throw new FormatException(source + ": has " + elements.byteSize() + " bytes of elements, but " + at
                    + " are announced; it has been cut off");
        }
        if (at < elements.byteSize()) {
            throw new FormatException(source + ": has " + (elements.byteSize() - at) + " bytes after its last tensor,"
                    + " from byte " + at + " of the elements on");
        }
    }

    private static void checkSize(String called, TensorInfo tensor, StoredType type) {
        long bits = 1;
        for (long size : tensor.sizes()) {
            bits = product(called, tensor, bits, size);
        }
        bits = product(called, tensor, bits, type.bits());
        if (bits % Byte.SIZE != 0) {
            throw new FormatException(called + ": the sizes " + tensor.shown() + " of " + type + " are " + bits
                    + " bits, which are no whole bytes");
        }
        if (bits / Byte.SIZE != tensor.end() - tensor.begin()) {
            throw new FormatException(called + ": the sizes " + tensor.shown() + " of " + type + " are "
                    + bits / Byte.SIZE + " bytes, but its offsets leave room for " + (tensor.end() - tensor.begin()));
        }
    }

    private static long product(String called, TensorInfo tensor, long x, long y) {
        if (Math.multiplyHigh(x, y) != 0 || x * y < 0) {
            throw new FormatException(called + ": the sizes " + tensor.shown() + " are more than a file can have");
        }
        return x * y;
    }

    private String called(String name) {
        return source + ": " + Quoted.word(name);
    }

    @Override
    public String source() {
        return source;
    }

    /** What the file says about itself. */
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /** The file's word for the dtype of a tensor, such as {@code F32} or {@code F8_E4M3}. */
    public String type(String name) {
        return tensor(name).type();
    }

    @Override
    public DType dtype(String name) {
        String word = tensor(name).type();
        Optional<StoredType> type = StoredType.named(word);
        return type.flatMap(StoredType::dtype).orElseThrow(() -> new UnsupportedException(called(name) + ": the dtype "
                + Quoted.word(word) + type.map(SafeTensors::lacking).orElse(" is none that Sinter knows")));
    }

    private static String lacking(StoredType type) {
        return type == StoredType.C64 ? " is complex: save the real and the imaginary parts as two tensors"
                : ", a float of " + type.bits() + " bits, is none that Sinter has: save it as F16, BF16 or F32";
    }

    @Override
    public Shape shape(String name) {
        return Shape.shape(tensor(name).sizes());
    }

    private TensorInfo tensor(String name) {
        TensorInfo tensor = tensors.get(name);
        if (tensor == null) {
            throw new FormatException(source + ": holds no tensor " + Quoted.word(name) + ", only "
                    + Quoted.words(tensors.keySet()));
        }
        return tensor;
    }

    /**
     * A tensor where it lies in the file: nothing is copied, and some of its rows can be read alone.
     *
     * @throws UnsupportedException for a dtype that Sinter lacks, and on machines of the other order of bytes
     */
    public MappedArray map(String name) {
        if (!LITTLE && dtype(name).bytes() > 1) {
            throw new UnsupportedException(called(name) + ": the elements lie in the other order of bytes;"
                    + " read(...) reorders them");
        }
        return mapped(name);
    }

    private MappedArray mapped(String name) {
        TensorInfo tensor = tensor(name);
        return new MappedArray(called(name), dtype(name),
                elements.asSlice(tensor.begin(), tensor.end() - tensor.begin()), tensor.sizes());
    }

    @Override
    public NDArray read(String name) {
        NDArray array = mapped(name).read();
        if (!LITTLE) {
            Reordering.reverse(array.segment(), array.dtype().bytes());
        }
        return array;
    }

    /** Unmaps the file; arrays that were read stay, those that were mapped are gone. */
    @Override
    public void close() {
        arena.filter(open -> open.scope().isAlive()).ifPresent(Arena::close);
    }

    /** Writes arrays to a file, which appears, or is replaced, when it is whole. */
    public static void write(Path file, Map<String, NDArray> arrays) {
        write(file, arrays, Map.of());
    }

    /**
     * Writes arrays to a file, which appears, or is replaced, when it is whole: byte by byte that of the format's own
     * library, where the order of arrays is that of their dtypes and names.
     *
     * @param metadata what the file says about itself; its keys are sorted
     * @throws FormatException for a name that no file can keep, and where the file cannot be written; then nothing has
     *                         changed
     */
    public static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        List<Map.Entry<String, NDArray>> ordered = HeaderWriter.ordered(arrays);
        byte[] header = HeaderWriter.bytes(file, ordered, metadata);
        NewFile.write(file, target -> {
            target.write(header);
            for (Map.Entry<String, NDArray> array : ordered) {
                target.write(LITTLE ? array.getValue().segment() : Reordering.reversed(array.getValue()));
            }
        });
    }
}
