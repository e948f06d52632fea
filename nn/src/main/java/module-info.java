/** Recurrent layers, optimizers, losses and metrics: functions that make graphs out of what {@code core} offers. */
module dev.sinter.nn {
    requires transitive dev.sinter.core;

    exports dev.sinter.nn;
}
