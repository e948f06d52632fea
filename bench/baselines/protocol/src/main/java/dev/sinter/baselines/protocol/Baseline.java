package dev.sinter.baselines.protocol;

import java.util.List;

/** A library that does some of the benchmark's workloads in its own way. */
public interface Baseline {

    /** The names of the workloads that it knows. */
    List<String> names();

    /** Sets a workload up; the task that comes back repeats it. */
    Task prepare(String name);
}
