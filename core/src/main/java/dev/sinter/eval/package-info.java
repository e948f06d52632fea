/** The naive interpreter, which defines every op. */
package dev.sinter.eval;
