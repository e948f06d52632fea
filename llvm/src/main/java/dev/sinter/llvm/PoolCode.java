package dev.sinter.llvm;

import java.lang.foreign.MemorySegment;

/** The compiled functions of {@link RuntimeIr#pool}; all pools of a process share them. */
record PoolCode(MemorySegment run, MemorySegment work, MemorySegment stop) {

    static PoolCode load(CodeStore store, ObjectLoader loader, Target host) {
        LoadedCode code = loader.load(store.object(RuntimeIr.pool(host), host));
        return new PoolCode(code.function("sinter_run").address(), code.function("sinter_work").address(),
                code.function("sinter_stop").address());
    }
}
