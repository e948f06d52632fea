package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.CheckpointRunsTest;

/** {@link CheckpointRunsTest} in native code. */
class NativeCheckpointRunsTest extends CheckpointRunsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
