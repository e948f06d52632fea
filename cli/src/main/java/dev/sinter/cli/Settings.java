package dev.sinter.cli;

/**
 * What a run of a program may be told.
 *
 * @param steps how many steps the program takes, at least 0
 * @param seed the graph's seed
 * @param batch the size of a batch, at least 0
 * @param threads how many threads compute, at least 1
 * @param backend what executes the graph
 */
record Settings(int steps, long seed, int batch, int threads, Backend backend) {}
