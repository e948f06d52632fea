/** The public API in which a user defines a graph. */
package dev.sinter.graph;
