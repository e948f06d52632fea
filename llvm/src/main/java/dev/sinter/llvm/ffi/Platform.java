package dev.sinter.llvm.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A pair of operating system and processor for which the carrier jar's LLVM library can be opened. */
public enum Platform {
    LINUX_X86_64("linux-x86_64", 202,
            Optional.of("6cb7e2a7f38a617ea76fe503ccccbb6e6b8ece399dbf1a26ff1002479250eeaa")),
    LINUX_ARM64("linux-arm64", 98, Optional.empty());

    /** The lines of {@code /proc/cpuinfo} that say what a processor is. */
    private static final Set<String> STABLE = Set.of("vendor_id", "cpu family", "model", "model name", "stepping",
            "flags", "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision", "Features");

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

    /**
     * Why native code cannot run in this process, whatever is on its class path; one line for the user. Empty where
     * nothing is known to be in the way.
     */
    public static Optional<String> obstacle() {
        if (current().isEmpty()) {
            return Optional.of("no native library for " + System.getProperty("os.name") + "/"
                    + System.getProperty("os.arch"));
        }
        if (LibC.find("gnu_get_libc_version").isEmpty()) {
            return Optional.of("no native library for this system's C library, which is not glibc");
        }
        Module module = Platform.class.getModule();
        return NativeEntry.isPermitted() ? Optional.empty()
                : Optional.of("the JVM denies native access; start Java with --enable-native-access="
                        + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
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

    /**
     * What the system says of the processor that does not change while the machine is up: its model and
     * its instruction sets. Empty where it does not say.
     */
    public static Optional<String> processor() {
        byte[] block = new byte[1 << 13];
        int length = 0;
        try (InputStream in = Files.newInputStream(Path.of("/proc/cpuinfo"))) {
            for (int count = in.read(block); count > 0; count = in.read(block, length, block.length - length)) {
                length += count;
                String text = new String(block, 0, length, StandardCharsets.ISO_8859_1);
                int end = text.indexOf("\n\n");
                if (end >= 0) {
                    String first = text.substring(0, end).lines().filter(Platform::staysTheSame)
                            .collect(Collectors.joining("\n"));
                    return first.isEmpty() ? Optional.empty() : Optional.of(first);
                }
            }
        } catch (IOException unreadable) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean staysTheSame(String line) {
        int colon = line.indexOf(':');
        return colon > 0 && STABLE.contains(line.substring(0, colon).strip());
    }
}
