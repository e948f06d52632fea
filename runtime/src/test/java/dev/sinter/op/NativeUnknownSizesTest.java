package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.UnknownSizesTest;

/** {@link UnknownSizesTest} in native code. */
class NativeUnknownSizesTest extends UnknownSizesTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
