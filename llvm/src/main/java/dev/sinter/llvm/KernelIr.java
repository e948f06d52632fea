package dev.sinter.llvm;

import dev.sinter.kernel.Failure;
import dev.sinter.kernel.Instr;
import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * LLVM IR text of one scheduled kernel. The function is
 *
 * <pre>
 * void @kernel(ptr argument..., i64 size..., ptr cancel, ptr status, i64 begin, i64 end)
 * </pre>
 *
 * with a pointer for each of the kernel's arguments and a value for each of {@link #sizes}. It computes the
 * tiles {@code begin} to {@code end - 1}; before each it looks at the word {@code cancel} and, where that is
 * set, raises {@code status} to {@code CANCELLED} and returns. A failure raises {@code status} to its code.
 */
final class KernelIr {
    /** The name of the function. */
    static final String FUNCTION = "kernel";

    private final Kernel kernel;
    private final Target target;
    private final StringBuilder out = new StringBuilder();
    private final Map<Dim, String> sizes = new LinkedHashMap<>();
    private final Map<String, String> declarations = new TreeMap<>();
    private final ArithIr arith = new ArithIr(this);
    private final Map<Integer, String> aliases = new HashMap<>();
    private String block = "entry";
    private int names;
    private boolean streams;

    private KernelIr(Kernel kernel, Target target) {
        this.kernel = kernel;
        this.target = target;
    }

    /** The sizes that a kernel's function takes, in the order of its parameters. */
    static List<Dim> sizes(Kernel kernel) {
        Map<Dim, String> found = new LinkedHashMap<>();
        collectSizes(kernel.body(), found);
        return List.copyOf(found.keySet());
    }

    /** The module of a kernel. */
    static String text(Kernel kernel, Target target) {
        return new KernelIr(kernel, target).module();
    }

    private static void collectSizes(Instr.Body body, Map<Dim, String> found) {
        for (Instr instr : body.instrs()) {
            switch (instr) {
                case Instr.Size size -> found.putIfAbsent(size.dim(), "%size." + found.size());
                case Instr.Loop loop -> collectSizes(loop.body(), found);
                case Instr.If branch -> {
                    collectSizes(branch.then(), found);
                    collectSizes(branch.otherwise(), found);
                }
                case Instr.Const c -> { }
                case Instr.Arith a -> { }
                case Instr.Splat s -> { }
                case Instr.Lanes l -> { }
                case Instr.Extract e -> { }
                case Instr.Shuffle s -> { }
                case Instr.Fold f -> { }
                case Instr.Load l -> { }
                case Instr.Gather g -> { }
                case Instr.Store s -> { }
                case Instr.Scatter s -> { }
                case Instr.Prefetch p -> { }
                case Instr.Fail f -> { }
            }
        }
    }

    Target target() {
        return target;
    }

    /** The text of a kernel's function to be put in the places of its calls within another module. */
    record Inlined(String function, Collection<String> declarations) {}

    /** A kernel's function under a name of its own, for a module that calls it. */
    static Inlined inlined(Kernel kernel, Target target, String name) {
        KernelIr ir = new KernelIr(kernel, target);
        ir.function("internal void @" + name, "alwaysinline nounwind");
        return new Inlined(ir.out.toString(), ir.declarations.values());
    }

    private String module() {
        function("void @" + FUNCTION, "nounwind");
        out.append("\n!0 = !{i32 1}\n");
        declarations.values().forEach(declaration -> out.append(declaration).append('\n'));
        return out.toString();
    }

    private void function(String head, String attributes) {
        collectSizes(kernel.body(), sizes);
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < kernel.buffers().size(); i++) {
            parameters.add("ptr noalias nofree %buffer." + i);
        }
        sizes.values().forEach(name -> parameters.add("i64 " + name));
        parameters.addAll(List.of("ptr %cancel", "ptr %status", "i64 %begin", "i64 %end"));
        out.append("define ").append(head).append("(").append(String.join(", ", parameters)).append(") ")
                .append(attributes).append(" {\nentry:\n");
        String tile = name(kernel.tile());
        line("%some = icmp slt i64 %begin, %end");
        line("br i1 %some, label %tile.head, label %exit");
        label("tile.head");
        int phi = out.length();
        line("%cancel.word = load atomic i32, ptr %cancel monotonic, align 4");
        line("%cancel.set = icmp ne i32 %cancel.word, 0");
        line("br i1 %cancel.set, label %cancelled, label %tile.body");
        label("tile.body");
        emit(kernel.body());
        line("%tile.next = add i64 " + tile + ", 1");
        line("%tile.more = icmp slt i64 %tile.next, %end");
        line("br i1 %tile.more, label %tile.head, label %done");
        out.insert(phi, "  " + tile + " = phi i64 [ %begin, %entry ], [ %tile.next, %" + block + " ]\n");
        label("cancelled");
        raise(Failure.CANCELLED);
        line("br label %done");
        label("done");
        if (streams) {
            streamFence();
        }
        line("br label %exit");
        label("exit");
        line("ret void");
        out.append("}\n");
    }

    private void emit(Instr.Body body) {
        for (Instr instr : body.instrs()) {
            emit(instr);
        }
    }

    private void emit(Instr instr) {
        switch (instr) {
            case Instr.Const constant -> set(constant.out(), arith.constant(constant.out().type(), constant.bits()));
            case Instr.Size size -> set(size.out(), sizes.get(size.dim()));
            case Instr.Arith op -> arith.emit(op.out(), op.op(), op.arguments());
            case Instr.Splat splat -> splat(splat.out(), splat.scalar());
            case Instr.Lanes lanes -> lanes(lanes.out());
            case Instr.Extract extract -> line(name(extract.out()) + " = extractelement " + typed(extract.vector())
                    + ", i64 " + extract.lane());
            case Instr.Shuffle shuffle -> line(name(shuffle.out()) + " = shufflevector " + typed(shuffle.first()) + ", "
                    + typed(shuffle.second()) + ", <" + shuffle.lanes().size() + " x i32> <"
                    + String.join(", ", shuffle.lanes().stream().map(lane -> "i32 " + lane).toList()) + ">");
            case Instr.Fold fold -> fold(fold);
            case Instr.Load load -> load(load);
            case Instr.Gather gather -> gather(gather);
            case Instr.Store store -> store(store);
            case Instr.Scatter scatter -> scatter(scatter);
            case Instr.Prefetch prefetch -> {
                declare("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)");
                String pointer = fresh();
                line(pointer + " = getelementptr " + element(prefetch.buffer()) + ", ptr %buffer." + prefetch.buffer()
                        + ", " + typed(prefetch.offset()));
                boolean read = kernel.buffers().get(prefetch.buffer()).access() == Kernel.Access.READ;
                line("call void @llvm.prefetch.p0(ptr " + pointer + ", i32 " + (read ? 0 : 1) + ", i32 3, i32 1)");
            }
            case Instr.Loop loop -> loop(loop);
            case Instr.If branch -> branch(branch);
            case Instr.Fail fail -> fail(fail);
        }
    }

    private void splat(Reg result, Reg scalar) {
        if (result.type().lanes() == 1) {
            set(result, name(scalar));
            return;
        }
        String type = type(result.type());
        String first = fresh();
        line(first + " = insertelement " + type + " poison, " + typed(scalar) + ", i64 0");
        line(name(result) + " = shufflevector " + type + " " + first + ", " + type + " poison, <"
                + result.type().lanes() + " x i32> zeroinitializer");
    }

    private void lanes(Reg result) {
        StringBuilder text = new StringBuilder("<");
        for (int lane = 0; lane < result.type().lanes(); lane++) {
            text.append(lane == 0 ? "" : ", ").append(scalar(result.type().kind())).append(' ').append(lane);
        }
        set(result, result.type().lanes() == 1 ? "0" : text.append(">").toString());
    }

    private void fold(Instr.Fold fold) {
        String value = name(fold.vector());
        RegType type = fold.vector().type();
        while (type.lanes() > 1) {
            int half = type.lanes() / 2;
            RegType narrow = type.withLanes(half);
            String low = half(value, type, 0);
            String high = half(value, type, half);
            String next = half == 1 ? name(fold.out()) : fresh();
            arith.binary(next, narrow, fold.op(), low, high);
            value = next;
            type = narrow;
        }
    }

    private String half(String value, RegType type, int from) {
        String part = fresh();
        int half = type.lanes() / 2;
        if (half == 1) {
            line(part + " = extractelement " + type(type) + " " + value + ", i64 " + from);
            return part;
        }
        StringBuilder lanes = new StringBuilder();
        for (int lane = 0; lane < half; lane++) {
            lanes.append(lane == 0 ? "" : ", ").append("i32 ").append(from + lane);
        }
        line(part + " = shufflevector " + type(type) + " " + value + ", " + type(type) + " poison, <" + half
                + " x i32> <" + lanes + ">");
        return part;
    }

    private void load(Instr.Load load) {
        String pointer = address(load.buffer(), load.offset());
        DType dtype = dtype(load.buffer());
        String into = isConverted(dtype) ? fresh() : name(load.out());
        String type = memoryType(dtype, load.out().type());
        int align = dtype.bytes();
        if (load.mask().isEmpty()) {
            line(into + " = load " + type + ", ptr " + pointer + ", align " + align);
        } else if (load.out().type().lanes() == 1) {
            guardedScalarLoad(into, type, pointer, load.mask().get(), align);
        } else {
            String suffix = suffix(dtype, load.out().type());
            declare("declare " + type + " @llvm.masked.load." + suffix + ".p0(ptr, i32 immarg, "
                    + maskType(load.out().type()) + ", " + type + ")");
            line(into + " = call " + type + " @llvm.masked.load." + suffix + ".p0(ptr " + pointer + ", i32 " + align
                    + ", " + typed(load.mask().get()) + ", " + type + " zeroinitializer)");
        }
        fromMemory(dtype, load.out(), into);
    }

    private void guardedScalarLoad(String into, String type, String pointer, Reg mask, int align) {
        int id = names++;
        String before = block;
        line("br " + typed(mask) + ", label %read." + id + ", label %skip." + id);
        label("read." + id);
        String value = fresh();
        line(value + " = load " + type + ", ptr " + pointer + ", align " + align);
        line("br label %skip." + id);
        label("skip." + id);
        line(into + " = phi " + type + " [ " + value + ", %read." + id + " ], [ "
                + (type.equals("float") || type.equals("double") ? "0.0" : "0") + ", %" + before + " ]");
    }

    private void gather(Instr.Gather gather) {
        DType dtype = dtype(gather.buffer());
        String type = memoryType(dtype, gather.out().type());
        String pointers = addresses(gather.buffer(), gather.offsets());
        int lanes = gather.out().type().lanes();
        String into = isConverted(dtype) ? fresh() : name(gather.out());
        String suffix = suffix(dtype, gather.out().type());
        String mask = gather.mask().map(this::typed).orElse(maskType(gather.out().type()) + " splat (i1 true)");
        declare("declare " + type + " @llvm.masked.gather." + suffix + ".v" + lanes + "p0(<" + lanes
                + " x ptr>, i32 immarg, " + maskType(gather.out().type()) + ", " + type + ")");
        line(into + " = call " + type + " @llvm.masked.gather." + suffix + ".v" + lanes + "p0(<" + lanes + " x ptr> "
                + pointers + ", i32 " + dtype.bytes() + ", " + mask + ", " + type
                + " zeroinitializer)");
        fromMemory(dtype, gather.out(), into);
    }

    private void store(Instr.Store store) {
        RegType type = store.value().type();
        DType dtype = dtype(store.buffer());
        String value = toMemory(dtype, store.value());
        String memory = memoryType(dtype, type);
        String pointer = address(store.buffer(), store.offset());
        int align = dtype.bytes();
        if (store.mask().isEmpty()) {
            streams |= store.streaming();
            line("store " + memory + " " + value + ", ptr " + pointer + ", align "
                    + (store.streaming() ? align * type.lanes() + ", !nontemporal !0" : align));
        } else if (type.lanes() == 1) {
            int id = names++;
            line("br " + typed(store.mask().get()) + ", label %write." + id + ", label %over." + id);
            label("write." + id);
            line("store " + memory + " " + value + ", ptr " + pointer + ", align " + align);
            line("br label %over." + id);
            label("over." + id);
        } else {
            String suffix = suffix(dtype, type);
            declare("declare void @llvm.masked.store." + suffix + ".p0(" + memory + ", ptr, i32 immarg, "
                    + maskType(type) + ")");
            line("call void @llvm.masked.store." + suffix + ".p0(" + memory + " " + value + ", ptr " + pointer
                    + ", i32 " + align + ", " + typed(store.mask().get()) + ")");
        }
    }

    private void scatter(Instr.Scatter scatter) {
        RegType type = scatter.value().type();
        DType dtype = dtype(scatter.buffer());
        String value = toMemory(dtype, scatter.value());
        String memory = memoryType(dtype, type);
        String suffix = suffix(dtype, type);
        String pointers = addresses(scatter.buffer(), scatter.offsets());
        String mask = scatter.mask().map(this::typed).orElse(maskType(type) + " splat (i1 true)");
        declare("declare void @llvm.masked.scatter." + suffix + ".v" + type.lanes() + "p0(" + memory + ", <"
                + type.lanes() + " x ptr>, i32 immarg, " + maskType(type) + ")");
        line("call void @llvm.masked.scatter." + suffix + ".v" + type.lanes() + "p0(" + memory + " " + value
                + ", <" + type.lanes() + " x ptr> " + pointers + ", i32 " + dtype.bytes() + ", " + mask + ")");
    }

    private void loop(Instr.Loop loop) {
        int id = names++;
        String before = block;
        String index = name(loop.index());
        String enter = "%enter." + id;
        line(enter + " = icmp slt i64 " + name(loop.lower()) + ", " + name(loop.upper()));
        line("br i1 " + enter + ", label %loop." + id + ", label %after." + id);
        label("loop." + id);
        int phis = out.length();
        emit(loop.body());
        line("%next." + id + " = add nsw i64 " + index + ", " + loop.step());
        line("%more." + id + " = icmp slt i64 %next." + id + ", " + name(loop.upper()));
        line("br i1 %more." + id + ", label %loop." + id + ", label %after." + id);
        StringBuilder heads = new StringBuilder("  " + index + " = phi i64 [ " + name(loop.lower()) + ", %" + before
                + " ], [ %next." + id + ", %" + block + " ]\n");
        StringBuilder tails = new StringBuilder();
        for (int i = 0; i < loop.carried().size(); i++) {
            Reg carried = loop.carried().get(i);
            String first = name(loop.initial().get(i));
            String next = name(loop.body().yields().get(i));
            heads.append("  ").append(name(carried)).append(" = phi ").append(type(carried.type())).append(" [ ")
                    .append(first).append(", %").append(before).append(" ], [ ").append(next).append(", %")
                    .append(block).append(" ]\n");
            tails.append("  ").append(name(loop.results().get(i))).append(" = phi ").append(type(carried.type()))
                    .append(" [ ").append(first).append(", %").append(before).append(" ], [ ").append(next)
                    .append(", %").append(block).append(" ]\n");
        }
        out.insert(phis, heads);
        label("after." + id);
        out.append(tails);
    }

    private void branch(Instr.If branch) {
        int id = names++;
        line("br " + typed(branch.condition()) + ", label %then." + id + ", label %else." + id);
        label("then." + id);
        emit(branch.then());
        String thenEnd = block;
        line("br label %join." + id);
        label("else." + id);
        emit(branch.otherwise());
        String elseEnd = block;
        line("br label %join." + id);
        label("join." + id);
        for (int i = 0; i < branch.results().size(); i++) {
            Reg result = branch.results().get(i);
            line(name(result) + " = phi " + type(result.type()) + " [ " + name(branch.then().yields().get(i)) + ", %"
                    + thenEnd + " ], [ " + name(branch.otherwise().yields().get(i)) + ", %" + elseEnd + " ]");
        }
    }

    private void fail(Instr.Fail fail) {
        int id = names++;
        String condition = typed(fail.condition());
        if (fail.condition().type().lanes() > 1) {
            String type = type(fail.condition().type());
            String suffix = "v" + fail.condition().type().lanes() + "i1";
            declare("declare i1 @llvm.vector.reduce.or." + suffix + "(" + type + ")");
            String any = fresh();
            line(any + " = call i1 @llvm.vector.reduce.or." + suffix + "(" + condition + ")");
            condition = "i1 " + any;
        }
        line("br " + condition + ", label %fail." + id + ", label %good." + id);
        label("fail." + id);
        raise(fail.failure());
        fail.detail().ifPresent(detail -> say(detail, fail.condition(), id));
        line("br label %good." + id);
        label("good." + id);
    }

    private void raise(Failure failure) {
        line("%raised." + names++ + " = atomicrmw umax ptr %status, i32 " + failure.code() + " seq_cst, align 4");
    }

    /** Says which index is out of range: in the first lane, where no other thread or iteration has said so before. */
    private void say(Instr.Detail detail, Reg condition, int id) {
        line("%detail." + id + " = getelementptr i8, ptr %status, i64 "
                + (ContextLayout.ERROR_DETAIL - ContextLayout.STATUS));
        line("%claim." + id + " = cmpxchg ptr %detail." + id + ", i64 0, i64 " + Integer.toUnsignedLong(detail.site())
                + " seq_cst seq_cst, align 8");
        line("%first." + id + " = extractvalue { i64, i1 } %claim." + id + ", 1");
        line("br i1 %first." + id + ", label %say." + id + ", label %good." + id);
        label("say." + id);
        String index = name(detail.index());
        String position = name(detail.position());
        int lanes = condition.type().lanes();
        if (lanes > 1) {
            String bits = "i" + lanes;
            String lane = fresh();
            declare("declare " + bits + " @llvm.cttz." + bits + "(" + bits + ", i1 immarg)");
            line("%lanes." + id + " = bitcast " + typed(condition) + " to " + bits);
            line(lane + " = call " + bits + " @llvm.cttz." + bits + "(" + bits + " %lanes." + id + ", i1 false)");
            index = fresh();
            position = fresh();
            line(index + " = extractelement " + typed(detail.index()) + ", " + bits + " " + lane);
            line(position + " = extractelement " + typed(detail.position()) + ", " + bits + " " + lane);
        }
        line("%detail.index." + id + " = getelementptr i8, ptr %detail." + id + ", i64 8");
        line("store i64 " + index + ", ptr %detail.index." + id + ", align 8");
        line("%detail.position." + id + " = getelementptr i8, ptr %detail." + id + ", i64 16");
        line("store i64 " + position + ", ptr %detail.position." + id + ", align 8");
    }

    private void streamFence() {
        switch (target.processor()) {
            case X86_64 -> {
                declare("declare void @llvm.x86.sse.sfence()");
                line("call void @llvm.x86.sse.sfence()");
            }
            case AARCH64 -> line("fence seq_cst");
        }
    }

    private String address(int buffer, Reg offset) {
        String pointer = fresh();
        line(pointer + " = getelementptr inbounds " + element(buffer) + ", ptr %buffer." + buffer + ", "
                + typed(offset));
        return pointer;
    }

    private String addresses(int buffer, Reg offsets) {
        String pointers = fresh();
        line(pointers + " = getelementptr inbounds " + element(buffer) + ", ptr %buffer." + buffer + ", "
                + typed(offsets));
        return pointers;
    }

    private DType dtype(int buffer) {
        return kernel.buffers().get(buffer).dtype();
    }

    private String element(int buffer) {
        return inMemory(dtype(buffer));
    }

    /** Whether registers hold other bits than memory. */
    private static boolean isConverted(DType dtype) {
        return dtype.bytes() < 4;
    }

    private void fromMemory(DType dtype, Reg result, String loaded) {
        String memory = memoryType(dtype, result.type());
        switch (dtype) {
            case BOOL -> line(name(result) + " = icmp ne " + memory + " " + loaded + ", "
                    + (result.type().lanes() == 1 ? "0" : "zeroinitializer"));
            case FLOAT16 -> new HalfIr(this).fromFloat16(name(result), result.type(), loaded);
            case BFLOAT16 -> new HalfIr(this).fromBfloat16(name(result), result.type(), loaded);
            case INT8, INT16, UINT8, UINT16 -> line(name(result) + " = " + (dtype.isUnsigned() ? "zext " : "sext ")
                    + memory + " " + loaded + " to " + type(result.type()));
            case FLOAT32, FLOAT64, INT32, INT64, UINT32, UINT64 -> { }
        }
    }

    private String toMemory(DType dtype, Reg value) {
        return switch (dtype) {
            case FLOAT16 -> new HalfIr(this).toFloat16(value.type(), name(value));
            case BFLOAT16 -> new HalfIr(this).toBfloat16(value.type(), name(value));
            case BOOL, INT8, INT16, UINT8, UINT16 -> {
                String shorter = fresh();
                line(shorter + " = " + (dtype == DType.BOOL ? "zext " : "trunc ") + typed(value) + " to "
                        + memoryType(dtype, value.type()));
                yield shorter;
            }
            case FLOAT32, FLOAT64, INT32, INT64, UINT32, UINT64 -> name(value);
        };
    }

    /** What an element is in memory: bools are bytes, half floats are integers. */
    static String inMemory(DType dtype) {
        return isConverted(dtype) ? "i" + dtype.bits() : scalar(Kind.of(dtype));
    }

    /** The type that a register of elements has in memory. */
    private static String memoryType(DType dtype, RegType type) {
        return vector(inMemory(dtype), type.lanes());
    }

    static String vector(String scalar, int lanes) {
        return lanes == 1 ? scalar : "<" + lanes + " x " + scalar + ">";
    }

    private static String maskType(RegType type) {
        return "<" + type.lanes() + " x i1>";
    }

    /** The suffix of an intrinsic's name for a type in memory: {@code v16f32}. */
    private static String suffix(DType dtype, RegType type) {
        return isConverted(dtype) ? (type.lanes() == 1 ? "" : "v" + type.lanes()) + inMemory(dtype)
                : ArithIr.suffix(type);
    }

    static String scalar(Kind kind) {
        return switch (kind) {
            case F32 -> "float";
            case F64 -> "double";
            case I32 -> "i32";
            case I64 -> "i64";
            case I1 -> "i1";
        };
    }

    static String type(RegType type) {
        return vector(scalar(type.kind()), type.lanes());
    }

    /** Lets a register stand for a text that needs no instruction. */
    void set(Reg reg, String text) {
        aliases.put(reg.id(), text);
    }

    String name(Reg reg) {
        return aliases.getOrDefault(reg.id(), "%r" + reg.id());
    }

    String typed(Reg reg) {
        return type(reg.type()) + " " + name(reg);
    }

    String fresh() {
        return "%t" + names++;
    }

    void line(String text) {
        out.append("  ").append(text).append('\n');
    }

    void declare(String declaration) {
        declarations.put(declaration, declaration);
    }

    private void label(String name) {
        out.append(name).append(":\n");
        block = name;
    }
}
