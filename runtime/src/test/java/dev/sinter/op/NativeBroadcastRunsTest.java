package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.BroadcastRunsTest;

/** {@link BroadcastRunsTest} in native code. */
class NativeBroadcastRunsTest extends BroadcastRunsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
