package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.llvm.ffi.LibraryCache;
import dev.sinter.llvm.ffi.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCacheTest {

    private static final String PROPERTIES = "META-INF/maven/org.bytedeco/llvm/pom.properties";

    @TempDir
    Path folder;

    /** A class path that holds these resources and nothing else. */
    private static final class Resources extends ClassLoader {

        private final Map<String, String> contents;

        Resources(Map<String, String> contents) {
            super(null);
            this.contents = contents;
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            String content = contents.get(name);
            return content == null
                    ? null : new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
        }
    }

    private LibraryCache cache(Platform platform, Map<String, String> resources) {
        return new LibraryCache(folder.resolve("sinter"), platform, new Resources(resources));
    }

    private LibraryCache full() {
        return cache(Platform.LINUX_ARM64, Map.of(Platform.LINUX_ARM64.resource(), "a library"));
    }

    private LibraryCache empty() {
        return cache(Platform.LINUX_ARM64, Map.of());
    }

    @Test
    void unpacksOnceIntoAPrivateFolder() throws IOException {
        Path library = full().library();
        assertThat(library).hasFileName("libLLVM.so.20.1").hasContent("a library");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(library.getParent())))
                .isEqualTo("rwx------");
        assertThat(empty().library()).isEqualTo(library);
        assertThat(folder.resolve("sinter")).isDirectoryNotContaining("glob:**/unpack-*");
    }

    @Test
    void aChangedLibraryIsUnpackedAgain() throws IOException {
        Path library = full().library();
        Files.writeString(library, "a longer library");
        assertThatThrownBy(() -> empty().library()).isInstanceOf(IOException.class);
        assertThat(full().library()).hasContent("a library");
    }

    @Test
    void aMissingLibraryNamesTheDependency() {
        assertThatThrownBy(() -> empty().library())
                .isInstanceOf(IOException.class)
                .hasMessage("no LLVM library on the class path: add "
                        + "org.bytedeco:llvm:20.1.7-1.5.12:linux-arm64");
    }

    @Test
    void anotherLibraryIsRefused() {
        Platform pinned = Platform.LINUX_X86_64;
        LibraryCache other = cache(pinned, Map.of(pinned.resource(), "another"));
        assertThatThrownBy(other::library).isInstanceOf(IOException.class).hasMessageContaining("SHA-256");
        LibraryCache older = cache(Platform.LINUX_ARM64,
                Map.of(Platform.LINUX_ARM64.resource(), "older", PROPERTIES, "version=19.1.3-1.5.11\n"));
        assertThatThrownBy(older::library)
                .isInstanceOf(IOException.class).hasMessageContaining("19.1.3-1.5.11");
    }

    @Test
    void aFolderThatOthersCanWriteIsRefused() throws IOException {
        Path library = full().library();
        Files.setPosixFilePermissions(library.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> full().library())
                .isInstanceOf(IOException.class).hasMessageContaining("nobody else can write");
    }

    @Test
    void manyMayUnpackAtOnce() throws InterruptedException, ExecutionException {
        List<Callable<Path>> tasks = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            tasks.add(() -> full().library());
        }
        try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
            for (Future<Path> done : executor.invokeAll(tasks)) {
                assertThat(done.get()).hasContent("a library");
            }
        }
        assertThat(folder.resolve("sinter")).isDirectoryNotContaining("glob:**/unpack-*");
    }
}
