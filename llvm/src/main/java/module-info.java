/** The native back end: the only module that calls foreign functions. */
module dev.sinter.llvm {
    requires transitive dev.sinter.compiler;
    requires dev.sinter.core;

    exports dev.sinter.llvm;

    provides dev.sinter.program.BackendProvider with dev.sinter.llvm.LlvmBackendProvider;
}
