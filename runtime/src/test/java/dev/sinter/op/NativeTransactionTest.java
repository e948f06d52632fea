package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.TransactionTest;

/** {@link TransactionTest} in native code. */
class NativeTransactionTest extends TransactionTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
