/** Workloads and their measurement. */
module dev.sinter.bench {
    requires dev.sinter.runtime;
    requires dev.sinter.llvm;
    requires dev.sinter.nn;
    requires dev.sinter.examples;

    exports dev.sinter.bench;
}
