package dev.sinter.formats.safetensors;

import java.util.Arrays;

/**
 * What a header says of a tensor.
 *
 * @param type  the word for its dtype, which may be none that the format has
 * @param sizes the size along each axis
 * @param begin its first byte, counted from the end of the header
 * @param end   the byte after its last one
 */
record TensorInfo(String type, long[] sizes, long begin, long end) {
    /** Its sizes for a message. */
    String shown() {
        return Arrays.toString(sizes);
    }
}
