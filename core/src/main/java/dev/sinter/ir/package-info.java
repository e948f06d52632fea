/** The tensor IR: interned nodes, blocks, builder, printer, parser and verifier. */
package dev.sinter.ir;
