/** The loop-nest IR of one kernel. */
package dev.sinter.kernel;
