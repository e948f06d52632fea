package dev.sinter.formats.file;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.sinter.formats.FormatException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A file that appears under its name when it is whole: it is written beside that and moved, so that a reader sees the
 * old file or the new one, and a file that others have mapped stays what it is for them.
 */
public final class NewFile {
    private NewFile() {}

    /** What a file holds. */
    @FunctionalInterface
    public interface Content {
        void writeTo(ByteTarget target) throws IOException;
    }

    /**
     * Writes a file, or replaces it. What a symbolic link names is replaced, not the link; a device or pipe is written
     * to directly.
     *
     * @throws FormatException where that is not possible; then nothing has changed
     */
    public static void write(Path file, Content content) {
        try {
            Path target = Files.isSymbolicLink(file) && Files.exists(file) ? file.toRealPath() : file;
            if (Files.isDirectory(target)) {
                throw new FormatException(file + ": cannot be written: it is a folder");
            }
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                try (FileChannel channel = FileChannel.open(target, WRITE)) {
                    content.writeTo(new ByteTarget(channel));
                }
            } else {
                replace(target, content);
            }
        } catch (IOException problem) {
            throw new FormatException(file + ": cannot be written: " + problem, problem);
        }
    }

    private static void replace(Path file, Content content) throws IOException {
        Path beside = file.resolveSibling("." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(beside, CREATE_NEW, WRITE)) {
                content.writeTo(new ByteTarget(channel));
                channel.force(true);
            }
            try {
                Files.move(beside, file, ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException slow) {
                Files.move(beside, file, REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
