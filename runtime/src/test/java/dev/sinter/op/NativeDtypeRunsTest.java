package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.DtypeRunsTest;

/** {@link DtypeRunsTest} in native code. */
class NativeDtypeRunsTest extends DtypeRunsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
