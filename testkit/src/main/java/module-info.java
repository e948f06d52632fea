/** What the tests of several modules share. */
module dev.sinter.testkit {
    requires transitive dev.sinter.runtime;
    requires dev.sinter.llvm;
}
