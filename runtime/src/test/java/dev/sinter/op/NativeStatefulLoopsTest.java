package dev.sinter.op;

import dev.sinter.runtime.Backend;
import dev.sinter.unit.StatefulLoopsTest;

/** {@link StatefulLoopsTest} in native code. */
class NativeStatefulLoopsTest extends StatefulLoopsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
