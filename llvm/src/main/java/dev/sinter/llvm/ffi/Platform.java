package dev.sinter.llvm.ffi;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** A pair of operating system and processor for which the carrier jar's LLVM library can be opened. */
public enum Platform {
    LINUX_X86_64("linux-x86_64", 202,
            Optional.of("6cb7e2a7f38a617ea76fe503ccccbb6e6b8ece399dbf1a26ff1002479250eeaa")),
    LINUX_ARM64("linux-arm64", 98, Optional.empty());

    private final String folder;
    private final long futex;
    private final Optional<String> sha256;

    Platform(String folder, long futex, Optional<String> sha256) {
        this.folder = folder;
        this.futex = futex;
        this.sha256 = sha256;
    }

    /** The platform of this process, if it is one of these. */
    public static Optional<Platform> current() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (!system.contains("linux")) {
            return Optional.empty();
        }
        return switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> Optional.of(LINUX_X86_64);
            case "aarch64", "arm64" -> Optional.of(LINUX_ARM64);
            default -> Optional.empty();
        };
    }

    /** The platform's name in the carrier jar, for example {@code linux-x86_64}. */
    public String folder() {
        return folder;
    }

    /** The name of the library's resource on the class path. */
    public String resource() {
        return "org/bytedeco/llvm/" + folder + "/libLLVM.so";
    }

    /** The number of the {@code futex} system call. */
    public long futex() {
        return futex;
    }

    /** The SHA-256 of the library in hexadecimal digits, where it is known in advance. */
    public Optional<String> sha256() {
        return sha256;
    }

    /** The folder under which the user's cached files lie. */
    public static Path userCache() {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path base = configured == null || !configured.startsWith("/")
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(configured);
        return base.resolve("sinter");
    }
}
