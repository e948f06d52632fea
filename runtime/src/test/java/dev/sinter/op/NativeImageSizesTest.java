package dev.sinter.op;

import dev.sinter.error.ImageSizesTest;
import dev.sinter.runtime.Backend;

/** {@link ImageSizesTest} in native code. */
class NativeImageSizesTest extends ImageSizesTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }
}
