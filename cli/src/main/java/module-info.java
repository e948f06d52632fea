/** The command line. */
module dev.sinter.cli {
    requires dev.sinter.runtime;
    requires dev.sinter.llvm;
    requires dev.sinter.formats;
    requires dev.sinter.examples;
    requires dev.sinter.bench;
}
