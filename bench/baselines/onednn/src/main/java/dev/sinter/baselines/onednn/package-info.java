/** oneDNN through its C interface. */
package dev.sinter.baselines.onednn;
