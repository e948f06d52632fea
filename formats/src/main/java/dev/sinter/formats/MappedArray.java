package dev.sinter.formats;

import dev.sinter.formats.file.Reordering;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * An array in a mapped file: row-major elements of one dtype, which the system reads from the file when they are looked
 * at, and may forget again. {@link #read} and {@link #rows} copy elements into an {@link NDArray}, which runs compute
 * on: a mapped file can be cut off by others at any time, and its elements lie at any address, while native code needs
 * memory that stays, aligned to {@value NDArray#ALIGNMENT} bytes.
 */
public final class MappedArray {
    private final String source;
    private final DType dtype;
    private final long[] sizes;
    private final MemorySegment segment;

    /**
     * An array of a part of a mapped file.
     *
     * @param source  what messages call it
     * @param segment exactly the elements, in the machine's byte order and at any address
     * @throws GraphException where the sizes are not those of the segment
     */
    public MappedArray(String source, DType dtype, MemorySegment segment, long... sizes) {
        if (byteSize(dtype, sizes) != segment.byteSize()) {
            throw new GraphException(source + ": the sizes " + Arrays.toString(sizes) + " of " + dtype
                    + " are no array of " + segment.byteSize() + " bytes");
        }
        this.source = source;
        this.dtype = dtype;
        this.sizes = sizes.clone();
        this.segment = segment.asReadOnly();
    }

    private static long byteSize(DType dtype, long[] sizes) {
        long bytes = dtype.bytes();
        for (long size : sizes) {
            if (size < 0 || Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) {
                throw new GraphException("an array of the sizes " + Arrays.toString(sizes) + " is too large");
            }
            bytes *= size;
        }
        return bytes;
    }

    public DType dtype() {
        return dtype;
    }

    /** The size along each axis. */
    public long[] sizes() {
        return sizes.clone();
    }

    /** The sizes as a shape. */
    public Shape shape() {
        return Shape.shape(sizes);
    }

    public long elementCount() {
        return segment.byteSize() / dtype.bytes();
    }

    /**
     * The bytes of the elements in the file, read only, in the machine's byte order, at any address: read them with
     * unaligned layouts such as {@link java.lang.foreign.ValueLayout#JAVA_FLOAT_UNALIGNED}. Of bools any byte but 0 is
     * true. Where the file is cut off meanwhile, looking at what is gone is an {@link InternalError}.
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * A copy of all elements.
     *
     * @throws FormatException where the file has been cut off since it was mapped
     * @throws GraphException  where it has been closed
     */
    public NDArray read() {
        return copy(segment, sizes);
    }

    /**
     * A copy of some of the parts along axis 0: a batch of the rows of a table, of which the others are not read.
     *
     * @param from the first row
     * @param to   the row after the last one
     * @throws GraphException  for an array without axes, rows that are not there, and a file that has been closed
     * @throws FormatException where the file has been cut off since it was mapped
     */
    public NDArray rows(long from, long to) {
        if (sizes.length == 0) {
            throw new GraphException(source + ": an array without axes has no rows; read() gives its only element");
        }
        if (from < 0 || to < from || to > sizes[0]) {
            throw new GraphException(source + ": there are no rows " + from + " to " + to + " along axis 0 of the"
                    + " array " + Arrays.toString(sizes));
        }
        long[] some = sizes.clone();
        some[0] = to - from;
        long row = sizes[0] == 0 ? 0 : segment.byteSize() / sizes[0];
        return copy(segment.asSlice(from * row, (to - from) * row), some);
    }

    private NDArray copy(MemorySegment elements, long[] of) {
        NDArray array = NDArray.zeros(dtype, of);
        try {
            array.segment().copyFrom(elements);
        } catch (InternalError gone) {
            throw new FormatException(source + ": the file was cut off while it was read", gone);
        } catch (IllegalStateException closed) {
            throw new GraphException(source + ": the file is closed; read before that, or open it again", closed);
        }
        if (dtype == DType.BOOL) {
            Reordering.bools(array.segment());
        }
        return array;
    }
}
