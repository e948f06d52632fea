/** What a run does, step by step, and the interface of a back end. */
package dev.sinter.program;
