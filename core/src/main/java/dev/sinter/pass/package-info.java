/** Rewrite rules and whole-graph passes. */
package dev.sinter.pass;
