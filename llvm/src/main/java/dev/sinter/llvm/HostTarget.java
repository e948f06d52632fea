package dev.sinter.llvm;

import dev.sinter.llvm.ffi.LlvmLibrary;
import dev.sinter.llvm.ffi.Platform;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * This machine in LLVM's terms. LLVM says it once for each library and processor, as the system describes
 * the processor; afterwards the answer is remembered.
 */
final class HostTarget {

    /** The system property that says how many bits vectors have at most: 128, 256 or 512. */
    private static final String VECTOR_BITS = "sinter.vector.bits";

    private static final String FORMAT = "host 1";

    private HostTarget() {
    }

    /** What LLVM has said in an earlier process of the library of this identity. */
    static Optional<Target> remembered(CodeCache cache, String identity) {
        return request(identity).flatMap(cache::find).flatMap(HostTarget::read);
    }

    /** What LLVM says; it is remembered for the next process. */
    static Target ask(LlvmLibrary library, CodeCache cache, String identity) {
        LlvmLibrary.HostProcessor host = library.host();
        String answer = host.triple() + "\n" + host.cpu() + "\n" + host.features();
        request(identity).ifPresent(request -> cache.keep(request, answer.getBytes(StandardCharsets.UTF_8)));
        return limited(Target.of(host.triple(), host.cpu(), host.features()));
    }

    /** A machine without the vectors that the property excludes. */
    private static Target limited(Target host) {
        String most = System.getProperty(VECTOR_BITS, "");
        return switch (most) {
            case "" -> host;
            case "128", "256", "512" -> host.narrowed(Integer.parseInt(most));
            default -> throw new IllegalStateException("the property " + VECTOR_BITS + " is 128, 256 or 512, not '"
                    + most + "'");
        };
    }

    private static Optional<byte[]> request(String identity) {
        return Platform.processor().map(processor ->
                String.join("\n", FORMAT, identity, processor).getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<Target> read(byte[] answer) {
        String[] lines = new String(answer, StandardCharsets.UTF_8).split("\n", -1);
        return lines.length == 3 ? Optional.of(limited(Target.of(lines[0], lines[1], lines[2])))
                : Optional.empty();
    }
}
