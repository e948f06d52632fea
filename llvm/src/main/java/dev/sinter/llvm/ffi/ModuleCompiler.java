package dev.sinter.llvm.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Compiles one module: parse, verify, passes, instruction selection. Runs on a {@link CompileThread}. */
final class ModuleCompiler {

    private static final int RETURN_STATUS = 2;
    private static final int RELOCATION_PIC = 2;
    private static final int CODE_MODEL_SMALL = 3;
    private static final int FILE_ASSEMBLY = 0;
    private static final int FILE_OBJECT = 1;
    private static final int FUNCTION_INDEX = -1;

    private final LlvmC llvm;
    private final Callbacks callbacks;
    private final ModuleRequest request;
    private final Deque<Runnable> disposals = new ArrayDeque<>();

    ModuleCompiler(LlvmC llvm, Callbacks callbacks, ModuleRequest request) {
        this.llvm = llvm;
        this.callbacks = callbacks;
        this.request = request;
    }

    byte[] compile() {
        try (Arena arena = Arena.ofConfined()) {
            long context = llvm.call("ContextCreate");
            onExit("ContextDispose", context);
            callbacks.watchContext(context);
            long machine = targetMachine(arena);
            long module = parse(arena, context, machine);
            onExit("DisposeModule", module);
            verify(arena, module);
            addAttributes(arena, context, module);
            runPasses(arena, module, machine);
            byte[] output = switch (request.output()) {
                case OBJECT -> emit(arena, machine, module, FILE_OBJECT);
                case ASSEMBLY -> emit(arena, machine, module, FILE_ASSEMBLY);
                case OPTIMISED_IR -> llvm.take(llvm.call("PrintModuleToString", module))
                        .getBytes(StandardCharsets.UTF_8);
            };
            failOnDiagnostics();
            return output;
        } finally {
            disposals.forEach(Runnable::run);
        }
    }

    private void onExit(String function, long reference) {
        disposals.push(() -> llvm.call(function, reference));
    }

    private long targetMachine(Arena arena) {
        LlvmC.Out target = new LlvmC.Out(arena);
        LlvmC.Out message = new LlvmC.Out(arena);
        long triple = text(arena, request.triple());
        long unknown = llvm.call("GetTargetFromTriple", triple, target.address(), message.address());
        if (LlvmC.narrow(unknown) != 0) {
            throw new LlvmFailure("unknown target: " + llvm.take(message.get()));
        }
        long options = llvm.call("CreateTargetMachineOptions");
        onExit("DisposeTargetMachineOptions", options);
        llvm.call("TargetMachineOptionsSetCPU", options, text(arena, request.cpu()));
        llvm.call("TargetMachineOptionsSetFeatures", options, text(arena, request.features()));
        llvm.call("TargetMachineOptionsSetCodeGenOptLevel", options, request.level());
        llvm.call("TargetMachineOptionsSetRelocMode", options, RELOCATION_PIC);
        llvm.call("TargetMachineOptionsSetCodeModel", options, CODE_MODEL_SMALL);
        long machine = llvm.call("CreateTargetMachineWithOptions", target.get(), triple, options);
        if (machine == 0) {
            throw new LlvmFailure("no target machine for " + request.triple());
        }
        onExit("DisposeTargetMachine", machine);
        return machine;
    }

    /** Parses the text behind a header, on the same line, that names the target: line numbers stay right. */
    private long parse(Arena arena, long context, long machine) {
        long layout = llvm.call("CreateTargetDataLayout", machine);
        String header = "target datalayout = \"" + llvm.take(llvm.call("CopyStringRepOfTargetData", layout))
                + "\" target triple = \"" + request.triple() + "\" ";
        llvm.call("DisposeTargetData", layout);
        MemorySegment text = arena.allocateFrom(header + request.ir());
        long buffer = llvm.call("CreateMemoryBufferWithMemoryRange", text.address(), text.byteSize() - 1,
                text(arena, "module"), 1);
        LlvmC.Out module = new LlvmC.Out(arena);
        LlvmC.Out message = new LlvmC.Out(arena);
        long failed = llvm.call("ParseIRInContext", context, buffer, module.address(), message.address());
        if (LlvmC.narrow(failed) != 0) {
            throw new LlvmFailure("the module does not parse: " + llvm.take(message.get()).strip());
        }
        return module.get();
    }

    private void verify(Arena arena, long module) {
        LlvmC.Out message = new LlvmC.Out(arena);
        int broken = LlvmC.narrow(llvm.call("VerifyModule", module, RETURN_STATUS, message.address()));
        String text = llvm.take(message.get()).strip();
        if (broken != 0) {
            throw new LlvmFailure("the module does not verify: " + text);
        }
        failOnDiagnostics();
    }

    private void addAttributes(Arena arena, long context, long module) {
        List<String> strings = request.attributes();
        long[] attributes = new long[strings.size() / 2 + 1];
        for (int i = 0; i < strings.size(); i += 2) {
            MemorySegment key = arena.allocateFrom(strings.get(i));
            MemorySegment value = arena.allocateFrom(strings.get(i + 1));
            attributes[i / 2] = llvm.call("CreateStringAttribute", context, key.address(), key.byteSize() - 1,
                    value.address(), value.byteSize() - 1);
        }
        String nounwind = "nounwind";
        long kind = llvm.call("GetEnumAttributeKindForName", text(arena, nounwind), nounwind.length());
        attributes[attributes.length - 1] =
                llvm.call("CreateEnumAttribute", context, Integer.toUnsignedLong(LlvmC.narrow(kind)), 0);
        long function = llvm.call("GetFirstFunction", module);
        while (function != 0) {
            if (LlvmC.narrow(llvm.call("IsDeclaration", function)) == 0) {
                for (long attribute : attributes) {
                    llvm.call("AddAttributeAtIndex", function, FUNCTION_INDEX, attribute);
                }
            }
            function = llvm.call("GetNextFunction", function);
        }
    }

    private void runPasses(Arena arena, long module, long machine) {
        if (request.passes().isEmpty()) {
            return;
        }
        long options = llvm.call("CreatePassBuilderOptions");
        onExit("DisposePassBuilderOptions", options);
        for (String pass : new String[] {"LoopInterleaving", "LoopVectorization", "SLPVectorization",
            "LoopUnrolling"}) {
            llvm.call("PassBuilderOptionsSet" + pass, options, 0);
        }
        long error = llvm.call("RunPasses", module, text(arena, request.passes()), machine, options);
        if (error != 0) {
            throw new LlvmFailure("the passes fail: " + llvm.takeError(error));
        }
    }

    private byte[] emit(Arena arena, long machine, long module, int file) {
        LlvmC.Out message = new LlvmC.Out(arena);
        LlvmC.Out buffer = new LlvmC.Out(arena);
        long failed = llvm.call("TargetMachineEmitToMemoryBuffer", machine, module, file, message.address(),
                buffer.address());
        if (LlvmC.narrow(failed) != 0) {
            throw new LlvmFailure("no code for the module: " + llvm.take(message.get()));
        }
        return llvm.takeBuffer(buffer.get());
    }

    private static void failOnDiagnostics() {
        if (Thread.currentThread() instanceof CompileThread thread && !thread.errors().isEmpty()) {
            throw new LlvmFailure(String.join("; ", thread.errors()));
        }
    }

    private static long text(Arena arena, String string) {
        return arena.allocateFrom(string).address();
    }
}
