/** The LLVM-C functions that are needed, called through the foreign-function interface. */
package dev.sinter.llvm.ffi;
