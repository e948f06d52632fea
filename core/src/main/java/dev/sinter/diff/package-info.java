/** Reverse-mode differentiation, which knows no op. */
package dev.sinter.diff;
