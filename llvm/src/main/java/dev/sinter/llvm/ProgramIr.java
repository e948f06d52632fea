package dev.sinter.llvm;

import dev.sinter.kernel.Failure;
import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Plan;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Step;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * LLVM IR text of a program: {@code i32 @program(ptr context, i64 thread, i64 participants)}. All threads of
 * a run execute it together: of each launch every thread computes its share of the tiles, and all meet at a
 * barrier before a step that needs what another thread has written.
 */
final class ProgramIr {
    static final String FUNCTION = "program";

    private final Program program;
    private final Target target;
    private final Map<Dim, Integer> sizes = new HashMap<>();
    private final Map<Kernel, Integer> kernels;
    private final boolean timed;
    private final StringBuilder out = new StringBuilder();
    /** What is computed once, before the first step. */
    private final StringBuilder once = new StringBuilder();
    private final Map<Dim, Range> shares = new HashMap<>();
    private int names;
    private boolean copies;
    private final Map<Kernel, KernelIr.Inlined> inlined = new LinkedHashMap<>();
    private final Map<Kernel, String> inlinedNames = new IdentityHashMap<>();
    private String cancel = "%cancel";
    /** The symbols whose values the run finds. */
    private final Set<Symbol> defined;
    private final Phases phases;
    private final LoopIr loops;
    private String block = "entry";
    private int hostCalls;
    /** Whether the first thread alone carries out what is being written. */
    private boolean solo;

    private ProgramIr(Program program, Map<Kernel, Integer> kernels, boolean timed, Target target) {
        this.program = program;
        this.timed = timed;
        this.kernels = kernels;
        this.target = target;
        this.defined = program.bounds().keySet();
        this.phases = new Phases(program);
        this.loops = new LoopIr(this, program, phases);
        for (int i = 0; i < program.sizes().size(); i++) {
            sizes.put(program.sizes().get(i), i);
        }
    }

    /**
     * The module of a program.
     *
     * @param kernels the position of each kernel in the context's table
     * @param timed   whether all threads meet after every step and the first one notes the cycle counter in
     *                the context's table of times: before the first step and after each
     */
    static String text(Program program, Map<Kernel, Integer> kernels, boolean timed, Target target) {
        return new ProgramIr(program, kernels, timed, target).module();
    }

    private String module() {
        out.append("define i32 @").append(FUNCTION)
                .append("(ptr %context, i64 %thread, i64 %participants) nounwind {\nentry:\n");
        line("%barrier = getelementptr i8, ptr %context, i64 " + ContextLayout.BARRIER);
        line("%status = getelementptr i8, ptr %context, i64 " + ContextLayout.STATUS);
        line("%cancel = getelementptr i8, ptr %context, i64 " + ContextLayout.CANCEL);
        line("%never = getelementptr i8, ptr %context, i64 " + ContextLayout.NEVER);
        table("buffers", ContextLayout.BUFFERS);
        table("sizes", ContextLayout.SYMBOLS);
        table("kernels", ContextLayout.KERNELS);
        line("%first = icmp eq i64 %thread, 0");
        line("%thread.after = add i64 %thread, 1");
        line("%rounding = sub i64 %participants, 1");
        int variables = out.length();
        if (timed) {
            table("times", ContextLayout.TIMES);
        }
        for (int i = 0; i < program.steps().size(); i++) {
            if (timed) {
                barrier();
                noteTime(i);
            }
            step(program.steps().get(i), timed);
        }
        if (timed) {
            barrier();
            noteTime(program.steps().size());
        }
        out.insert(variables, loops.variables() + once);
        line("br label %stop");
        out.append("stop:\n");
        line("%result = load atomic i32, ptr %status monotonic, align 4");
        line("ret i32 %result");
        out.append("}\n");
        if (copies) {
            out.append(COPY);
        }
        inlined.values().forEach(kernel -> out.append('\n').append(kernel.function()));
        Set<String> declared = new TreeSet<>();
        inlined.values().forEach(kernel -> declared.addAll(kernel.declarations()));
        declared.forEach(declaration -> out.append(declaration).append('\n'));
        if (!inlined.isEmpty()) {
            out.append("!0 = !{i32 1}\n");
        }
        out.append(RuntimeIr.barrier(target));
        return out.toString();
    }

    void steps(List<Step> steps) {
        steps.forEach(step -> step(step, false));
    }

    private void step(Step step, boolean met) {
        if (!met && phases.barrierBefore(step)) {
            barrier();
        }
        boolean alone = !solo && phases.isAlone(step);
        int id = names++;
        if (alone) {
            line("br i1 %first, label %alone." + id + ", label %joined." + id);
            label("alone." + id);
            solo = true;
        }
        switch (step) {
            case Step.Launch launch -> launch(launch);
            case Step.Copy copy -> copy(buffer(copy.from()), buffer(copy.to()), copy.from());
            case Step.CallHost call -> callHost(call);
            case Step.Define size -> new SizeIr(this, sizes).define(size, solo);
            case Step.Loop loop -> loops.loop(loop);
            case Step.Branch branch -> loops.branch(branch);
            case Step.PointOfNoReturn point -> cancel = "%never";
        }
        if (alone) {
            solo = false;
            line("br label %joined." + id);
            label("joined." + id);
        }
    }

    private void noteTime(int index) {
        int id = names++;
        String entry = fresh();
        String cycles = fresh();
        line("br i1 %first, label %note." + id + ", label %noted." + id);
        label("note." + id);
        line(entry + " = getelementptr i64, ptr %times, i64 " + index);
        line(cycles + " = call i64 @llvm.readcyclecounter()");
        line("store i64 " + cycles + ", ptr " + entry + ", align 8");
        line("br label %noted." + id);
        label("noted." + id);
    }

    private void table(String name, int offset) {
        line("%" + name + ".p = getelementptr i8, ptr %context, i64 " + offset);
        line("%" + name + " = load ptr, ptr %" + name + ".p, align 8");
    }

    void barrier() {
        if (solo) {
            throw new CompilerBug("one thread waits for others that do not come");
        }
        String agreed = fresh();
        String stop = fresh();
        int id = names++;
        line(agreed + " = call i32 @sinter_barrier(ptr %barrier, i64 %participants)");
        line(stop + " = icmp ne i32 " + agreed + ", 0");
        line("br i1 " + stop + ", label %stop, label %go." + id);
        label("go." + id);
    }

    private void launch(Step.Launch launch) {
        Kernel kernel = launch.kernel();
        List<String> types = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < launch.buffers().size(); i++) {
            String pointer = buffer(launch.buffers().get(i));
            Kernel.Argument argument = kernel.buffers().get(i);
            if (argument.access() == Kernel.Access.SCRATCH) {
                pointer = ofThread(pointer, argument.storage().times(argument.dtype().bytes()));
            }
            types.add("ptr");
            arguments.add("ptr " + pointer);
        }
        for (Dim size : KernelIr.sizes(kernel)) {
            types.add("i64");
            arguments.add("i64 " + size(size));
        }
        Range range = share(kernel.tiles());
        types.addAll(List.of("ptr", "ptr", "i64", "i64"));
        arguments.addAll(List.of("ptr " + cancel, "ptr %status", "i64 " + range.begin(), "i64 " + range.end()));
        String code = loops.isInRegisters() ? inlined(kernel) : tableOfKernels(kernel);
        int id = names++;
        String some = fresh();
        line(some + " = icmp slt i64 " + range.begin() + ", " + range.end());
        line("br i1 " + some + ", label %share." + id + ", label %shared." + id);
        label("share." + id);
        line("; " + kernel.name().replace('\n', ' '));
        line("call void (" + String.join(", ", types) + ") " + code + "(" + String.join(", ", arguments) + ")");
        line("br label %shared." + id);
        label("shared." + id);
    }

    private String tableOfKernels(Kernel kernel) {
        String entry = fresh();
        String code = fresh();
        line(entry + " = getelementptr ptr, ptr %kernels, i64 " + kernels.get(kernel));
        line(code + " = load ptr, ptr " + entry + ", align 8");
        return code;
    }

    /** The name of a function of this module that computes a kernel. */
    private String inlined(Kernel kernel) {
        String name = inlinedNames.computeIfAbsent(kernel, key -> "inlined." + names++);
        inlined.computeIfAbsent(kernel, key -> KernelIr.inlined(key, target, name));
        return "@" + name;
    }

    /** Which part of a number of units a thread does; the first threads do the larger parts. */
    private record Range(String begin, String end) {}

    private Range range(String count) {
        return solo ? new Range("0", count) : new Range(bound(count, "%thread"), bound(count, "%thread.after"));
    }

    /** Which tiles a thread computes of so many; divisions are not left to loops. */
    private Range share(Dim tiles) {
        if (solo) {
            return new Range("0", size(tiles));
        }
        if (!Collections.disjoint(tiles.symbols(), defined)) {
            return range(size(tiles));
        }
        Range known = shares.get(tiles);
        if (known == null) {
            int start = out.length();
            known = tiles.isConstant(1) ? new Range("0", onlyFirst()) : range(size(tiles));
            once.append(out, start, out.length());
            out.setLength(start);
            shares.put(tiles, known);
        }
        return known;
    }

    /** 1 on the first thread, 0 on the others. */
    private String onlyFirst() {
        String end = fresh();
        line(end + " = zext i1 %first to i64");
        return end;
    }

    private String bound(String count, String thread) {
        String product = fresh();
        String rounded = fresh();
        String bound = fresh();
        line(product + " = mul i64 " + count + ", " + thread);
        line(rounded + " = add i64 " + product + ", %rounding");
        line(bound + " = udiv i64 " + rounded + ", %participants");
        return bound;
    }

    /** Copies as many bytes as a buffer has, each thread its share. */
    void copy(String from, String to, int buffer) {
        String bytes = size(program.buffers().get(buffer).bytes());
        String padded = fresh();
        String units = fresh();
        line(padded + " = add i64 " + bytes + ", 63");
        line(units + " = udiv i64 " + padded + ", 64");
        Range range = range(units);
        String begin = fresh();
        String wanted = fresh();
        line(begin + " = mul i64 " + range.begin() + ", 64");
        line(wanted + " = mul i64 " + range.end() + ", 64");
        String inside = fresh();
        String end = fresh();
        line(inside + " = icmp ult i64 " + wanted + ", " + bytes);
        line(end + " = select i1 " + inside + ", i64 " + wanted + ", i64 " + bytes);
        line("call void @copy(ptr " + to + ", ptr " + from + ", i64 " + begin + ", i64 " + end + ")");
        copies = true;
    }

    private void callHost(Step.CallHost call) {
        int index = hostCalls++;
        call.operands().forEach(this::publish);
        call.results().forEach(this::publish);
        callHost(String.valueOf(index));
    }

    /** Puts the address of memory that an enclosing loop moves where the host looks for it. */
    private void publish(int buffer) {
        loops.pointer(owner(buffer)).ifPresent(pointer -> onFirst(() -> {
            String entry = fresh();
            line(entry + " = getelementptr ptr, ptr %buffers, i64 " + owner(buffer));
            line("store ptr " + pointer + ", ptr " + entry + ", align 8");
        }));
    }

    private int owner(int buffer) {
        return Plan.owner(program.buffers(), buffer).id();
    }

    /** Has the host provide a piece of a tape, on the first thread. */
    void growTape(int tape, String piece, String bytes) {
        String wanted = fresh();
        String size = fresh();
        line(wanted + " = getelementptr i8, ptr %context, i64 " + ContextLayout.TAPE_PIECE);
        line(size + " = getelementptr i8, ptr %context, i64 " + ContextLayout.TAPE_BYTES);
        onFirst(() -> {
            line("store i64 " + piece + ", ptr " + wanted + ", align 8");
            line("store i64 " + bytes + ", ptr " + size + ", align 8");
            enterHost(String.valueOf(-1 - tape), Failure.OUT_OF_MEMORY);
        });
    }

    /** What the first thread alone does. */
    void onFirst(Runnable body) {
        if (solo) {
            body.run();
            return;
        }
        int id = names++;
        line("br i1 %first, label %only." + id + ", label %all." + id);
        label("only." + id);
        body.run();
        line("br label %all." + id);
        label("all." + id);
    }

    /** Calls the host's function of a number, on the first thread. */
    private void callHost(String index) {
        onFirst(() -> {
            String word = fresh();
            String set = fresh();
            int id = names++;
            line(word + " = load atomic i32, ptr " + cancel + " monotonic, align 4");
            line(set + " = icmp ne i32 " + word + ", 0");
            line("br i1 " + set + ", label %cancelled." + id + ", label %call." + id);
            label("cancelled." + id);
            line("call void @sinter_raise(ptr %barrier, i32 " + Failure.CANCELLED.code() + ")");
            line("br label %called." + id);
            label("call." + id);
            enterHost(index, Failure.HOST_CALL);
            line("br label %called." + id);
            label("called." + id);
        });
    }

    /** Calls the trampoline; another status than 0 is the failure. */
    private void enterHost(String index, Failure failure) {
        String pointer = fresh();
        String trampoline = fresh();
        String status = fresh();
        String failed = fresh();
        int id = names++;
        line(pointer + " = getelementptr i8, ptr %context, i64 " + ContextLayout.HOST_CALL);
        line(trampoline + " = load ptr, ptr " + pointer + ", align 8");
        line(status + " = call i32 " + trampoline + "(ptr %context, i64 " + index + ")");
        line(failed + " = icmp ne i32 " + status + ", 0");
        line("br i1 " + failed + ", label %raise." + id + ", label %fine." + id);
        label("raise." + id);
        line("call void @sinter_raise(ptr %barrier, i32 " + failure.code() + ")");
        line("br label %fine." + id);
        label("fine." + id);
    }

    /** The address of a buffer's memory. */
    String buffer(int id) {
        return loops.pointer(id).orElseGet(() -> tableEntry(id));
    }

    private String tableEntry(int id) {
        String entry = fresh();
        String pointer = fresh();
        line(entry + " = getelementptr ptr, ptr %buffers, i64 " + id);
        line(pointer + " = load ptr, ptr " + entry + ", align 8");
        return pointer;
    }

    private String ofThread(String base, Dim bytes) {
        String line = fresh();
        String offset = fresh();
        String pointer = fresh();
        line(line + " = add i64 " + size(bytes) + ", 63");
        String rounded = fresh();
        line(rounded + " = and i64 " + line + ", -64");
        line(offset + " = mul i64 %thread, " + rounded);
        line(pointer + " = getelementptr i8, ptr " + base + ", i64 " + offset);
        return pointer;
    }

    String size(Dim dim) {
        if (dim.isConstant()) {
            return String.valueOf(dim.constant());
        }
        Integer index = sizes.get(dim);
        if (index == null) {
            throw new CompilerBug("the program " + program.name() + " does not list the size " + dim);
        }
        String entry = fresh();
        String value = fresh();
        line(entry + " = getelementptr i64, ptr %sizes, i64 " + index);
        line(value + " = load i64, ptr " + entry + ", align 8");
        return value;
    }

    String fresh() {
        return "%v" + names++;
    }

    void line(String text) {
        out.append("  ").append(text).append('\n');
    }

    /** A number that no other name has. */
    int number() {
        return names++;
    }

    void label(String name) {
        out.append(name).append(":\n");
        block = name;
    }

    /** The label of the block that is being written. */
    String block() {
        return block;
    }

    boolean isSolo() {
        return solo;
    }

    /** The address of the word that asks to stop. */
    String cancelWord() {
        return cancel;
    }

    /** Copies the bytes {@code begin} to {@code end - 1}; {@code begin} is a multiple of 64. A row lies anywhere. */
    private static final String COPY = """

            define internal void @copy(ptr noalias %to, ptr noalias %from, i64 %begin, i64 %end) nounwind {
            entry:
              br label %line
            line:
              %i = phi i64 [ %begin, %entry ], [ %i.next, %move ]
              %i.next = add i64 %i, 64
              %whole = icmp ule i64 %i.next, %end
              br i1 %whole, label %move, label %byte
            move:
              %source = getelementptr i8, ptr %from, i64 %i
              %goal = getelementptr i8, ptr %to, i64 %i
              %words = load <8 x i64>, ptr %source, align 1
              store <8 x i64> %words, ptr %goal, align 1
              br label %line
            byte:
              %j = phi i64 [ %i, %line ], [ %j.next, %single ]
              %more = icmp ult i64 %j, %end
              br i1 %more, label %single, label %done
            single:
              %a = getelementptr i8, ptr %from, i64 %j
              %b = getelementptr i8, ptr %to, i64 %j
              %c = load volatile i8, ptr %a, align 1
              store i8 %c, ptr %b, align 1
              %j.next = add i64 %j, 1
              br label %byte
            done:
              ret void
            }
            """;
}
