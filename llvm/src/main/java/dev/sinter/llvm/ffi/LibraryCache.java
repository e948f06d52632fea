package dev.sinter.llvm.ffi;

import dev.sinter.files.PrivateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * The private folder into which the LLVM library is unpacked from its jar, once per user and version.
 *
 * <p>An entry is a folder with the library and a manifest of its size, modification time and SHA-256. It is
 * filled beside its place and renamed into it, so that other processes see a whole entry or none. The digest
 * is computed while unpacking; afterwards an entry is trusted while its owner, mode, size and time agree.
 */
public final class LibraryCache {

    /** The version of the carrier jar that the bindings are written against. */
    public static final String VERSION = "20.1.7-1.5.12";

    private static final String LIBRARY = "libLLVM.so.20.1";
    private static final String MANIFEST = "manifest";

    private final Path root;
    private final Platform platform;
    private final ClassLoader loader;

    /** A cache under {@code root} that is filled from the class path of {@code loader}. */
    public LibraryCache(Path root, Platform platform, ClassLoader loader) {
        this.root = root;
        this.platform = platform;
        this.loader = loader;
    }

    /**
     * The path of the unpacked library, unpacking it first where that has not been done.
     *
     * @throws IOException with one clear line when there is no jar, no room, or the entry is not private
     */
    public Path library() throws IOException {
        Path entry = entry();
        if (intact(entry)) {
            return entry.resolve(LIBRARY);
        }
        PrivateFolder.create(root);
        Path fresh = Files.createTempDirectory(root, "unpack-", PrivateFolder.mode());
        try {
            unpack(fresh);
            publish(fresh, entry);
        } finally {
            delete(fresh);
        }
        if (!intact(entry)) {
            throw new IOException("the unpacked LLVM library in " + entry + " changed while it was written");
        }
        return entry.resolve(LIBRARY);
    }

    /**
     * Unpacks the library again where its bytes are not those that were unpacked.
     *
     * @return whether that was so
     * @throws IOException as {@link #library}
     */
    boolean repair() throws IOException {
        Path entry = entry();
        Path library = entry.resolve(LIBRARY);
        MessageDigest digest = sha256();
        byte[] block = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(library)) {
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                digest.update(block, 0, count);
            }
        }
        String actual = HexFormat.of().formatHex(digest.digest());
        if (Files.readAllLines(entry.resolve(MANIFEST)).get(2).equals(actual)) {
            return false;
        }
        Files.deleteIfExists(entry.resolve(MANIFEST));
        library();
        return true;
    }

    /**
     * What tells the unpacked library from every other: its version, platform and digest. Empty where it has
     * not been unpacked.
     */
    Optional<String> identity() {
        try {
            Path entry = entry();
            return intact(entry)
                    ? Optional.of(entry.getFileName() + " " + Files.readAllLines(entry.resolve(MANIFEST)).get(2))
                    : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private Path entry() {
        return root.resolve("llvm-" + VERSION + "-" + platform.folder());
    }

    private void unpack(Path folder) throws IOException {
        requireVersion();
        Path library = folder.resolve(LIBRARY);
        MessageDigest digest = sha256();
        try (InputStream in = loader.getResourceAsStream(platform.resource())) {
            if (in == null) {
                throw new IOException("no LLVM library on the class path: add org.bytedeco:llvm:" + VERSION
                        + ":" + platform.folder());
            }
            copy(in, library, digest);
        }
        String actual = HexFormat.of().formatHex(digest.digest());
        Optional<String> expected = platform.sha256();
        if (expected.isPresent() && !expected.get().equals(actual)) {
            throw new IOException("the LLVM library on the class path is not that of version " + VERSION
                    + ": its SHA-256 is " + actual + ", not " + expected.get());
        }
        PosixFileAttributes found = Files.readAttributes(library, PosixFileAttributes.class);
        String manifest = String.join("\n", String.valueOf(found.size()),
                String.valueOf(found.lastModifiedTime().toMillis()), actual, "");
        Path file = folder.resolve(MANIFEST);
        Files.writeString(file, manifest, StandardOpenOption.CREATE_NEW);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private void requireVersion() throws IOException {
        String resource = "META-INF/maven/org.bytedeco/llvm/pom.properties";
        try (InputStream in = loader.getResourceAsStream(resource)) {
            if (in == null) {
                return;
            }
            Properties properties = new Properties();
            properties.load(in);
            String version = properties.getProperty("version", VERSION);
            if (!version.equals(VERSION)) {
                throw new IOException("the class path has org.bytedeco:llvm:" + version + ", needed is "
                        + VERSION);
            }
        }
    }

    private static void copy(InputStream in, Path file, MessageDigest digest) throws IOException {
        byte[] block = new byte[1 << 20];
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                digest.update(block, 0, count);
                ByteBuffer bytes = ByteBuffer.wrap(block, 0, count);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            out.force(true);
        } catch (FileSystemException refused) {
            throw refused;
        } catch (IOException failure) {
            throw new IOException("LLVM cannot be unpacked into " + file.getParent() + ": " + failure.getMessage(),
                    failure);
        }
    }

    /** Renames a filled folder into its place; whoever comes second keeps what the first has put there. */
    private void publish(Path fresh, Path entry) throws IOException {
        try {
            Files.move(fresh, entry, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException refused) {
            if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                throw refused;
            }
            if (!intact(entry)) {
                replace(fresh, entry);
            }
        }
    }

    private void replace(Path fresh, Path entry) throws IOException {
        Path damaged = Files.createTempDirectory(root, "damaged-", PrivateFolder.mode());
        Files.move(entry, damaged, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(fresh, entry, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(damaged);
        }
    }

    /** Whether the entry is there, private to this user, and unchanged since it was written. */
    private boolean intact(Path entry) throws IOException {
        Path library = entry.resolve(LIBRARY);
        Path manifest = entry.resolve(MANIFEST);
        if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)
                || !Files.isRegularFile(manifest, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        PrivateFolder.require(root);
        PrivateFolder.require(entry);
        List<String> lines = Files.readAllLines(manifest);
        PosixFileAttributes found = Files.readAttributes(library, PosixFileAttributes.class);
        return lines.size() == 3
                && lines.get(0).equals(String.valueOf(found.size()))
                && lines.get(1).equals(String.valueOf(found.lastModifiedTime().toMillis()))
                && platform.sha256().map(lines.get(2)::equals).orElse(true);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (var children = Files.newDirectoryStream(folder)) {
                for (Path child : children) {
                    Files.deleteIfExists(child);
                }
            }
            Files.deleteIfExists(folder);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
