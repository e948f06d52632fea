package dev.sinter.llvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The caches that a core has for data.
 *
 * @param l1Bytes of the first level
 * @param l2Bytes of the second level
 */
public record Caches(long l1Bytes, long l2Bytes) {
    /** What a core has where the system does not say. */
    public static final Caches USUAL = new Caches(48 << 10, 1 << 20);

    private static final Path LINUX = Path.of("/sys/devices/system/cpu/cpu0/cache");
    /** How many caches are looked for. */
    private static final int MOST = 8;

    private static final class Host {
        private static final Caches CACHES = in(LINUX);
    }

    /** Those of this machine's first core. */
    public static Caches ofHost() {
        return Host.CACHES;
    }

    /** Those that a folder describes as Linux does: {@code index0/level}, {@code index0/type}, {@code index0/size}. */
    public static Caches in(Path folder) {
        return new Caches(bytes(folder, "1").orElse(USUAL.l1Bytes), bytes(folder, "2").orElse(USUAL.l2Bytes));
    }

    private static OptionalLong bytes(Path folder, String level) {
        for (int i = 0; i < MOST; i++) {
            Path cache = folder.resolve("index" + i);
            if (text(cache.resolve("level")).equals(level) && !text(cache.resolve("type")).equals("Instruction")) {
                return size(text(cache.resolve("size")));
            }
        }
        return OptionalLong.empty();
    }

    /** The bytes that a text such as {@code 32K} says, empty for another text or none at all. */
    private static OptionalLong size(String text) {
        if (!text.matches("[1-9][0-9]{0,8}[KM]")) {
            return OptionalLong.empty();
        }
        long count = Long.parseLong(text.substring(0, text.length() - 1));
        return OptionalLong.of(count << (text.endsWith("K") ? 10 : 20));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            return "";
        }
    }
}
