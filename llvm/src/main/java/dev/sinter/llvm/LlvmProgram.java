package dev.sinter.llvm;

import dev.sinter.kernel.Kernel;
import dev.sinter.program.CompiledProgram;
import dev.sinter.program.Frame;
import dev.sinter.program.Program;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Collectors;

/** A compiled program: the code of its kernels and of the function that launches them. */
final class LlvmProgram implements CompiledProgram {
    private final Llvm llvm;
    private final Target machine;
    private final WorkerPool pool;
    private final Program program;
    private final boolean timed;
    private final List<Kernel> kernels;
    private final List<String> modules;
    private final List<LoadedCode> loaded;

    LlvmProgram(Llvm llvm, Target machine, WorkerPool pool, Program program, boolean timed, List<Kernel> kernels,
            List<String> modules, List<LoadedCode> loaded) {
        this.llvm = llvm;
        this.machine = machine;
        this.pool = pool;
        this.program = program;
        this.timed = timed;
        this.kernels = kernels;
        this.modules = List.copyOf(modules);
        this.loaded = List.copyOf(loaded);
    }

    Program program() {
        return program;
    }

    boolean timed() {
        return timed;
    }

    WorkerPool pool() {
        return pool;
    }

    NativeCode entry() {
        return loaded.getLast().function(ProgramIr.FUNCTION);
    }

    /** The code of each kernel, in the order of the context's table. */
    List<MemorySegment> kernelAddresses() {
        return loaded.subList(0, loaded.size() - 1).stream()
                .map(code -> code.function(KernelIr.FUNCTION).address()).toList();
    }

    @Override
    public Frame newFrame() {
        return new LlvmFrame(this);
    }

    @Override
    public String text(String stage) {
        return switch (stage) {
            case "llvm" -> sections(modules);
            case "asm" -> sections(modules.stream().map(module -> llvm.compiler().assembly(module, machine))
                    .toList());
            default -> "";
        };
    }

    private String sections(List<String> texts) {
        return java.util.stream.IntStream.range(0, texts.size())
                .mapToObj(i -> "; " + (i < kernels.size() ? kernels.get(i).name() : "program") + "\n" + texts.get(i))
                .collect(Collectors.joining("\n"));
    }

    /** Frees the entry first: that waits for the runs in flight, which call the kernels. */
    @Override
    public void close() {
        loaded.reversed().forEach(LoadedCode::close);
    }
}
