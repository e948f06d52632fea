package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.SessionTest;

/** {@link SessionTest} in native code. */
class NativeSessionTest extends SessionTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
