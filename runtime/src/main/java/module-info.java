/** Sessions and prepared calls over the back ends that {@link java.util.ServiceLoader} finds. */
module dev.sinter.runtime {
    requires transitive dev.sinter.compiler;
}
