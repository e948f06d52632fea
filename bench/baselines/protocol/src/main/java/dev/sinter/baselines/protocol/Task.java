package dev.sinter.baselines.protocol;

/** One piece of work of a baseline, ready to be repeated. */
@FunctionalInterface
public interface Task {
    /** Does the work once. */
    void run();
}
