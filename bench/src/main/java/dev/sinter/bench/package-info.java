/** Workloads and their measurement. */
package dev.sinter.bench;
