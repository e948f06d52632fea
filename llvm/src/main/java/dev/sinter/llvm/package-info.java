/** Kernel and program IR to LLVM IR and native code. */
package dev.sinter.llvm;
