package dev.sinter.formats.npy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.file.ByteSource;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What a file says about its array before the elements come.
 *
 * @param stored      the dtype, and how its bytes lie
 * @param columnMajor whether the first axis runs fastest, as in Fortran
 */
record NpyHeader(NpyDTypes.Stored stored, boolean columnMajor, long[] sizes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final byte[] ZIP = {'P', 'K'};

    /** The most bytes that the text may have: all that version 1.0 can say. */
    private static final int LONGEST = 0xffff;

    /** The most axes that an array of NumPy has. */
    private static final int MOST_AXES = 64;

    /** The elements begin at a multiple of this. */
    private static final int ALIGNMENT = 64;

    /** NumPy leaves room for so many digits of the first size, so that a file can grow. */
    private static final int DIGITS = 21;

    DType dtype() {
        return stored.dtype();
    }

    /** The size of the elements. */
    long byteSize() {
        return Arrays.stream(sizes).reduce(dtype().bytes(), (product, size) -> product * size);
    }

    /** Reads all that comes before the elements. */
    static NpyHeader read(ByteSource source) {
        byte[] magic = source.bytes(MAGIC.length, "the word that an npy file begins with");
        if (!Arrays.equals(magic, MAGIC)) {
            throw new FormatException(source.name() + ": is no npy file: it does not begin with \\x93NUMPY"
                    + (Arrays.equals(magic, 0, 2, ZIP, 0, 2) ? "; it is a zip archive, which Npz reads" : ""));
        }
        byte[] version = source.bytes(2, "the version");
        if (version[0] < 1 || version[0] > 3 || version[1] != 0) {
            throw new FormatException(source.name() + ": byte 6: the version " + (version[0] & 0xff) + "."
                    + (version[1] & 0xff) + " is none of 1.0, 2.0 and 3.0");
        }
        byte[] length = Arrays.copyOf(source.bytes(version[0] == 1 ? 2 : 4, "the length of the header"), 8);
        long bytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (bytes > LONGEST) {
            throw new FormatException(source.name() + ": byte 8: a header of " + bytes + " bytes; that of an array of"
                    + " numbers has at most " + LONGEST);
        }
        long start = source.position();
        String text = new String(source.bytes((int) bytes, "the header"), StandardCharsets.ISO_8859_1);
        NpyHeader header = new HeaderParser(source.name(), start, text).parse();
        header.check(source.name(), start);
        return header;
    }

    private void check(String name, long start) {
        if (sizes.length > MOST_AXES) {
            throw new FormatException(name + ": byte " + start + ": an array of " + sizes.length
                    + " axes; NumPy's have at most " + MOST_AXES);
        }
        long bytes = dtype().bytes();
        for (long size : sizes) {
            if (Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) {
                throw new FormatException(name + ": byte " + start + ": the sizes " + Arrays.toString(sizes)
                        + " are more than memory can have");
            }
            bytes *= size;
        }
    }

    /** What NumPy writes before the elements of an array. */
    static byte[] bytes(NDArray array) {
        long[] sizes = array.sizes();
        if (sizes.length > MOST_AXES) {
            throw new FormatException("an array of " + sizes.length + " axes cannot be written, since NumPy's have at"
                    + " most " + MOST_AXES + "; reshape it");
        }
        String tuple = Arrays.stream(sizes).mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "(", sizes.length == 1 ? ",)" : ")"));
        String text = "{'descr': '" + NpyDTypes.word(array.dtype()) + "', 'fortran_order': False, 'shape': " + tuple
                + ", }" + (sizes.length == 0 ? "" : " ".repeat(DIGITS - Long.toString(sizes[0]).length()));
        int before = MAGIC.length + 4;
        int padding = ALIGNMENT - (before + text.length() + 1) % ALIGNMENT;
        int length = text.length() + padding + 1;
        byte[] line = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(before + length).order(ByteOrder.LITTLE_ENDIAN).put(MAGIC).put((byte) 1)
                .put((byte) 0).putShort((short) length).put(line).array();
    }
}
