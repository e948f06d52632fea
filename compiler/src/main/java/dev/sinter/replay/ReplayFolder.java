package dev.sinter.replay;

import dev.sinter.files.PrivateFolder;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.GraphException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A folder of the replays of compilations that are under way or have failed. A compilation that needs no native
 * code from LLVM writes nothing unless it fails; one that succeeds leaves nothing behind. A file is written beside
 * its place and renamed into it; several processes may use the folder at a time. It holds the
 * {@value #MOST} latest files.
 */
public final class ReplayFolder {
    /** The system property that says {@code off}, or where the folder is. */
    public static final String PROPERTY = "sinter.replay";

    /** How many files are kept. */
    public static final int MOST = 16;

    private static final String SUFFIX = ".replay";
    private static final String UNFINISHED = "unfinished-";
    private static final long HOUR_MILLIS = 3_600_000;

    private final Optional<Path> folder;
    private final AtomicLong written = new AtomicLong();

    private ReplayFolder(Optional<Path> folder) {
        this.folder = folder;
    }

    /** A compilation to watch over. */
    @FunctionalInterface
    public interface Work<T> {
        /**
         * Compiles.
         *
         * @param beforeNativeCode is called before LLVM generates code, however often
         */
        T compile(Runnable beforeNativeCode);
    }

    /** No folder: nothing is written. */
    public static ReplayFolder none() {
        return new ReplayFolder(Optional.empty());
    }

    /** A folder, which is made when there is something to write. */
    public static ReplayFolder in(Path folder) {
        return new ReplayFolder(Optional.of(folder.toAbsolutePath()));
    }

    /** The folder that {@link #PROPERTY} asks for; in the user's cache folder where it says nothing. */
    public static ReplayFolder configured() {
        String property = System.getProperty(PROPERTY, "");
        return switch (property) {
            case "off" -> none();
            case "" -> in(PrivateFolder.userCache().resolve("replay"));
            default -> in(Path.of(property));
        };
    }

    /**
     * The result of a compilation. While LLVM works for it, its replay is on disk.
     *
     * @throws GraphException that the compilation throws, the user's fault
     * @throws CompilerBug    in place of any other exception, with a line that names the replay's file
     */
    public <T> T watch(Supplier<Replay> replay, Work<T> work) {
        Entry entry = new Entry(replay);
        boolean keep = false;
        try {
            return work.compile(entry::write);
        } catch (GraphException mistake) {
            throw mistake;
        } catch (CompilerBug bug) {
            keep = true;
            throw entry.located(bug);
        } catch (RuntimeException | StackOverflowError | AssertionError broken) {
            keep = true;
            throw entry.located(new CompilerBug("the compilation fails: " + broken, broken));
        } finally {
            if (!keep) {
                entry.delete();
            }
        }
    }

    /** The files in the folder, the latest first. */
    public List<Path> files() {
        if (folder.isEmpty() || !Files.isDirectory(folder.get(), LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try {
            return latestFirst(folder.get(), false);
        } catch (IOException unreadable) {
            complain(unreadable);
            return List.of();
        }
    }

    /** The file of one compilation, where one is written. */
    private final class Entry {
        private final Supplier<Replay> replay;
        private Optional<Path> file = Optional.empty();
        private boolean tried;

        Entry(Supplier<Replay> replay) {
            this.replay = replay;
        }

        void write() {
            if (!tried && folder.isPresent()) {
                tried = true;
                write(replay.get());
            }
        }

        /** Whatever goes wrong, the compilation goes on without a file. */
        private void write(Replay content) {
            try {
                file = Optional.of(put(content.text(), file));
            } catch (IOException | RuntimeException | StackOverflowError failure) {
                complain(failure);
            }
        }

        CompilerBug located(CompilerBug bug) {
            if (folder.isPresent()) {
                write(replay.get().withFailure(bug.getMessage()));
            }
            return file.map(path -> bug.withLine("what was compiled is in " + path + "; \"sinter replay " + path
                    + "\" says which stage fails")).orElse(bug);
        }

        void delete() {
            file.ifPresent(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException | SecurityException failure) {
                    complain(failure);
                }
            });
        }
    }

    /** Writes a file, in place of another one where that is given. */
    private Path put(String text, Optional<Path> old) throws IOException {
        Path parent = folder.orElseThrow();
        PrivateFolder.create(parent);
        String name = "%d-%d-%06d%s".formatted(ProcessHandle.current().pid(), System.identityHashCode(this),
                written.incrementAndGet(), SUFFIX);
        Path fresh = parent.resolve(UNFINISHED + name);
        Path file = old.orElseGet(() -> parent.resolve(System.currentTimeMillis() + "-" + name));
        boolean moved = false;
        try {
            // Unlike a channel, a stream takes no notice of an interrupt of the thread.
            try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            moved = true;
        } finally {
            if (!moved) {
                Files.deleteIfExists(fresh);
            }
        }
        List<Path> files = latestFirst(parent, true);
        for (Path oldest : files.subList(Math.min(MOST, files.size()), files.size())) {
            Files.deleteIfExists(oldest);
        }
        return file;
    }

    private static List<Path> latestFirst(Path parent, boolean clean) throws IOException {
        record Dated(Path file, long time) {}
        List<Dated> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, "*" + SUFFIX)) {
            for (Path file : all) {
                try {
                    long time = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
                    if (!file.getFileName().toString().startsWith(UNFINISHED)) {
                        files.add(new Dated(file, time));
                    } else if (clean && time < System.currentTimeMillis() - HOUR_MILLIS) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException gone) {
                    // Another process has just renamed or deleted it.
                }
            }
        }
        files.sort(Comparator.comparingLong(Dated::time).reversed()
                .thenComparing(dated -> dated.file().getFileName().toString(), Comparator.reverseOrder()));
        return files.stream().map(Dated::file).toList();
    }

    private static void complain(Throwable failure) {
        System.getLogger("dev.sinter.replay").log(Level.DEBUG, "no replay is kept: " + failure);
    }
}
