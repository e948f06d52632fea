/** The command line: what {@code ./sinter} starts. */
package dev.sinter.cli;
