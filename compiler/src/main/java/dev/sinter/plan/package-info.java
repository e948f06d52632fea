/** Fusion, layout, schedule, liveness and memory. */
package dev.sinter.plan;
