/**
 * Arrays as NumPy keeps them: {@link dev.sinter.formats.npy.Npy} one in a file, {@link dev.sinter.formats.npy.Npz}
 * several in a zip archive. A file is a magic word, a version, the text of a Python dictionary that
 * {@link dev.sinter.formats.npy.HeaderParser} reads, and the elements. Python objects are never unpickled. An npy
 * file is written as NumPy writes it, byte by byte.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">NumPy's description</a>
 */
package dev.sinter.formats.npy;
