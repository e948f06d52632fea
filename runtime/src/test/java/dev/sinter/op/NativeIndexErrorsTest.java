package dev.sinter.op;

import dev.sinter.error.IndexErrorsTest;
import dev.sinter.runtime.Backend;

/** {@link IndexErrorsTest} in native code. */
class NativeIndexErrorsTest extends IndexErrorsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
