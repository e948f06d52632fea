/** Programs that show how Sinter is used. */
module dev.sinter.examples {
    requires transitive dev.sinter.runtime;
    requires transitive dev.sinter.nn;

    exports dev.sinter.examples;
}
