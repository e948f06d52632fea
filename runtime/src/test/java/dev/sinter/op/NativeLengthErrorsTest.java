package dev.sinter.op;

import dev.sinter.error.LengthErrorsTest;
import dev.sinter.runtime.Backend;

/** {@link LengthErrorsTest} in native code. */
class NativeLengthErrorsTest extends LengthErrorsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
