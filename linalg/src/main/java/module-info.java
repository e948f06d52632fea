/** Decompositions of matrices as host calls over a LAPACK in Java, and what is computed by them. */
// LAPACK's jar declares no module; its name is that of the file.
@SuppressWarnings("requires-automatic")
module dev.sinter.linalg {
    requires transitive dev.sinter.core;
    requires arpack.combined.all;

    exports dev.sinter.linalg;
}
