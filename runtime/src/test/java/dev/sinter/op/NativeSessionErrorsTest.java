package dev.sinter.op;

import dev.sinter.error.SessionErrorsTest;
import dev.sinter.runtime.Backend;

/** {@link SessionErrorsTest} in native code. */
class NativeSessionErrorsTest extends SessionErrorsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
