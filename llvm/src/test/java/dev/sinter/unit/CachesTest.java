package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.llvm.Caches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The caches that a folder describes as Linux does. */
class CachesTest {
    @TempDir
    private Path folder;

    private void cache(int index, String level, String type, String size) throws IOException {
        Path cache = Files.createDirectories(folder.resolve("index" + index));
        Files.writeString(cache.resolve("level"), level + "\n");
        Files.writeString(cache.resolve("type"), type + "\n");
        Files.writeString(cache.resolve("size"), size + "\n");
    }

    @Test
    void levelsOfData() throws IOException {
        cache(0, "1", "Data", "32K");
        cache(1, "1", "Instruction", "64K");
        cache(2, "2", "Unified", "1M");
        cache(3, "3", "Unified", "32768K");
        assertThat(Caches.in(folder)).isEqualTo(new Caches(32 << 10, 1 << 20));
    }

    @Test
    void usualOnesWhereNothingIsSaid() throws IOException {
        assertThat(Caches.in(folder)).isEqualTo(Caches.USUAL);
        cache(0, "1", "Data", "many");
        cache(1, "2", "Unified", "512K");
        assertThat(Caches.in(folder)).isEqualTo(new Caches(Caches.USUAL.l1Bytes(), 512 << 10));
    }

    @Test
    void thoseOfThisMachine() {
        assertThat(Caches.ofHost().l1Bytes()).isBetween(8L << 10, 1L << 20);
        assertThat(Caches.ofHost().l2Bytes()).isBetween(64L << 10, 64L << 20);
    }
}
