package dev.sinter.runtime;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.RunNumber;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pipeline;
import dev.sinter.plan.SizeChecks;
import dev.sinter.program.InterpretedBackend;
import dev.sinter.replay.Replay;
import dev.sinter.replay.ReplayFolder;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The interpreter as an engine. */
final class EvalEngine implements Engine {
    private final boolean optimize;
    private final ReplayFolder replays = ReplayFolder.configured();
    private final AtomicInteger compilations = new AtomicInteger();

    /** An engine that puts functions through the passes first, or not. */
    EvalEngine(boolean optimize) {
        this.optimize = optimize;
    }

    @Override
    public String name() {
        return "eval";
    }

    @Override
    public Storage storage(TensorType type) {
        return new Cell(type);
    }

    @Override
    public int compilations() {
        return compilations.get();
    }

    @Override
    public Executable compile(Function function, boolean timed) {
        compilations.incrementAndGet();
        return new Program(function, optimize ? optimized(function, timed) : function, SizeChecks.of(function));
    }

    @Override
    public Optional<MemoryNeed> memory(Function function) {
        return Optional.empty();
    }

    private Function optimized(Function function, boolean timed) {
        OptimizationOptions options = OptimizationOptions.defaults();
        return replays.watch(
                () -> new Replay(function, Map.of(), new InterpretedBackend().target(), options, timed),
                beforeNativeCode -> Pipeline.optimize(function, options).function());
    }

    @Override
    public void close() {}

    /** A variable: an array that is replaced as a whole and never changed. */
    private static final class Cell implements Storage {
        private final TensorType type;
        private volatile Optional<NDArray> value = Optional.empty();
        private Optional<NDArray> next = Optional.empty();

        Cell(TensorType type) {
            this.type = type;
        }

        @Override
        public boolean isInitialized() {
            return value.isPresent();
        }

        @Override
        public NDArray read() {
            return copy(value.orElseThrow(() -> new CompilerBug("a variable without a value is read")));
        }

        /** The value, or zeros where nothing reads it. */
        NDArray value() {
            return value.orElseGet(() -> NDArray.zeros(type.dtype(), type.shape().sizes()));
        }

        void prepare(NDArray array) {
            next = Optional.of(array);
        }

        @Override
        public void load(NDArray array) {
            value = Optional.of(copy(array));
        }

        @Override
        public void commit() {
            value = next;
            next = Optional.empty();
        }

        @Override
        public void discard() {
            next = Optional.empty();
        }
    }

    static NDArray copy(NDArray array) {
        NDArray copy = NDArray.zeros(array.dtype(), array.sizes());
        copy.segment().copyFrom(array.segment());
        return copy;
    }

    /**
     * What is asked for, and how it is computed.
     *
     * @param checks what must hold of the unknown sizes
     */
    private record Program(Function source, Function function, SizeChecks checks) implements Executable {
        @Override
        public Invocation newInvocation() {
            return new Call(this);
        }

        @Override
        public String text(String stage) {
            return stage.equals("tensor") ? Printer.print(function) : "";
        }

        @Override
        public void close() {}
    }

    /** Leaves the interpreter. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    private static final class Call implements Invocation {
        private final Program program;
        private final Function function;
        private final NDArray[] inputs;
        private final Cell[] states;
        private List<NDArray> results = List.of();
        private volatile boolean cancelled;

        Call(Program program) {
            this.program = program;
            this.function = program.function();
            this.inputs = new NDArray[function.parameters().size()];
            this.states = new Cell[inputs.length];
        }

        @Override
        public void setInput(int parameter, NDArray value) {
            inputs[parameter] = value;
        }

        @Override
        public void setState(int parameter, Storage storage) {
            states[parameter] = (Cell) storage;
        }

        @Override
        public void forgetInputs() {
            Arrays.fill(inputs, null);
            results = List.of();
        }

        @Override
        public Outcome run(long runNumber) {
            List<NDArray> arguments = new ArrayList<>();
            for (int i = 0; i < inputs.length; i++) {
                Value parameter = function.parameters().get(i);
                arguments.add(parameter.op() instanceof RunNumber ? runNumber(runNumber)
                        : parameter.type() instanceof StateType ? states[i].value() : inputs[i]);
            }
            program.checks().check(Interpreter.binder(program.source()).bind(arguments)::value);
            try {
                results = Interpreter.run(function, arguments, this::poll);
            } catch (Stopped stopped) {
                return Outcome.CANCELLED;
            } catch (GraphException failure) {
                throw interrupted(failure) ? new RunCancelledException(RunCancelledException.Reason.INTERRUPTED)
                        : failure;
            }
            for (int i = 0; i < results.size(); i++) {
                if (function.results().get(i).type() instanceof StateType state) {
                    cell(state.variable()).prepare(copy(results.get(i)));
                }
            }
            return Outcome.DONE;
        }

        /** Whether a host call has ended by an interrupt of its thread. */
        private static boolean interrupted(Throwable failure) {
            return failure instanceof InterruptedException
                    || failure.getCause() != null && interrupted(failure.getCause());
        }

        private static NDArray runNumber(long number) {
            NDArray array = NDArray.zeros(DType.INT64);
            array.setLong(0, number);
            return array;
        }

        private Cell cell(String variable) {
            for (int i = 0; i < states.length; i++) {
                if (function.parameters().get(i).type() instanceof StateType state
                        && state.variable().equals(variable)) {
                    return states[i];
                }
            }
            throw new CompilerBug("no parameter is the state of " + variable);
        }

        private void poll() {
            if (cancelled) {
                throw new Stopped();
            }
        }

        @Override
        public String explain() {
            return "The interpreter carries out each value in turn:\n\n" + Printer.print(function);
        }

        /** A copy: a result of the interpreter may be a variable's value, a feed or a constant itself. */
        @Override
        public NDArray result(int index) {
            return copy(results.get(index));
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public void clearCancel() {
            cancelled = false;
        }

        @Override
        public void close() {}
    }
}
