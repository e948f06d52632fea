package dev.sinter.llvm;

import dev.sinter.files.PrivateFolder;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A folder that remembers what was made of which request, from one process to the next.
 *
 * <p>An entry is a file that is named by two checksums of its request, and holds the whole request, so that
 * no two requests are ever taken for one another. It is written beside its place and renamed into it: several
 * processes may use the folder at a time. Whatever a file holds that is not the entry looked for, whole and
 * with the right checksums, counts as no entry. Entries lie in {@value #SHARDS} folders; after each write to
 * one, what has not been read for longest is deleted until the rest fits that folder's part of the limit.
 * What cannot be written is not remembered, and that is all.
 */
public final class CodeCache {

    /** The system property that says {@code off}, or where the folder is. */
    public static final String PROPERTY = "sinter.code.cache";

    /** The most bytes that the standard folder holds. */
    public static final long STANDARD_LIMIT = 512L << 20;

    private static final int SHARDS = 256;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final String UNFINISHED = "unfinished-";

    private final Optional<Path> folder;
    private final long shardLimit;
    private final AtomicLong hits = new AtomicLong();
    private final AtomicLong misses = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong complaints = new AtomicLong();
    private volatile State state = State.UNCHECKED;

    private enum State {
        /** Nobody has looked at the folder. */
        UNCHECKED,
        /** There is no folder, which a write changes. */
        MISSING,
        /** The folder is private. */
        GOOD,
        /** There is to be no cache, or the folder cannot be used. */
        OFF
    }

    private CodeCache(Optional<Path> folder, long limitBytes) {
        this.folder = folder;
        this.shardLimit = limitBytes / SHARDS;
    }

    /** A cache that remembers nothing. */
    public static CodeCache none() {
        return new CodeCache(Optional.empty(), 0);
    }

    /** A cache in a folder, which is made when there is something to remember, and holds at most some bytes. */
    public static CodeCache in(Path folder, long limitBytes) {
        return new CodeCache(Optional.of(folder), limitBytes);
    }

    /** The cache that {@link #PROPERTY} asks for; in the user's cache folder where it says nothing. */
    public static CodeCache configured() {
        String property = System.getProperty(PROPERTY, "");
        return switch (property) {
            case "off" -> none();
            case "" -> in(PrivateFolder.userCache().resolve("code"), STANDARD_LIMIT);
            default -> in(Path.of(property).toAbsolutePath(), STANDARD_LIMIT);
        };
    }

    /** What was made of a request, if that is remembered. */
    public Optional<byte[]> find(byte[] request) {
        Optional<byte[]> result = read(request);
        (result.isPresent() ? hits : misses).incrementAndGet();
        return result;
    }

    /** Remembers what was made of a request, in place of what may be remembered of it. */
    public void keep(byte[] request, byte[] result) {
        if (CacheEntry.bytes(request, result) > shardLimit || !ready()) {
            return;
        }
        Path file = file(request);
        Path shard = file.getParent();
        try {
            write(shard, file, CacheEntry.write(request, result));
            trim(shard);
        } catch (IOException | UnsupportedOperationException | SecurityException failure) {
            complain(failure);
        }
    }

    /** How often {@link #find} has found something. */
    public long hits() {
        return hits.get();
    }

    /** How often {@link #find} has found nothing. */
    public long misses() {
        return misses.get();
    }

    private Optional<byte[]> read(byte[] request) {
        if (state() != State.GOOD) {
            return Optional.empty();
        }
        Path file = file(request);
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile() || found.size() > shardLimit) {
                return Optional.empty();
            }
            Optional<byte[]> result = CacheEntry.read(content(file), request);
            long now = System.currentTimeMillis();
            if (result.isPresent() && found.lastModifiedTime().toMillis() < now - HOUR_MILLIS) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(now));
            }
            return result;
        } catch (IOException | SecurityException unreadable) {
            return Optional.empty();
        }
    }

    /** Reads a file; an interrupt of the thread has no effect, as it would on a channel. */
    private static byte[] content(Path file) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return in.readAllBytes();
        }
    }

    private void write(Path shard, Path file, byte[] entry) throws IOException {
        if (!Files.isDirectory(shard, LinkOption.NOFOLLOW_LINKS)) {
            PrivateFolder.create(shard);
        }
        Path process = Files.readSymbolicLink(Path.of("/proc/self"));
        Path fresh = shard.resolve(UNFINISHED + process + "-" + System.identityHashCode(this) + "-"
                + writes.incrementAndGet());
        boolean moved = false;
        try {
            try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
                out.write(entry);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            moved = true;
        } finally {
            if (!moved) {
                Files.deleteIfExists(fresh);
            }
        }
    }

    /** Deletes what has not been used for longest, until the shard is small enough. */
    private void trim(Path shard) throws IOException {
        record Used(Path file, long bytes, long time) {
        }
        List<Used> entries = new ArrayList<>();
        long now = System.currentTimeMillis();
        long total = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
            for (Path file : files) {
                try {
                    BasicFileAttributes found =
                            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                    long time = found.lastModifiedTime().toMillis();
                    if (!file.getFileName().toString().startsWith(UNFINISHED)) {
                        entries.add(new Used(file, found.size(), time));
                        total += found.size();
                    } else if (time < now - HOUR_MILLIS) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException gone) {
                    // Another process has just renamed or deleted it.
                }
            }
        }
        if (total > shardLimit) {
            entries.sort(Comparator.comparingLong(Used::time));
            for (Used entry : entries) {
                if (total > shardLimit) {
                    Files.deleteIfExists(entry.file());
                    total -= entry.bytes();
                }
            }
        }
    }

    private Path file(byte[] request) {
        String name = HexFormat.of().toHexDigits(CacheEntry.checksums(request));
        return folder.orElseThrow().resolve(name.substring(0, 2)).resolve(name.substring(2));
    }

    private State state() {
        if (state == State.UNCHECKED) {
            state = look();
        }
        return state;
    }

    private State look() {
        if (folder.isEmpty()) {
            return State.OFF;
        }
        if (!Files.exists(folder.get(), LinkOption.NOFOLLOW_LINKS)) {
            return State.MISSING;
        }
        try {
            PrivateFolder.require(folder.get());
            return State.GOOD;
        } catch (IOException | UnsupportedOperationException | SecurityException failure) {
            complain(failure);
            return State.OFF;
        }
    }

    /** Whether the folder can be written; makes it where it is missing. */
    private boolean ready() {
        if (state() == State.MISSING) {
            try {
                PrivateFolder.create(folder.orElseThrow());
                state = State.GOOD;
            } catch (IOException | UnsupportedOperationException | SecurityException failure) {
                complain(failure);
            }
        }
        return state() == State.GOOD;
    }

    /** Says the first time why something is not remembered, to those who ask for the details. */
    private void complain(Exception failure) {
        if (complaints.getAndIncrement() == 0) {
            System.getLogger("dev.sinter.llvm").log(Level.DEBUG, "compiled code is not cached: " + failure);
        }
    }
}
