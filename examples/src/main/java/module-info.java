/** Programs that show how Sinter is used. */
module dev.sinter.examples {
    requires transitive dev.sinter.runtime;

    exports dev.sinter.examples;
}
