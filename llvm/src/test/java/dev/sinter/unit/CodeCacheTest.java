package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.llvm.CodeCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeCacheTest {

    private static final long LIMIT = 64L << 20;

    @TempDir
    Path parent;

    private Path folder() {
        return parent.resolve("above").resolve("code");
    }

    private CodeCache cache() {
        return CodeCache.in(folder(), LIMIT);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<Path> entries() throws IOException {
        if (!Files.exists(folder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void remembersFromOneProcessToTheNext() throws IOException {
        CodeCache first = cache();
        assertThat(first.find(bytes("request"))).isEmpty();
        first.keep(bytes("request"), bytes("result"));
        assertThat(first.find(bytes("request"))).hasValue(bytes("result"));
        assertThat(first.hits()).isEqualTo(1);
        assertThat(first.misses()).isEqualTo(1);

        CodeCache second = cache();
        assertThat(second.find(bytes("request"))).hasValue(bytes("result"));
        assertThat(second.find(bytes("another"))).isEmpty();
        assertThat(second.find(bytes("reques"))).isEmpty();
        assertThat(entries()).hasSize(1);
    }

    @Test
    void isPrivate() throws IOException {
        cache().keep(bytes("request"), bytes("result"));
        Path entry = entries().getFirst();
        for (Path folder : List.of(folder(), entry.getParent())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
        }
    }

    @Test
    void aFolderThatOthersCanWriteIsNotUsed() throws IOException {
        cache().keep(bytes("request"), bytes("result"));
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxrwx---"));
        CodeCache cache = cache();
        assertThat(cache.find(bytes("request"))).isEmpty();
        cache.keep(bytes("another"), bytes("result"));
        assertThat(entries()).hasSize(1);
    }

    @Test
    void everyChangeOfAnEntryIsNoticed() throws IOException {
        cache().keep(bytes("request"), bytes("result"));
        Path entry = entries().getFirst();
        byte[] good = Files.readAllBytes(entry);
        CodeCache cache = cache();
        for (int at = 0; at < good.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << bit);
                Files.write(entry, bad);
                assertThat(cache.find(bytes("request"))).isEmpty();
            }
        }
        for (int length = 0; length < good.length; length++) {
            Files.write(entry, Arrays.copyOf(good, length));
            assertThat(cache.find(bytes("request"))).isEmpty();
        }
        Files.write(entry, Arrays.copyOf(good, good.length + 1));
        assertThat(cache.find(bytes("request"))).isEmpty();

        cache.keep(bytes("request"), bytes("result"));
        assertThat(cache.find(bytes("request"))).hasValue(bytes("result"));
        assertThat(Files.readAllBytes(entry)).isEqualTo(good);
    }

    @Test
    void anEntryInThePlaceOfAnotherIsForeign() throws IOException {
        CodeCache cache = cache();
        cache.keep(bytes("request"), bytes("result"));
        Path entry = entries().getFirst();
        byte[] good = Files.readAllBytes(entry);
        cache.keep(bytes("another"), bytes("other result"));
        Path other = entries().stream().filter(file -> !file.equals(entry)).findFirst().orElseThrow();
        Files.write(other, good);
        assertThat(cache.find(bytes("another"))).isEmpty();
        assertThat(cache.find(bytes("request"))).hasValue(bytes("result"));
        Files.delete(entry);
        Files.createSymbolicLink(entry, other);
        assertThat(cache.find(bytes("request"))).isEmpty();
        cache.keep(bytes("request"), bytes("result"));
        assertThat(cache.find(bytes("request"))).hasValue(bytes("result"));
    }

    @Test
    void whatCannotBeWrittenIsNotRemembered() throws IOException {
        Files.createDirectories(folder().getParent());
        Files.writeString(folder(), "a file");
        CodeCache cache = cache();
        cache.keep(bytes("request"), bytes("result"));
        assertThat(cache.find(bytes("request"))).isEmpty();
        assertThat(folder()).hasContent("a file");
    }

    @Test
    void anInterruptedThreadFindsAndKeeps() {
        CodeCache cache = cache();
        Thread.currentThread().interrupt();
        cache.keep(bytes("request"), bytes("result"));
        assertThat(cache.find(bytes("request"))).hasValue(bytes("result"));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void noneRemembersNothing() {
        CodeCache none = CodeCache.none();
        none.keep(bytes("request"), bytes("result"));
        assertThat(none.find(bytes("request"))).isEmpty();
    }

    /** The part of the limit of each of the 256 folders is three entries and a bit. */
    @Test
    void whatHasNotBeenUsedForLongestGoesFirst() throws IOException {
        CodeCache cache = CodeCache.in(folder(), 256 * 4096L);
        byte[] result = new byte[1000];
        List<byte[]> requests = IntStream.range(0, 10_000).mapToObj(i -> bytes("request " + i))
                .filter(request -> shard(request) == 0x5A).limit(5).toList();
        for (int i = 0; i < 3; i++) {
            cache.keep(requests.get(i), result);
        }
        List<Path> kept = entries();
        assertThat(kept).hasSize(3).allMatch(file -> file.getParent().endsWith("5a"));
        for (int i = 0; i < 3; i++) {
            Files.setLastModifiedTime(kept.get(i), FileTime.from(Instant.now().minus(2, ChronoUnit.HOURS)));
        }
        assertThat(cache.find(requests.get(0))).as("which makes it the last one used").isPresent();
        cache.keep(requests.get(3), result);
        cache.keep(requests.get(4), result);
        assertThat(entries()).hasSize(3);
        assertThat(cache.find(requests.get(0))).isPresent();
        assertThat(cache.find(requests.get(1))).isEmpty();
        assertThat(cache.find(requests.get(2))).isEmpty();
        assertThat(cache.find(requests.get(3))).isPresent();
        assertThat(cache.find(requests.get(4))).isPresent();
    }

    /** The folder of a request. */
    private static int shard(byte[] request) {
        CRC32 sum = new CRC32();
        sum.update(request);
        return (int) (sum.getValue() >>> 24);
    }

    @Test
    void leftoversOfProcessesThatDiedAreDeleted() throws IOException {
        CodeCache cache = cache();
        cache.keep(bytes("request"), bytes("result"));
        Path shard = entries().getFirst().getParent();
        Path old = Files.writeString(shard.resolve("unfinished-1-1-1"), "half");
        Path fresh = Files.writeString(shard.resolve("unfinished-1-1-2"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(2, ChronoUnit.HOURS)));
        cache.keep(bytes("request"), bytes("result"));
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void anEntryLargerThanItsPartOfTheLimitIsNotKept() throws IOException {
        CodeCache.in(folder(), 256 * 100).keep(bytes("request"), new byte[100]);
        assertThat(entries()).isEmpty();
    }

    /** What several processes do with one folder at a time. */
    static final class Rival {
        private Rival() {
        }

        public static void main(String[] arguments) {
            CodeCache cache = CodeCache.in(Path.of(arguments[0]), 256 * 8192L);
            Random random = new Random(Long.parseLong(arguments[1]));
            for (int i = 0; i < 3000; i++) {
                int which = random.nextInt(500);
                byte[] expected = new byte[100 + 7 * which];
                Arrays.fill(expected, (byte) which);
                byte[] request = bytes("request " + which);
                cache.find(request).ifPresentOrElse(found -> {
                    if (!Arrays.equals(found, expected)) {
                        throw new AssertionError("a wrong result for " + which);
                    }
                }, () -> cache.keep(request, expected));
            }
            System.out.println("hits " + (cache.hits() > 0));
        }
    }

    @Test
    void severalProcessesMayUseTheFolderAtOnce() throws IOException, InterruptedException {
        List<Process> rivals = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            rivals.add(JavaProcess.start(Rival.class, List.of(), folder().toString(), String.valueOf(seed)));
        }
        for (Process rival : rivals) {
            assertThat(JavaProcess.output(rival)).containsExactly("hits true");
        }
        assertThat(entries()).noneMatch(file -> file.getFileName().toString().startsWith("unfinished"));
    }
}
