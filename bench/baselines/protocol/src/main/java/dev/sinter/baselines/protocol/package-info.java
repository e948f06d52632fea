/** How the benchmark's driver and a baseline talk: requests and answers, one a line. */
package dev.sinter.baselines.protocol;
