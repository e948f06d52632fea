package dev.sinter.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders that belong to this user and that nobody else can write. */
public final class PrivateFolder {

    /** Bits of a file's mode. */
    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int OTHERS_WRITE = 022;

    private PrivateFolder() {
    }

    /** The attribute with which such a folder is made: all rights for its owner and none for others. */
    public static FileAttribute<Set<PosixFilePermission>> mode() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }

    /**
     * The folder under which the user's cached files lie: in {@code XDG_CACHE_HOME}, else in the user's home; of a
     * user without one, in the folder of temporary files.
     */
    public static Path userCache() {
        String configured = System.getenv("XDG_CACHE_HOME");
        if (configured != null && configured.startsWith("/")) {
            return Path.of(configured, "sinter");
        }
        Path home = Path.of(System.getProperty("user.home", ""));
        return home.isAbsolute() ? home.resolve(".cache").resolve("sinter")
                : Path.of(System.getProperty("java.io.tmpdir"), "sinter-" + System.getProperty("user.name"));
    }

    /**
     * Makes the folder where there is none, and the folders above it.
     *
     * @throws IOException if it cannot be made, or is there and not private
     */
    public static void create(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder.toAbsolutePath().getParent());
            try {
                Files.createDirectory(folder, mode());
            } catch (FileAlreadyExistsException raced) {
                // Another process has just made it; the check below covers both cases.
            }
        }
        require(folder);
    }

    /**
     * Checks that a folder is private.
     *
     * @throws IOException with one clear line if it is not, or is not there
     */
    public static void require(Path folder) throws IOException {
        Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int mode = (int) Files.getAttribute(folder, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE) != FOLDER || (mode & OTHERS_WRITE) != 0 || !owner.equals(self)) {
            throw new IOException("the folder " + folder
                    + " must be a folder that belongs to this user and that nobody else can write");
        }
    }
}
