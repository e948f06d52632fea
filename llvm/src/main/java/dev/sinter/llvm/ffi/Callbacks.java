package dev.sinter.llvm.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** The functions through which LLVM reports errors, in place of its own, which print or end the process. */
@SuppressWarnings("restricted")
final class Callbacks {

    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
    private static final int SEVERITY_ERROR = 0;

    private final LlvmC llvm;
    private final MemorySegment diagnostic;
    private final MemorySegment fatal;
    private final MemorySegment session;

    /** Makes the callbacks; does not call LLVM, which may still be on its way. */
    Callbacks(LlvmC llvm) {
        this.llvm = llvm;
        this.diagnostic = stub("diagnose");
        this.fatal = stub("fatal");
        this.session = stub("report");
    }

    /** Routes LLVM's fatal errors to the compiling thread. */
    void install() {
        llvm.call("InstallFatalErrorHandler", fatal.address());
    }

    /** Routes what a context diagnoses to the compiling thread. */
    void watchContext(long context) {
        llvm.call("ContextSetDiagnosticHandler", context, diagnostic.address(), 0);
    }

    /** Routes the errors of a JIT's execution session to the compiling thread. */
    void watchSession(long executionSession) {
        llvm.call("OrcExecutionSessionSetErrorReporter", executionSession, session.address(), 0);
    }

    private MemorySegment stub(String method) {
        try {
            MethodHandle handle = MethodHandles.lookup().findVirtual(Callbacks.class, method,
                    MethodType.methodType(void.class, long.class, long.class));
            return Linker.nativeLinker().upcallStub(handle.bindTo(this), SHAPE, Arena.global());
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("the callback " + method + " is missing", missing);
        }
    }

    private void diagnose(long info, long ignored) {
        guarded(() -> {
            boolean error = LlvmC.narrow(llvm.call("GetDiagInfoSeverity", info)) == SEVERITY_ERROR;
            if (error && Thread.currentThread() instanceof CompileThread thread) {
                thread.diagnose(llvm.take(llvm.call("GetDiagInfoDescription", info)));
            }
        });
    }

    private void report(long ignored, long error) {
        guarded(() -> {
            String message = llvm.takeError(error);
            if (Thread.currentThread() instanceof CompileThread thread) {
                thread.diagnose(message);
            }
        });
    }

    private void fatal(long reason, long ignored) {
        guarded(() -> {
            if (Thread.currentThread() instanceof CompileThread thread) {
                thread.sleepForEver(LlvmC.borrow(reason));
            }
        });
    }

    /** An exception that left an upcall would end the process. */
    private static void guarded(Runnable body) {
        try {
            body.run();
        } catch (Throwable thrown) {
            if (Thread.currentThread() instanceof CompileThread thread) {
                thread.diagnose("a callback of LLVM failed: " + thrown);
            }
        }
    }
}
