package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.FoundSizesTest;

/** {@link FoundSizesTest} in native code. */
class NativeFoundSizesTest extends FoundSizesTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
