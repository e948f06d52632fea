package dev.sinter.llvm;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Failure;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Buffer.Role;
import dev.sinter.program.Program;
import dev.sinter.program.Program.Carry;
import dev.sinter.program.Program.Step;
import dev.sinter.program.Program.Way;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The loops and branches of a program. Every thread keeps the index and the addresses of rows and of what is
 * handed on in registers of its own, and all take the same way, so that none writes what another one reads to
 * find its memory.
 */
final class LoopIr {
    private final ProgramIr ir;
    private final Program program;
    private final Phases phases;
    private final Map<Integer, String> pointers = new HashMap<>();
    private final StringBuilder variables = new StringBuilder();
    private boolean inRegisters;

    LoopIr(ProgramIr ir, Program program, Phases phases) {
        this.ir = ir;
        this.program = program;
        this.phases = phases;
    }

    /** What stands in the function's first block: a place for the index of each loop. */
    String variables() {
        return variables.toString();
    }

    /** The register that holds the address of a buffer that belongs to a loop around. */
    Optional<String> pointer(int buffer) {
        return Optional.ofNullable(pointers.get(buffer));
    }

    /** The phis of what is handed on where iterations read and write different memory. */
    private record Moving(Carry carry, String current, String next, String result, String spare, String firstCurrent,
            String firstNext) {}

    /** Whether the loop that is being written keeps what it can in registers, its kernels' code inside of it. */
    boolean isInRegisters() {
        return inRegisters;
    }

    void loop(Step.Loop loop) {
        boolean around = inRegisters;
        inRegisters |= ir.isSolo() && RegisterLoops.isSmall(loop);
        write(loop);
        inRegisters = around;
    }

    private void write(Step.Loop loop) {
        int id = ir.number();
        String counter = "%counter." + id;
        variables.append("  ").append(counter).append(" = alloca i64, align 8\n");
        pointers.put(loop.counter(), counter);
        String most = most(loop);
        String begins = loop.condition().map(this::flag).orElse("true");
        List<Moving> moving = new ArrayList<>();
        if (inRegisters) {
            RegisterLoops.temporaries(program, loop).forEach(this::local);
        }
        for (Carry carry : loop.carries()) {
            if (isLocal(carry)) {
                move(ir.buffer(carry.initial()), local(carry.current()), carry.result());
                if (!carry.isInPlace()) {
                    local(carry.next());
                }
            } else if (carry.isInPlace()) {
                String result = ir.buffer(carry.result());
                ir.copy(ir.buffer(carry.initial()), result, carry.result());
                pointers.put(carry.current(), result);
            } else {
                moving.add(moving(loop, carry, most, id));
            }
        }
        if (phases.barrierAfterStart(loop) && !ir.isSolo()) {
            ir.barrier();
        }
        String before = ir.block();
        ir.line("br label %loop." + id);
        ir.label("loop." + id);
        String latch = "latch." + id;
        String count = "%count." + id;
        ir.line(count + " = phi i64 [ 0, %" + before + " ], [ " + count + ".next, %" + latch + " ]");
        if (loop.condition().isPresent()) {
            ir.line("%goes." + id + " = phi i1 [ " + begins + ", %" + before + " ], [ %goes." + id + ".next, %" + latch
                    + " ]");
        }
        for (Moving each : moving) {
            ir.line(each.current() + " = phi ptr [ " + each.firstCurrent() + ", %" + before + " ], [ " + each.next()
                    + ", %" + latch + " ]");
            ir.line(each.next() + " = phi ptr [ " + each.firstNext() + ", %" + before + " ], [ " + each.next()
                    + ".other, %" + latch + " ]");
            pointers.put(each.carry().current(), each.current());
            pointers.put(each.carry().next(), each.next());
        }
        String more = ir.fresh();
        ir.line(more + " = icmp slt i64 " + count + ", " + most);
        if (loop.condition().isPresent()) {
            String both = ir.fresh();
            ir.line(both + " = and i1 " + more + ", %goes." + id);
            more = both;
        }
        ir.line("br i1 " + more + ", label %body." + id + ", label %left." + id);
        ir.label("body." + id);
        iteration(loop, id, count, most, moving);
        ir.label("left." + id);
        finish(loop, count, moving);
    }

    private boolean isLocal(Carry carry) {
        return inRegisters && carry.way() != Way.STACKED
                && RegisterLoops.fits(program.buffers().get(carry.result()));
    }

    /** Gives a buffer memory on the stack, which LLVM turns into registers. */
    private String local(int buffer) {
        String name = "%local." + ir.number();
        variables.append("  ").append(name).append(" = alloca ").append(vector(buffer)).append(", align 64\n");
        pointers.put(buffer, name);
        return name;
    }

    /** Copies a small buffer as one value. */
    private void move(String from, String to, int buffer) {
        String value = ir.fresh();
        int align = program.buffers().get(buffer).type().dtype().bytes();
        ir.line(value + " = load " + vector(buffer) + ", ptr " + from + ", align " + align);
        ir.line("store " + vector(buffer) + " " + value + ", ptr " + to + ", align " + align);
    }

    private String vector(int buffer) {
        TensorType type = program.buffers().get(buffer).type();
        String element = KernelIr.inMemory(type.dtype());
        long count = type.shape().elementCount().constant();
        return count == 1 ? element : "<" + count + " x " + element + ">";
    }

    /** One iteration, from its index to the way back. */
    private void iteration(Step.Loop loop, int id, String count, String most, List<Moving> moving) {
        String index = count;
        if (loop.trips().reverse()) {
            String last = ir.fresh();
            index = ir.fresh();
            ir.line(last + " = sub i64 " + most + ", 1");
            ir.line(index + " = sub i64 " + last + ", " + count);
        }
        ir.line("store i64 " + index + ", ptr %counter." + id + ", align 8");
        rows(loop, index, count, id);
        ir.steps(loop.body());
        if (loop.goesOn().isPresent()) {
            if (phases.barrierBeforeCheck(loop) && !ir.isSolo()) {
                ir.barrier();
            }
            String goesOn = load("i8", loop.goesOn().get(), 1);
            ir.line("%goes." + id + ".next = icmp ne i8 " + goesOn + ", 0");
        }
        ir.line(count + ".next = add i64 " + count + ", 1");
        for (Carry carry : loop.carries()) {
            if (isLocal(carry) && !carry.isInPlace()) {
                move(ir.buffer(carry.next()), ir.buffer(carry.current()), carry.result());
            }
        }
        moving.forEach(this::turn);
        if (phases.barrierAtEnd(loop) && !ir.isSolo()) {
            ir.barrier();
        }
        stopWhereAsked(loop, id);
        ir.line("br label %latch." + id);
        ir.label("latch." + id);
        ir.line("br label %loop." + id);
    }

    /** Where the next iteration writes what it hands on. */
    private void turn(Moving each) {
        String other = each.next() + ".other";
        if (each.carry().way() == Way.STACKED) {
            ir.line(other + " = " + behind(each.next(), each.carry()));
            return;
        }
        String inResult = ir.fresh();
        ir.line(inResult + " = icmp eq ptr " + each.next() + ", " + each.result());
        ir.line(other + " = select i1 " + inResult + ", ptr " + each.spare() + ", ptr " + each.result());
    }

    /** The instruction that finds the place behind a value in a stack. */
    private String behind(String value, Carry carry) {
        return "getelementptr i8, ptr " + value + ", i64 "
                + ir.size(program.buffers().get(carry.result()).bytes());
    }

    /**
     * Raises the status where the run is asked to stop. Where no thread waits for another inside of the loop, it
     * leaves the loop on a fault; elsewhere all leave together at a barrier.
     */
    private void stopWhereAsked(Step.Loop loop, int id) {
        String word = ir.fresh();
        String asked = ir.fresh();
        ir.line(word + " = load atomic i32, ptr " + ir.cancelWord() + " monotonic, align 4");
        ir.line(asked + " = icmp ne i32 " + word + ", 0");
        ir.line("br i1 " + asked + ", label %asked." + id + ", label %look." + id);
        ir.label("asked." + id);
        ir.line("call void @sinter_raise(ptr %barrier, i32 " + Failure.CANCELLED.code() + ")");
        ir.line("br label %look." + id);
        ir.label("look." + id);
        if (ir.isSolo() || !phases.hasBarrierInside(loop)) {
            leaveOnFault(id);
        }
    }

    private void leaveOnFault(int id) {
        String status = ir.fresh();
        String fault = ir.fresh();
        int check = ir.number();
        ir.line(status + " = load atomic i32, ptr %status monotonic, align 4");
        ir.line(fault + " = icmp ne i32 " + status + ", 0");
        ir.line("br i1 " + fault + ", label %left." + id + ", label %sound." + check);
        ir.label("sound." + check);
    }

    /** Brings the last values to where they are looked for, and says how many iterations there were. */
    private void finish(Step.Loop loop, String count, List<Moving> moving) {
        if (phases.barrierBeforeFinish(loop) && !ir.isSolo()) {
            ir.barrier();
        }
        for (Carry carry : loop.carries()) {
            if (isLocal(carry)) {
                move(ir.buffer(carry.current()), ir.buffer(carry.result()), carry.result());
            }
        }
        for (Moving each : moving) {
            String elsewhere = ir.fresh();
            int id = ir.number();
            ir.line(elsewhere + " = icmp ne ptr " + each.current() + ", " + each.result());
            ir.line("br i1 " + elsewhere + ", label %bring." + id + ", label %brought." + id);
            ir.label("bring." + id);
            ir.copy(each.current(), each.result(), each.carry().result());
            ir.line("br label %brought." + id);
            ir.label("brought." + id);
        }
        if (loop.count().isPresent()) {
            int id = ir.number();
            ir.line("br i1 %first, label %tell." + id + ", label %told." + id);
            ir.label("tell." + id);
            ir.line("store i64 " + count + ", ptr " + ir.buffer(loop.count().get()) + ", align 8");
            ir.line("br label %told." + id);
            ir.label("told." + id);
        }
    }

    /** The bound of the iterations that is known before the first one. */
    private String most(Step.Loop loop) {
        String most = loop.trips().length().map(ir::size).orElse(String.valueOf(Long.MAX_VALUE));
        if (loop.limit().isEmpty()) {
            return most;
        }
        String limit = load("i64", loop.limit().get(), 8);
        String negative = ir.fresh();
        String allowed = ir.fresh();
        String less = ir.fresh();
        String smaller = ir.fresh();
        ir.line(negative + " = icmp slt i64 " + limit + ", 0");
        ir.line(allowed + " = select i1 " + negative + ", i64 0, i64 " + limit);
        ir.line(less + " = icmp slt i64 " + allowed + ", " + most);
        ir.line(smaller + " = select i1 " + less + ", i64 " + allowed + ", i64 " + most);
        return smaller;
    }

    /** Where the number of iterations is known, the last one writes the result's memory. */
    private Moving moving(Step.Loop loop, Carry carry, String most, int id) {
        String result = ir.buffer(carry.result());
        String spare = ir.buffer(carry.spare());
        String name = "%carry." + id + "." + carry.current();
        if (carry.way() == Way.STACKED) {
            String first = ir.fresh();
            ir.line(first + " = " + behind(spare, carry));
            ir.copy(ir.buffer(carry.initial()), spare, carry.result());
            return new Moving(carry, name, name + ".next", result, spare, spare, first);
        }
        String first = result;
        if (loop.condition().isEmpty()) {
            String odd = ir.fresh();
            first = ir.fresh();
            ir.line(odd + " = trunc i64 " + most + " to i1");
            ir.line(first + " = select i1 " + odd + ", ptr " + result + ", ptr " + spare);
        }
        return new Moving(carry, name, name + ".next", result, spare, ir.buffer(carry.initial()), first);
    }

    private void rows(Step.Loop loop, String index, String count, int id) {
        for (int row : loop.rows()) {
            Buffer buffer = program.buffers().get(row);
            int of = ((Role.Row) buffer.role()).of();
            String bytes = ir.size(buffer.bytes());
            if (program.buffers().get(of).role() instanceof Role.Tape) {
                pointers.put(row, tapeRow(loop, of, index, count, bytes, id));
            } else {
                String offset = ir.fresh();
                String pointer = ir.fresh();
                ir.line(offset + " = mul i64 " + index + ", " + bytes);
                ir.line(pointer + " = getelementptr i8, ptr " + ir.buffer(of) + ", i64 " + offset);
                pointers.put(row, pointer);
            }
        }
    }

    /**
     * The address of a tape's element. Its piece is asked for in the first iteration and in those that enter a
     * piece, which is the same for all threads.
     */
    private String tapeRow(Step.Loop loop, int tape, String index, String count, String bytes, int id) {
        String blocks = ir.fresh();
        String number = ir.fresh();
        String zeros = ir.fresh();
        String piece = ir.fresh();
        String power = ir.fresh();
        String before = ir.fresh();
        String start = ir.fresh();
        String within = ir.fresh();
        ir.line(blocks + " = lshr i64 " + index + ", " + TapeLayout.FIRST_PIECE_LOG2);
        ir.line(number + " = add i64 " + blocks + ", 1");
        ir.line(zeros + " = call i64 @llvm.ctlz.i64(i64 " + number + ", i1 true)");
        ir.line(piece + " = sub i64 63, " + zeros);
        ir.line(power + " = shl i64 1, " + piece);
        ir.line(before + " = sub i64 " + power + ", 1");
        ir.line(start + " = shl i64 " + before + ", " + TapeLayout.FIRST_PIECE_LOG2);
        ir.line(within + " = sub i64 " + index + ", " + start);
        String edge = within;
        if (loop.trips().reverse()) {
            String size = ir.fresh();
            String last = ir.fresh();
            edge = ir.fresh();
            ir.line(size + " = shl i64 " + power + ", " + TapeLayout.FIRST_PIECE_LOG2);
            ir.line(last + " = sub i64 " + size + ", 1");
            ir.line(edge + " = sub i64 " + last + ", " + within);
        }
        String isEdge = ir.fresh();
        String isFirst = ir.fresh();
        String enters = ir.fresh();
        int entry = ir.number();
        ir.line(isEdge + " = icmp eq i64 " + edge + ", 0");
        ir.line(isFirst + " = icmp eq i64 " + count + ", 0");
        ir.line(enters + " = or i1 " + isEdge + ", " + isFirst);
        ir.line("br i1 " + enters + ", label %enter." + entry + ", label %entered." + entry);
        ir.label("enter." + entry);
        ir.growTape(tape, piece, bytes);
        if (ir.isSolo()) {
            leaveOnFault(id);
        } else {
            ir.barrier();
        }
        ir.line("br label %entered." + entry);
        ir.label("entered." + entry);
        String slot = ir.fresh();
        String memory = ir.fresh();
        String offset = ir.fresh();
        String pointer = ir.fresh();
        ir.line(slot + " = getelementptr ptr, ptr " + ir.buffer(tape) + ", i64 " + piece);
        ir.line(memory + " = load ptr, ptr " + slot + ", align 8");
        ir.line(offset + " = mul i64 " + within + ", " + bytes);
        ir.line(pointer + " = getelementptr i8, ptr " + memory + ", i64 " + offset);
        return pointer;
    }

    /** Whether a bool in memory is true. */
    private String flag(int buffer) {
        String value = load("i8", buffer, 1);
        String flag = ir.fresh();
        ir.line(flag + " = icmp ne i8 " + value + ", 0");
        return flag;
    }

    private String load(String type, int buffer, int align) {
        String pointer = ir.buffer(buffer);
        String value = ir.fresh();
        ir.line(value + " = load " + type + ", ptr " + pointer + ", align " + align);
        return value;
    }

    void branch(Step.Branch branch) {
        int id = ir.number();
        int last = branch.branches().size() - 1;
        StringBuilder cases = new StringBuilder();
        for (int i = 0; i < last; i++) {
            cases.append(" i64 ").append(i).append(", label %branch.").append(id).append('.').append(i);
        }
        String number = load("i64", branch.number(), 8);
        ir.line("switch i64 " + number + ", label %branch." + id + "." + last + " [" + cases
                + " ]");
        for (int i = 0; i <= last; i++) {
            ir.label("branch." + id + "." + i);
            ir.steps(branch.branches().get(i));
            ir.line("br label %chosen." + id);
        }
        ir.label("chosen." + id);
    }
}
