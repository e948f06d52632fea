package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.DebuggingTest;

/** {@link DebuggingTest} in native code. */
class NativeDebuggingTest extends DebuggingTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
