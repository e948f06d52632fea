package dev.sinter.llvm;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/**
 * The bytes of an entry of {@link CodeCache}: a mark, the lengths of request and result, the checksums of the
 * result, the request, the result.
 */
final class CacheEntry {

    private static final long MARK = 0x53_49_4E_54_45_52_43_01L;
    private static final int HEAD = 24;

    private CacheEntry() {
    }

    /** The size of an entry. */
    static long bytes(byte[] request, byte[] result) {
        return (long) HEAD + request.length + result.length;
    }

    static byte[] write(byte[] request, byte[] result) {
        return ByteBuffer.allocate(Math.toIntExact(bytes(request, result)))
                .putLong(MARK).putInt(request.length).putInt(result.length).putLong(checksums(result))
                .put(request).put(result).array();
    }

    /** The result in an entry; empty if the bytes are not a whole entry of this request. */
    static Optional<byte[]> read(byte[] entry, byte[] request) {
        ByteBuffer bytes = ByteBuffer.wrap(entry);
        if (entry.length < HEAD + request.length || bytes.getLong(0) != MARK || bytes.getInt(8) != request.length
                || bytes.getInt(12) != entry.length - HEAD - request.length
                || !Arrays.equals(entry, HEAD, HEAD + request.length, request, 0, request.length)) {
            return Optional.empty();
        }
        byte[] result = Arrays.copyOfRange(entry, HEAD + request.length, entry.length);
        return bytes.getLong(16) == checksums(result) ? Optional.of(result) : Optional.empty();
    }

    /** Two independent checksums, which are native code in the JVM and so are fast from the first call on. */
    static long checksums(byte[] bytes) {
        return (long) sum(new CRC32(), bytes) << 32 | Integer.toUnsignedLong(sum(new Adler32(), bytes));
    }

    private static int sum(Checksum checksum, byte[] bytes) {
        checksum.update(bytes, 0, bytes.length);
        return (int) checksum.getValue();
    }
}
