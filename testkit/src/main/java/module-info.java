/** What the tests of several modules share. */
module dev.sinter.testkit {
    requires transitive dev.sinter.runtime;
    requires transitive dev.sinter.core;
    requires transitive dev.sinter.llvm;

    exports dev.sinter.testkit;
}
