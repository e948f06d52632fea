package dev.sinter.formats.npy;

import dev.sinter.formats.ArrayFile;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.file.ByteSource;
import dev.sinter.formats.file.ByteTarget;
import dev.sinter.formats.file.NewFile;
import dev.sinter.formats.file.Quoted;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Named arrays in a zip archive, as {@code numpy.savez} and {@code numpy.savez_compressed} write them: each entry is an
 * npy file, {@code w1.npy} of the array {@code w1}. Entries are read when they are asked for, stored or deflated, of
 * any size; their checksums are compared. Nothing is unpacked to files, so a name may be any.
 *
 * <p>Messages of a {@link FormatException} name the archive and the entry.
 */
public final class Npz implements ArrayFile {
    private static final String SUFFIX = ".npy";
    private static final int LONGEST_NAME = 0xffff;
    /** How many bytes a deflated byte stands for at most: 258 equal ones take 2 bits. */
    private static final long MOST_INFLATED = 1032;

    /** The time of all entries, so that equal arrays make equal archives. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final String source;
    private final ZipFile archive;
    private final Map<String, ZipEntry> entries;

    private Npz(String source, ZipFile archive, Map<String, ZipEntry> entries) {
        this.source = source;
        this.archive = archive;
        this.entries = entries;
    }

    /**
     * Opens an archive, to read some of its arrays.
     *
     * @throws FormatException where the file is no zip archive, two entries have one name or lie in the same bytes, an
     *                         entry says that it has more bytes than it can have, or is no npy file
     */
    public static Npz open(Path file) {
        try {
            ZipFile archive = new ZipFile(file.toFile());
            try {
                Map<String, ZipEntry> entries = entries(file.toString(), archive);
                checkSizes(file.toString(), entries.values(), Files.size(file));
                return new Npz(file.toString(), archive, entries);
            } catch (FormatException wrong) {
                archive.close();
                throw wrong;
            }
        } catch (IOException | IllegalArgumentException problem) {
            throw new FormatException(file + ": cannot be read as a zip archive: " + problem, problem);
        }
    }

    private static Map<String, ZipEntry> entries(String source, ZipFile archive) {
        Map<String, ZipEntry> entries = new LinkedHashMap<>();
        for (ZipEntry entry : Collections.list(archive.entries())) {
            String name = entry.getName();
            if (entry.isDirectory()) {
                continue;
            }
            if (!name.endsWith(SUFFIX)) {
                throw new FormatException(source + ": the entry " + Quoted.word(name) + " is no array: its name does"
                        + " not end with " + SUFFIX);
            }
            if (entries.put(name.substring(0, name.length() - SUFFIX.length()), entry) != null) {
                throw new FormatException(source + ": two entries are called " + Quoted.word(name));
            }
        }
        return entries;
    }

    /** What is read is at most {@value #MOST_INFLATED} times the file: no two entries are the same bytes of it. */
    private static void checkSizes(String source, Collection<ZipEntry> entries, long fileSize) {
        long left = fileSize;
        for (ZipEntry entry : entries) {
            long packed = entry.getCompressedSize();
            boolean fits = entry.getMethod() == ZipEntry.STORED ? entry.getSize() == packed
                    : entry.getSize() / MOST_INFLATED <= packed;
            if (!fits) {
                throw new FormatException(source + ": " + Quoted.word(entry.getName()) + ": says that it has "
                        + entry.getSize() + " bytes, which " + packed + " bytes of the archive cannot hold");
            }
            left -= packed;
            if (left < 0) {
                throw new FormatException(source + ": the entries have more bytes than the archive, so that some lie"
                        + " in the same ones");
            }
        }
    }

    @Override
    public String source() {
        return source;
    }

    /** The names of the arrays, in the order of the archive. */
    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /**
     * One array.
     *
     * @throws FormatException for a name that is not there, and an entry that is no array or is damaged
     */
    public NDArray read(String name) {
        ZipEntry entry = entry(name);
        try (InputStream unpacked = archive.getInputStream(entry);
                CheckedInputStream in = new CheckedInputStream(unpacked, new CRC32())) {
            ByteSource bytes = new ByteSource(called(entry), Channels.newChannel(in));
            NDArray array = Npy.read(bytes, entry.getSize());
            if (in.getChecksum().getValue() != entry.getCrc()) {
                throw new FormatException(called(entry) + ": is damaged: its checksum is wrong");
            }
            return array;
        } catch (IOException problem) {
            throw new FormatException(called(entry) + ": cannot be read: " + problem, problem);
        } catch (IllegalStateException closed) {
            throw closed(closed);
        }
    }

    @Override
    public DType dtype(String name) {
        return header(name).dtype();
    }

    @Override
    public Shape shape(String name) {
        return Shape.shape(header(name).sizes());
    }

    private NpyHeader header(String name) {
        ZipEntry entry = entry(name);
        try (InputStream in = archive.getInputStream(entry)) {
            return NpyHeader.read(new ByteSource(called(entry), Channels.newChannel(in)));
        } catch (IOException problem) {
            throw new FormatException(called(entry) + ": cannot be read: " + problem, problem);
        } catch (IllegalStateException closed) {
            throw closed(closed);
        }
    }

    private ZipEntry entry(String name) {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw new FormatException(source + ": holds no array " + Quoted.word(name) + ", only "
                    + Quoted.words(entries.keySet()));
        }
        return entry;
    }

    private String called(ZipEntry entry) {
        return source + ": " + Quoted.word(entry.getName());
    }

    private GraphException closed(IllegalStateException cause) {
        return new GraphException(source + ": the file is closed; read before that, or open it again", cause);
    }

    @Override
    public void close() {
        try {
            archive.close();
        } catch (IOException problem) {
            throw new FormatException(source + ": cannot be closed: " + problem, problem);
        }
    }

    /** All arrays of an archive, in its order. */
    public static Map<String, NDArray> read(Path file) {
        try (Npz archive = open(file)) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            archive.names().forEach(name -> arrays.put(name, archive.read(name)));
            return Collections.unmodifiableMap(arrays);
        }
    }

    /** Writes arrays to an archive in the map's order, as they are; it appears, or is replaced, when it is whole. */
    public static void write(Path file, Map<String, NDArray> arrays) {
        write(file, arrays, ZipEntry.STORED);
    }

    /** Writes arrays to an archive in the map's order, deflated; it appears, or is replaced, when it is whole. */
    public static void writeCompressed(Path file, Map<String, NDArray> arrays) {
        write(file, arrays, ZipEntry.DEFLATED);
    }

    private static void write(Path file, Map<String, NDArray> arrays, int method) {
        arrays.keySet().forEach(name -> checkName(file, name));
        arrays.values().forEach(NpyHeader::bytes);
        NewFile.write(file, target -> {
            try (ZipOutputStream zip = new ZipOutputStream(target.stream())) {
                zip.setMethod(method);
                for (Map.Entry<String, NDArray> array : arrays.entrySet()) {
                    zip.putNextEntry(entry(array.getKey(), array.getValue(), method));
                    Npy.write(zip, array.getValue());
                    zip.closeEntry();
                }
            }
        });
    }

    private static void checkName(Path file, String name) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new FormatException(file + ": the name " + Quoted.word(name) + " of an array has half a letter,"
                    + " which no archive can keep");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length + SUFFIX.length() > LONGEST_NAME) {
            throw new FormatException(file + ": a name of " + name.length() + " letters is too long for a zip archive");
        }
    }

    /** An entry for an array; of one that is stored as it is, size and checksum stand before it. */
    private static ZipEntry entry(String name, NDArray array, int method) {
        ZipEntry entry = new ZipEntry(name + SUFFIX);
        entry.setTimeLocal(TIME);
        if (method == ZipEntry.STORED) {
            byte[] header = NpyHeader.bytes(array);
            CRC32 checksum = new CRC32();
            checksum.update(header);
            MemorySegment elements = array.segment();
            for (long at = 0; at < elements.byteSize(); ) {
                ByteBuffer part = ByteTarget.part(elements, at);
                at += part.remaining();
                checksum.update(part);
            }
            entry.setSize(header.length + elements.byteSize());
            entry.setCrc(checksum.getValue());
        }
        return entry;
    }
}
