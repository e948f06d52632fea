package dev.sinter.op;

import dev.sinter.error.SizeErrorsTest;
import dev.sinter.runtime.Backend;

/** {@link SizeErrorsTest} in native code. */
class NativeSizeErrorsTest extends SizeErrorsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
