package dev.sinter.runtime;

import dev.sinter.ir.Type.StateType;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;

/** An invocation that has the values made first that are kept from run to run, where they are out of date. */
final class KeepingInvocation implements Invocation {
    private final KeepingExecutable executable;
    private final HiddenVariables hidden;
    private final NDArray[] inputs;
    private final NativeStorage[] states;
    private final NativeStorage[] sources;
    private NativeInvocation program;
    private boolean keeps = true;
    private final Object cancellation = new Object();
    private volatile boolean cancelled;

    KeepingInvocation(KeepingExecutable executable) {
        this.executable = executable;
        this.hidden = executable.hidden();
        this.inputs = new NDArray[executable.firstHidden()];
        this.states = new NativeStorage[inputs.length];
        this.sources = new NativeStorage[hidden.sources()];
        this.program = new NativeInvocation(executable.using());
        for (int i = 0; i < executable.count(); i++) {
            program.setState(executable.firstHidden() + i, hidden.storage(i));
        }
    }

    @Override
    public void setInput(int parameter, NDArray value) {
        inputs[parameter] = value;
        program.setInput(parameter, value);
    }

    @Override
    public void setState(int parameter, Storage storage) {
        states[parameter] = (NativeStorage) storage;
        program.setState(parameter, storage);
        StateType type = (StateType) executable.using().function().parameters().get(parameter).type();
        int source = hidden.source(type.variable());
        if (source >= 0) {
            sources[source] = states[parameter];
        }
    }

    @Override
    public Outcome run(long number) {
        if (keeps && executable.whole().isEmpty() && !program.fits()) {
            executable.giveUp();
        }
        if (keeps && executable.whole().isPresent()) {
            keepNothing(executable.whole().get());
        }
        if (keeps && !hidden.areOf(sources) && !hidden.fill(sources, this)) {
            return Outcome.CANCELLED;
        }
        return program.run(number);
    }

    private void keepNothing(NativeExecutable whole) {
        NativeInvocation other = new NativeInvocation(whole);
        for (int i = 0; i < inputs.length; i++) {
            if (states[i] != null) {
                other.setState(i, states[i]);
            } else if (inputs[i] != null) {
                other.setInput(i, inputs[i]);
            }
        }
        NativeInvocation before = program;
        synchronized (cancellation) {
            program = other;
            if (cancelled) {
                other.cancel();
            }
        }
        before.close();
        keeps = false;
    }

    @Override
    public void forgetInputs() {
        Arrays.fill(inputs, null);
        program.forgetInputs();
    }

    @Override
    public NDArray result(int index) {
        return program.result(index);
    }

    @Override
    public String explain() {
        return keeps ? program.explain() + executable.explain() : program.explain();
    }

    boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void cancel() {
        synchronized (cancellation) {
            cancelled = true;
            program.cancel();
        }
        hidden.cancel(this);
    }

    @Override
    public void clearCancel() {
        if (cancelled) {
            synchronized (cancellation) {
                cancelled = false;
                program.clearCancel();
            }
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
