package dev.sinter.program;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The steps of plans inside of plans. Their buffers join those of the program: inputs become rows of the buffers
 * around, variables become what is handed on or the buffers of captures, outputs rows or the results themselves.
 */
final class RegionSteps {
    /** Makes the steps of a plan, whose buffers a function numbers, and adds them to a list. */
    interface Steps {
        void of(Plan plan, IntUnaryOperator numbers, List<Program.Step> out);
    }

    private final List<Buffer> buffers;
    private final Steps steps;
    private final BiConsumer<Nest, List<Program.Step>> compute;

    /**
     * For a program that is being made.
     *
     * @param buffers the program's buffers
     * @param compute makes the launches of a nest on the program's buffers
     */
    RegionSteps(List<Buffer> buffers, Steps steps, BiConsumer<Nest, List<Program.Step>> compute) {
        this.buffers = buffers;
        this.steps = steps;
        this.compute = compute;
    }

    private int add(String name, TensorType type, Layout layout, Buffer.Role role) {
        int id = buffers.size();
        buffers.add(new Buffer(id, name, type, layout, role));
        return id;
    }

    /** A loop of a plan whose buffers are numbered so. */
    void loop(Plan.Iterate loop, IntUnaryOperator outer, List<Program.Step> out) {
        int[] operands = loop.operands().stream().mapToInt(outer::applyAsInt).toArray();
        int[] memories = IntStream.of(operands).map(id -> Plan.owner(buffers, id).id()).toArray();
        int[] results = loop.results().stream()
                .mapToInt(id -> id == Plan.NOTHING ? id : outer.applyAsInt(id)).toArray();
        int counter = add("index", new TensorType(DType.INT64, Shape.SCALAR), Layout.ROW_MAJOR,
                new Buffer.Role.Counter());
        List<Program.Carry> carries = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        List<Program.Step> body = new ArrayList<>();
        Map<Integer, Integer> stacks = stacks(loop, results);
        for (int i = 0; i < loop.carries(); i++) {
            carries.add(carry(loop, i, memories[loop.firstCarry() + i], results[i], stacks));
        }
        loop.histories().forEach((result, carry) -> {
            if (!stacks.containsKey(carry)) {
                Buffer current = buffers.get(carries.get(carry).current());
                copy("read", current.id(), row(current, results[result], rows), body);
            }
        });
        Optional<Integer> goesOn = Optional.empty();
        int[] numbers = new int[loop.body().buffers().size()];
        for (Buffer buffer : loop.body().buffers()) {
            numbers[buffer.id()] = switch (buffer.role()) {
                case Buffer.Role.Input(int parameter) when parameter == 0 -> counter;
                case Buffer.Role.Input(int parameter) ->
                        row(buffer, memories[loop.firstSequence() + parameter - 1], rows);
                case Buffer.Role.State(String variable) -> numberIn(variable, Plan.CARRY)
                        .map(carry -> carries.get(carry).current())
                        .orElseGet(() -> captured(buffer, variable, operands, loop.firstCapture(), out));
                case Buffer.Role.NextState(String variable, boolean _) ->
                        carries.get(numberIn(variable, Plan.CARRY).orElseThrow()).next();
                case Buffer.Role.Output(int result) when result < loop.carries() + loop.stacked() ->
                        row(buffer, results[result], rows);
                case Buffer.Role.Output _ -> {
                    goesOn = Optional.of(add(buffer.name(), buffer.type(), buffer.layout(),
                            new Buffer.Role.Temporary()));
                    yield goesOn.get();
                }
                default -> inner(buffer, numbers);
            };
        }
        if (loop.trips().limited() || loop.trips().conditional()) {
            for (int i = loop.carries(); i < loop.carries() + loop.stacked(); i++) {
                fillWithZeros(results[i], out);
            }
        }
        steps.of(loop.body(), id -> numbers[id], body);
        boolean limited = loop.trips().limited();
        boolean conditional = loop.trips().conditional();
        Program.Step.Loop all = new Program.Step.Loop(loop.trips(),
                limited ? Optional.of(memories[0]) : Optional.empty(),
                conditional ? Optional.of(memories[limited ? 1 : 0]) : Optional.empty(), goesOn,
                conditional ? Optional.of(results[loop.carries() + loop.stacked()]) : Optional.empty(), counter, rows,
                carries, body);
        out.add(InvariantLaunches.hoist(all, buffers, out));
    }

    /** Makes the elements 0 whose iteration may not take place. */
    private void fillWithZeros(int stack, List<Program.Step> out) {
        Buffer buffer = buffers.get(stack);
        if (!(buffer.role() instanceof Buffer.Role.Tape)) {
            int rank = buffer.type().rank();
            compute.accept(new Nest("fill", buffer.type().shape().dims(), List.of(), List.of(),
                    List.of(new Term.Literal(buffer.type().dtype(), 0)), List.of(),
                    List.of(new Nest.Output(stack, IndexMap.identity(rank, rank), 0))), out);
        }
    }

    /** A branch of a plan whose buffers are numbered so. */
    void branch(Plan.Choose choice, IntUnaryOperator outer, List<Program.Step> out) {
        int[] operands = choice.operands().stream().mapToInt(outer::applyAsInt).toArray();
        List<List<Program.Step>> branches = new ArrayList<>();
        for (Plan branch : choice.branches()) {
            List<Program.Step> body = new ArrayList<>();
            int[] numbers = new int[branch.buffers().size()];
            for (Buffer buffer : branch.buffers()) {
                numbers[buffer.id()] = switch (buffer.role()) {
                    case Buffer.Role.State(String variable) -> captured(buffer, variable, operands, 1, body);
                    case Buffer.Role.Output(int result) -> outer.applyAsInt(choice.results().get(result));
                    default -> inner(buffer, numbers);
                };
            }
            steps.of(branch, id -> numbers[id], body);
            branches.add(body);
        }
        out.add(new Program.Step.Branch(Plan.owner(buffers, operands[0]).id(), branches));
    }

    /**
     * The memory of carries whose values are results, by their numbers: one element more than the result has, whose
     * beginning the result's buffer then is. Results whose memory is somebody else's have none.
     */
    private Map<Integer, Integer> stacks(Plan.Iterate loop, int[] results) {
        Map<Integer, Integer> stacks = new HashMap<>();
        loop.histories().forEach((result, carry) -> {
            Buffer buffer = buffers.get(results[result]);
            if (buffer.role() instanceof Buffer.Role.Temporary && buffer.layout().equals(Layout.ROW_MAJOR)) {
                List<Dim> dims = new ArrayList<>(buffer.type().shape().dims());
                dims.set(0, dims.getFirst().plus(1));
                int stack = add(buffer.name() + "_all", buffer.type().withShape(new Shape(dims)), Layout.ROW_MAJOR,
                        new Buffer.Role.Temporary());
                buffers.set(buffer.id(), new Buffer(buffer.id(), buffer.name(), buffer.type(), buffer.layout(),
                        new Buffer.Role.View(stack)));
                stacks.put(carry, stack);
            }
        });
        return stacks;
    }

    private Program.Carry carry(Plan.Iterate loop, int number, int initial, int result,
            Map<Integer, Integer> stacks) {
        String variable = Plan.CARRY + number;
        Optional<Buffer> next = loop.body().buffers().stream().filter(buffer ->
                buffer.role() instanceof Buffer.Role.NextState state && state.variable().equals(variable)).findFirst();
        Buffer around = buffers.get(result);
        boolean shadowed = next.isPresent()
                && next.get().role() instanceof Buffer.Role.NextState(String _, boolean inPlace) && !inPlace;
        int current = add("carry_" + number, around.type(), Layout.ROW_MAJOR, new Buffer.Role.Carried());
        if (!shadowed) {
            return Program.Carry.inPlace(initial, current, result);
        }
        int following = add("carry_" + number + "_next", around.type(), Layout.ROW_MAJOR, new Buffer.Role.Carried());
        if (stacks.containsKey(number)) {
            return Program.Carry.stacked(initial, current, following, result, stacks.get(number));
        }
        return Program.Carry.alternating(initial, current, following, result,
                add("carry_" + number + "_spare", around.type(), Layout.ROW_MAJOR, new Buffer.Role.Temporary()));
    }

    /** The number behind a prefix. */
    private static Optional<Integer> numberIn(String variable, String prefix) {
        return variable.startsWith(prefix) ? Optional.of(Integer.valueOf(variable.substring(prefix.length())))
                : Optional.empty();
    }

    private int row(Buffer buffer, int of, List<Integer> rows) {
        int row = add(buffer.name(), buffer.type(), buffer.layout(), new Buffer.Role.Row(of));
        rows.add(row);
        return row;
    }

    /** The buffer of a capture, or a copy of it in the layout that the region wants, made before it. */
    private int captured(Buffer buffer, String variable, int[] operands, int first, List<Program.Step> out) {
        int number = numberIn(variable, Plan.CAPTURE).orElseThrow(() ->
                new CompilerBug("a region has no variable " + variable));
        int operand = operands[first + number];
        if (buffer.layout().equals(buffers.get(operand).layout())) {
            return operand;
        }
        int packed = add(buffers.get(operand).name() + "_packed", buffer.type(), buffer.layout(),
                new Buffer.Role.Temporary());
        copy("pack", operand, packed, out);
        return packed;
    }

    /** Copies a buffer into another of its type, whatever the layouts. */
    private void copy(String name, int from, int to, List<Program.Step> out) {
        TensorType type = buffers.get(from).type();
        IndexMap identity = IndexMap.identity(type.rank(), type.rank());
        compute.accept(new Nest(name, type.shape().dims(), List.of(), List.of(new Nest.Input(from, identity)),
                List.of(new Term.Element(0, type.dtype())), List.of(),
                List.of(new Nest.Output(to, identity, 0))), out);
    }

    /** A buffer that only the region sees. */
    private int inner(Buffer buffer, int[] numbers) {
        Buffer.Role role = switch (buffer.role()) {
            case Buffer.Role.View(int of) -> new Buffer.Role.View(numbers[of]);
            case Buffer.Role.Temporary temporary -> temporary;
            case Buffer.Role.Constant constant -> constant;
            case Buffer.Role.Tape tape -> tape;
            default -> throw new CompilerBug("a region's plan has the buffer " + buffer);
        };
        return add(buffer.name(), buffer.type(), buffer.layout(), role);
    }
}
