/** Sessions and prepared calls over the engines, some of which {@link java.util.ServiceLoader} finds. */
module dev.sinter.runtime {
    requires transitive dev.sinter.compiler;
    requires jdk.management;

    exports dev.sinter.runtime;

    uses dev.sinter.program.BackendProvider;
}
