package dev.sinter.formats;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Set;

/**
 * An open file of named arrays, which are read when they are asked for, by any number of threads at once:
 * {@link Weights} loads them into variables. Each method throws a {@link FormatException} for a name that is not there
 * and for what is wrong in the file, and a {@link GraphException} where the file has been closed.
 */
public interface ArrayFile extends AutoCloseable {
    /** What messages call the file. */
    String source();

    /** The names of the arrays, in the order of the file. */
    Set<String> names();

    /**
     * The dtype of an array, whose elements are not read.
     *
     * @throws UnsupportedException for one that Sinter lacks
     */
    DType dtype(String name);

    /** The sizes of an array, whose elements are not read. */
    Shape shape(String name);

    /**
     * One array, in memory of its own.
     *
     * @throws UnsupportedException for a dtype that Sinter lacks
     */
    NDArray read(String name);

    /** Closes the file; arrays that were read stay. */
    @Override
    void close();
}
