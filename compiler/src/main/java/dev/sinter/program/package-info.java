/** What a run does, step by step, and the interface of the back ends that run it. */
package dev.sinter.program;
