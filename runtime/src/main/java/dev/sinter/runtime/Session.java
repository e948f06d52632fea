package dev.sinter.runtime;

import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.runtime.SessionProgram.Signature;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.StampedLock;

/**
 * Runs a graph and keeps its variables. A run is a transaction: it sees the variables as they are when it
 * starts, and commits all of its assigns or, where it fails or is cancelled, none. Threads may share a session.
 *
 * <p>Runs honour the interrupt of their thread, their deadline and {@link #close}: each ends them with a
 * {@link RunCancelledException}. Wrong use is a {@link GraphException}.
 */
public final class Session implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Graph graph;
    private final Engine engine;
    private final Watchdog watchdog = new Watchdog();
    private final Map<Variable, Cell> cells = new HashMap<>();
    private final ProgramCache programs = new ProgramCache();
    private final AtomicLong runs = new AtomicLong();
    private final StampedLock runNumber = new StampedLock();
    private final AtomicInteger active = new AtomicInteger();
    private volatile boolean closed;
    private boolean ended;

    /** A session with the default options. */
    public Session(Graph graph) {
        this(graph, SessionOptions.DEFAULT);
    }

    public Session(Graph graph, SessionOptions options) {
        this.graph = graph;
        this.engine = Engines.open(options);
    }

    public Graph graph() {
        return graph;
    }

    /** Carries out an operation. */
    public void run(Operation operation) {
        run(Feeds.NONE, operation);
    }

    /** Carries out an operation. */
    public void run(Feeds feeds, Operation operation) {
        run(feeds, Fetch.nothing().targets(operation), RunOptions.DEFAULT);
    }

    /** The value of a tensor or a variable. */
    public NDArray run(Operand fetch) {
        return run(Feeds.NONE, fetch);
    }

    /** The value of a tensor or a variable. */
    public NDArray run(Feeds feeds, Operand fetch) {
        return run(feeds, Fetch.fetch(fetch), RunOptions.DEFAULT).get(0);
    }

    /** What is fetched. */
    public Fetches run(Fetch fetch) {
        return run(Feeds.NONE, fetch, RunOptions.DEFAULT);
    }

    /** What is fetched. */
    public Fetches run(Feeds feeds, Fetch fetch) {
        return run(feeds, fetch, RunOptions.DEFAULT);
    }

    /** What is fetched. */
    public Fetches run(Feeds feeds, Fetch fetch, RunOptions options) {
        enter();
        try {
            SessionProgram program = program(fetch, feeds.values().keySet());
            try {
                ProgramRun run = program.take();
                try {
                    feed(program, run, feeds);
                    runNow(run, options);
                    return run.snapshot();
                } finally {
                    program.giveBack(run);
                }
            } finally {
                program.release();
            }
        } finally {
            exit();
        }
    }

    /** Compiles a run that is repeated, for the tensors that it will be fed. */
    public PreparedCall prepare(Fetch fetch, Tensor... feeds) {
        enter();
        try {
            Set<Tensor> named = new HashSet<>();
            for (Tensor feed : feeds) {
                if (!named.add(feed)) {
                    throw new GraphException("prepare: \"" + feed.name() + "\" is named twice");
                }
            }
            return new PreparedCall(this, program(fetch, named));
        } finally {
            exit();
        }
    }

    /**
     * The text of a stage that a run goes through on its way to machine code.
     *
     * @param stage {@code tensor}, {@code plan}, {@code kernel}, {@code program}, {@code llvm} or {@code asm};
     *              of a stage that the back end does not have the text is empty
     * @param feeds the tensors that the run is fed
     */
    public String text(String stage, Fetch fetch, Tensor... feeds) {
        enter();
        try {
            SessionProgram program = program(fetch, Set.copyOf(List.of(feeds)));
            try {
                return program.text(stage);
            } finally {
                program.release();
            }
        } finally {
            exit();
        }
    }

    /**
     * What runs take, as a formula of the unknown sizes; nothing is run, and no code is made.
     *
     * @param feeds the tensors that the run is fed
     * @return nothing where the back end plans no memory, as the interpreter
     */
    public Optional<MemoryNeed> memory(Fetch fetch, Tensor... feeds) {
        enter();
        try {
            Signature signature = signature(fetch, Set.copyOf(List.of(feeds)));
            return engine.memory(lowered(signature).function());
        } finally {
            exit();
        }
    }

    /** Runs once, commits, and says how: the fused kernels, their work and memory, and why they are so. */
    public String explain(Feeds feeds, Fetch fetch) {
        enter();
        try {
            SessionProgram program = program(fetch, feeds.values().keySet());
            try {
                return explain(program, feeds, 1);
            } finally {
                program.release();
            }
        } finally {
            exit();
        }
    }

    /**
     * As {@link #explain}, with times: runs many times, each of them committed, and gives the least time of
     * each kernel and the fraction of the machine's limits that it reaches.
     *
     * @param runs how many runs, at least 1
     */
    public String analyze(Feeds feeds, Fetch fetch, int runs) {
        enter();
        try (SessionProgram timed = compile(signature(fetch, feeds.values().keySet()), true)) {
            return explain(timed, feeds, runs);
        } finally {
            exit();
        }
    }

    private String explain(SessionProgram program, Feeds feeds, int runs) {
        ProgramRun run = program.take();
        try {
            for (int i = 0; i < Math.max(1, runs); i++) {
                feed(program, run, feeds);
                runNow(run, RunOptions.DEFAULT);
            }
            return run.invocation().explain();
        } finally {
            program.giveBack(run);
        }
    }

    private void feed(SessionProgram program, ProgramRun run, Feeds feeds) {
        List<Tensor> used = program.lowered().feeds();
        for (int i = 0; i < used.size(); i++) {
            run.feed(i, feeds.values().get(used.get(i)));
        }
        for (Tensor unused : program.lowered().unused()) {
            checkUnused(unused, feeds.values().get(unused));
        }
    }

    /** Whether a variable has a value. */
    public boolean isInitialized(Variable variable) {
        enter();
        try {
            return cell(variable).storage().isInitialized();
        } finally {
            exit();
        }
    }

    /** A copy of the value of a variable. */
    public NDArray value(Variable variable) {
        enter();
        try {
            Cell cell = cell(variable);
            long stamp = cell.lock().readLock();
            try {
                if (!cell.storage().isInitialized()) {
                    throw new GraphException("value: the variable \"" + variable.name() + "\" at "
                            + variable.location() + " is not initialised; run graph.initializer() first");
                }
                return cell.storage().read();
            } finally {
                cell.lock().unlock(stamp);
            }
        } finally {
            exit();
        }
    }

    /**
     * Gives a variable a value.
     *
     * @param value an {@link NDArray} of the variable's dtype, or a Java value, which converts as a feed does
     */
    public void load(Variable variable, Object value) {
        enter();
        try {
            Cell cell = cell(variable);
            NDArray array = value instanceof NDArray given ? given
                    : Feeds.convert("load: \"" + variable.name() + "\"", variable.dtype(), value);
            if (array.dtype() != variable.dtype() || !array.shape().equals(variable.shape())) {
                throw new GraphException("load: the variable \"" + variable.name() + "\" holds " + variable.dtype()
                        + variable.shape().toUserString() + ", the value is " + array.dtype()
                        + array.shape().toUserString() + (array.dtype() == variable.dtype() ? ""
                        : "; cast(...) it"));
            }
            long stamp = cell.lock().writeLock();
            try {
                cell.storage().load(array);
            } catch (IllegalStateException | WrongThreadException unusable) {
                if (!Feeds.isReadable(array)) {
                    throw Feeds.unreadable("load: the array for the variable \"" + variable.name() + "\"", array,
                            "it is loaded");
                }
                throw unusable;
            } finally {
                cell.lock().unlock(stamp);
            }
        } finally {
            exit();
        }
    }

    /** How many runs have committed: what random numbers of the next run depend on. */
    public long committedRuns() {
        return runs.get();
    }

    /**
     * How many programs the session has compiled: one for each combination of fetches, feeds and targets,
     * whatever sizes it is run with, and one more where a variable was laid out anew after that.
     */
    public int compilations() {
        return engine.compilations();
    }

    /** Runs for a prepared call. */
    void run(ProgramRun run, RunOptions options) {
        enter();
        try {
            runNow(run, options);
        } finally {
            exit();
        }
    }

    private void runNow(ProgramRun run, RunOptions options) {
        boolean limited = options.timeout().isPresent();
        run.run(runs, runNumber, limited, limited ? System.nanoTime() + nanos(options.timeout().get()) : 0);
    }

    private static long nanos(Duration timeout) {
        return timeout.isNegative() ? 0 : timeout.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : timeout.toNanos();
    }

    /** Checks the value of a tensor that a run does not need. */
    static void checkUnused(Tensor tensor, NDArray value) {
        if (value.dtype() != tensor.dtype() || value.rank() != tensor.rank()) {
            throw new GraphException("run: " + tensor.role() + " is " + tensor + ", the array is " + value.dtype()
                    + value.shape().toUserString() + "\n  " + tensor.name() + ": " + tensor.role() + " at "
                    + tensor.location());
        }
    }

    /** The program of a signature, held for the caller, who releases it. */
    private SessionProgram program(Fetch fetch, Set<Tensor> feeds) {
        return programs.hold(signature(fetch, feeds), key -> compile(key, false));
    }

    private Signature signature(Fetch fetch, Set<Tensor> feeds) {
        return new Signature(fetch.tensors(graph), feeds, fetch.elements(graph));
    }

    private SessionProgram compile(Signature signature, boolean timed) {
        LoweredGraph lowered = lowered(signature);
        List<Cell> states = lowered.states().stream().map(state -> cell(state.variable())).toList();
        Executable executable = engine.compile(lowered.function(), timed);
        boolean whole = false;
        try {
            SessionProgram program =
                    new SessionProgram(lowered, signature.fetches(), states, executable, watchdog);
            whole = true;
            return program;
        } finally {
            if (!whole) {
                executable.close();
            }
        }
    }

    private LoweredGraph lowered(Signature signature) {
        List<Tensor> feeds = signature.feeds().stream().sorted(Comparator.comparing(Tensor::name)).toList();
        return Lowering.lower(graph, signature.fetches(), feeds, signature.targets());
    }

    private Cell cell(Variable variable) {
        if (variable.graph() != graph) {
            throw new GraphException("the variable \"" + variable.name() + "\" belongs to another graph than the"
                    + " session");
        }
        synchronized (cells) {
            return cells.computeIfAbsent(variable, key -> new Cell(key,
                    engine.storage(new TensorType(key.dtype(), key.shape()))));
        }
    }

    private void enter() {
        boolean others = active.incrementAndGet() > 1;
        if (others && watchdog.watches(Thread.currentThread())) {
            exit();
            throw nested();
        }
        if (closed) {
            exit();
            throw new GraphException("the session is closed; open another one");
        }
    }

    /** What a run holds or waits for, its own thread would wait for in vain. */
    private static GraphException nested() {
        return new GraphException("run: a host function must not use the session that calls it");
    }

    private void exit() {
        if (active.decrementAndGet() == 0 && closed) {
            synchronized (active) {
                active.notifyAll();
            }
        }
    }

    /** Cancels the runs in progress, waits for them, and frees all memory; the second time, waits for the first. */
    @Override
    public void close() {
        if (watchdog.watches(Thread.currentThread())) {
            throw nested();
        }
        boolean interrupted = false;
        synchronized (active) {
            boolean first = !closed;
            closed = true;
            while (first ? active.get() > 0 : !ended) {
                watchdog.stopAll(Reason.CLOSED);
                try {
                    active.wait(5);
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
            if (first) {
                free();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void free() {
        try {
            watchdog.close();
            programs.close();
            engine.close();
        } finally {
            ended = true;
            active.notifyAll();
        }
    }
}
