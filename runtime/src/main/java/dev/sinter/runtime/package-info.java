/** Sessions, prepared calls, arenas and workers. */
package dev.sinter.runtime;
