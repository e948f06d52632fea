package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.ReplayFilesTest;

/** {@link ReplayFilesTest} in native code. */
class NativeReplayFilesTest extends ReplayFilesTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
