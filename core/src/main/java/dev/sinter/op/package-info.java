/** The primitives of the tensor IR. */
package dev.sinter.op;
