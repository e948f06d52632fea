/** Workloads and their measurement. */
module dev.sinter.bench {
    requires java.management;
    requires dev.sinter.runtime;
    requires dev.sinter.llvm;
    requires dev.sinter.nn;
    requires dev.sinter.examples;
    requires dev.sinter.formats;

    exports dev.sinter.bench;
}
