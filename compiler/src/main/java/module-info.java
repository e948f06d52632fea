/** Plan, kernel IR and program IR, and the interface that a back end implements. */
module dev.sinter.compiler {
    requires transitive dev.sinter.core;

    exports dev.sinter.plan;
    exports dev.sinter.kernel;
    exports dev.sinter.kernel.math;
    exports dev.sinter.kernel.schedule;
    exports dev.sinter.program;
    exports dev.sinter.replay;
    exports dev.sinter.files;
}
