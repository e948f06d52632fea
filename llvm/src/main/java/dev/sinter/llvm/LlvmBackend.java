package dev.sinter.llvm;

import dev.sinter.kernel.Kernel;
import dev.sinter.program.Backend;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.PartialProgram;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Programs as native code. Kernels are one module each, several of which are compiled at a time. */
public final class LlvmBackend implements Backend {
    private final Llvm llvm;
    private final Target machine;
    private final WorkerPool pool;

    private LlvmBackend(Llvm llvm, Target machine, WorkerPool pool) {
        this.llvm = llvm;
        this.machine = machine;
        this.pool = pool;
    }

    /**
     * The back end on a number of threads, the caller of a run included.
     *
     * @param threads at least 1
     */
    public static LlvmBackend of(Llvm llvm, int threads) {
        return of(llvm, llvm.host(), threads);
    }

    /**
     * The back end for a part of what this machine can do.
     *
     * @param machine whose code this machine runs, such as {@link Target#X86_AVX2} where it has wider vectors
     * @param threads at least 1
     */
    public static LlvmBackend of(Llvm llvm, Target machine, int threads) {
        return new LlvmBackend(llvm, machine, llvm.workerPool(threads));
    }

    @Override
    public String name() {
        return "llvm";
    }

    @Override
    public dev.sinter.program.Target target() {
        Caches caches = Caches.ofHost();
        return new dev.sinter.program.Target(machine.cpu(), machine.vectorBits() / 8, machine.vectorRegisters(),
                caches.l1Bytes(), caches.l2Bytes(), pool.threads());
    }

    @Override
    public CompiledProgram compile(Program program, boolean timed, Runnable beforeNativeCode) {
        try (PartialProgram whole = begin(timed, beforeNativeCode)) {
            return whole.finish(program);
        }
    }

    @Override
    public PartialProgram begin(boolean timed, Runnable beforeNativeCode) {
        return new Partial(timed, beforeNativeCode);
    }

    /** A program that is still being made; its kernels become modules as they come. */
    private final class Partial implements PartialProgram {
        private final boolean timed;
        private final ModuleQueue queue;
        private final Map<Kernel, CompletableFuture<ModuleQueue.Module>> announced = new IdentityHashMap<>();

        Partial(boolean timed, Runnable beforeNativeCode) {
            this.timed = timed;
            this.queue = new ModuleQueue(module -> llvm.code().start(module, machine, beforeNativeCode));
        }

        @Override
        public void launches(Kernel kernel) {
            module(kernel);
        }

        private CompletableFuture<ModuleQueue.Module> module(Kernel kernel) {
            return announced.computeIfAbsent(kernel, _ -> queue.add(() -> KernelIr.text(kernel, machine)));
        }

        @Override
        public CompiledProgram finish(Program program) {
            Map<Kernel, Integer> numbers = new IdentityHashMap<>();
            List<Kernel> kernels = kernels(program, numbers);
            List<CompletableFuture<ModuleQueue.Module>> started = kernels.stream().map(this::module).toList();
            ModuleQueue.Module entry = queue.startNow(ProgramIr.text(program, numbers, timed, machine));
            List<ModuleQueue.Module> modules = new ArrayList<>(started.stream().map(LazyLibrary::join).toList());
            modules.add(entry);
            List<ObjectCode> objects = modules.stream().map(module -> LazyLibrary.join(module.code())).toList();
            List<LoadedCode> loaded = llvm.loader().loadAll(objects);
            return new LlvmProgram(llvm, machine, pool, program, timed, kernels,
                    modules.stream().map(ModuleQueue.Module::text).toList(), loaded);
        }

        @Override
        public void close() {
            queue.close();
        }
    }

    /** The program's LLVM IR for any machine: a module a kernel, and the one that launches them last. */
    public static List<String> modules(Program program, Target machine) {
        Map<Kernel, Integer> numbers = new IdentityHashMap<>();
        List<String> modules = new ArrayList<>();
        kernels(program, numbers).forEach(kernel -> modules.add(KernelIr.text(kernel, machine)));
        modules.add(ProgramIr.text(program, numbers, false, machine));
        return modules;
    }

    private static List<Kernel> kernels(Program program, Map<Kernel, Integer> numbers) {
        List<Kernel> kernels = new ArrayList<>();
        for (Step step : program.allSteps()) {
            if (step instanceof Step.Launch launch && numbers.putIfAbsent(launch.kernel(), kernels.size()) == null) {
                kernels.add(launch.kernel());
            }
        }
        return kernels;
    }

    @Override
    public MemorySegment allocate(Arena arena, long bytes) {
        return Llvm.zeros(arena, bytes);
    }

    /** Ends the worker threads. Programs must not run any more. */
    @Override
    public void close() {
        pool.close();
    }
}
