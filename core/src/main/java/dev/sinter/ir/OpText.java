package dev.sinter.ir;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Branch;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Call;
import dev.sinter.op.Combination;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Iota;
import dev.sinter.op.Join;
import dev.sinter.op.Loop;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.op.Windows;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text of each op, both ways. Attributes stand in braces after the mnemonic; what the result's type says
 * already, such as the shape of a broadcast, is not repeated.
 */
final class OpText {
    private OpText() {}

    /** {@code reduce{sum, axes=[1]}}: the mnemonic and, where there are any, the attributes. */
    static String print(Op op, HostNames names) {
        String attributes = attributes(op, names);
        boolean braces = !attributes.isEmpty() || op instanceof Constant;
        return !braces ? op.mnemonic() : op.mnemonic() + "{" + attributes + "}";
    }

    private static String attributes(Op op, HostNames names) {
        return switch (op) {
            case Parameter parameter -> Names.text(parameter.name());
            case InitialState state -> Names.text(state.variable());
            case RunNumber _, Map _, Convert _, Bitcast _, Reshape _, DynamicSlice _, DynamicUpdateSlice _, Read _,
                    Assign _, After _, Join _, StopGradient _, Tuple _ -> "";
            case Constant constant -> ConstantText.print(constant.array());
            case Iota iota -> "axis=" + iota.axis();
            case CheckIndex check -> Names.text(check.what()) + ", axis=" + check.axis() + ", size=" + check.size();
            case DimSize size -> size.dim().toString();
            case DefineSize size -> size.symbol() + ", at_most=" + size.atMost();
            case RandomBits bits -> "graph_seed=" + bits.graphSeed() + ", op_seed=" + bits.opSeed()
                    + ", word=" + bits.word();
            case Broadcast broadcast -> "axes=" + list(broadcast.axes());
            case Transpose transpose -> "axes=" + list(transpose.permutation());
            case Reverse reverse -> "axes=" + list(reverse.axes());
            case Slice slice -> "from=" + list(slice.starts()) + ", to=" + list(slice.limits()) + ", step="
                    + list(slice.strides());
            case Pad pad -> "low=" + list(pad.low()) + ", high=" + list(pad.high()) + ", interior="
                    + list(pad.interior());
            case Windows(List<Windows.Window> all) -> "axes=" + list(all.stream().map(Windows.Window::axis).toList())
                    + ", size=" + list(all.stream().map(Windows.Window::size).toList())
                    + ", stride=" + list(all.stream().map(Windows.Window::stride).toList())
                    + ", dilation=" + list(all.stream().map(Windows.Window::dilation).toList());
            case Gather(List<Integer> axes, int batch) -> "axes=" + list(axes) + ", batch=" + batch;
            case Scatter(var how, List<Integer> axes, int batch) -> how.text() + ", axes=" + list(axes) + ", batch="
                    + batch;
            case Recurrence recurrence -> recurrence.form().text() + ", axis=" + recurrence.axis();
            case Concat concat -> "axis=" + concat.axis();
            case Reduce reduce -> reduce.fn().text() + ", axes=" + list(reduce.axes());
            case Contract contract -> contract.equation();
            case CustomGradient custom -> Names.text(names.of(custom));
            case HostCall call -> Names.text(names.of(call.function()));
            case Loop loop -> loop.trips().length().map(length -> "length=" + length + ", ").orElse("")
                    + "sequences=" + loop.sequences() + ", carries=" + loop.carries()
                    + (loop.trips().limited() ? ", limited" : "")
                    + (loop.trips().conditional() ? ", conditional" : "")
                    + (loop.trips().reverse() ? ", reverse" : "");
            case Branch branch -> "branches=" + branch.branches().size();
            case Call call -> Names.text(call.name()) + (call.recompute() ? ", recompute" : "");
            case Project project -> Integer.toString(project.index());
        };
    }

    /** One of some constants, by its word, and the comma behind it. */
    private static <T> T named(TextCursor in, int start, T[] constants, Function<T, String> text) {
        String word = in.word();
        T found = Arrays.stream(constants).filter(each -> text.apply(each).equals(word)).findFirst()
                .orElseThrow(() -> in.error(start, "nothing here is called " + word));
        in.expect(",");
        return found;
    }

    private static String list(List<?> elements) {
        return elements.stream().map(Object::toString).collect(Collectors.joining(",", "[", "]"));
    }

    /**
     * What a statement says about its op before the type is known: the attributes are read at once, the op is
     * made when the result's type and the op's regions have been read.
     */
    @FunctionalInterface
    interface Pending {
        Op with(Type result, List<Region> regions);
    }

    /** Reads the attributes after a mnemonic, braces included. */
    static Pending parse(String mnemonic, TextCursor in, Parser.Resolver resolver) {
        int start = in.position();
        java.util.Optional<ScalarFn> fn = ScalarFn.ofText(mnemonic);
        if (fn.isPresent()) {
            return (result, regions) -> new Map(fn.get());
        }
        return switch (mnemonic) {
            case "convert" -> (result, regions) -> new Convert(tensor(in, start, result).dtype());
            case "bitcast" -> (result, regions) -> new Bitcast(tensor(in, start, result).dtype());
            case "reshape" -> (result, regions) -> new Reshape(tensor(in, start, result).shape());
            case "dynamic_slice" -> (result, regions) -> new DynamicSlice(tensor(in, start, result).shape());
            case "dynamic_update_slice" -> (result, regions) -> new DynamicUpdateSlice();
            case "read" -> (result, regions) -> new Read();
            case "assign" -> (result, regions) -> new Assign();
            case "after" -> (result, regions) -> new After();
            case "join" -> (result, regions) -> new Join();
            case "tuple" -> (result, regions) -> new Tuple();
            case "stop_gradient" -> (result, regions) -> new StopGradient();
            default -> braced(in, () -> withAttributes(mnemonic, start, in, resolver));
        };
    }

    private static Pending braced(TextCursor in, Supplier<Pending> attributes) {
        in.expect("{");
        Pending pending = attributes.get();
        in.expect("}");
        return pending;
    }

    private static Pending withAttributes(String mnemonic, int start, TextCursor in,
            Parser.Resolver resolver) {
        switch (mnemonic) {
            case "constant" -> {
                int elements = in.position();
                in.until("}");
                return (result, regions) -> {
                    TensorType type = tensor(in, start, result);
                    if (!type.shape().isStatic()) {
                        throw in.error(start, "a constant has known sizes, not " + type);
                    }
                    TextCursor values = in.copyAt(elements);
                    Constant constant = new Constant(ConstantText.parse(values, type));
                    if (!values.accept("}")) {
                        throw values.error("the constant has " + type.shape().elementCount()
                                + " elements; found " + values.found());
                    }
                    return constant;
                };
            }
            case "iota" -> {
                in.key("axis");
                int axis = in.smallInteger();
                return (result, regions) -> new Iota(tensor(in, start, result), axis);
            }
            case "dim_size" -> {
                Dim dim = in.dim();
                return (result, regions) -> new DimSize(dim);
            }
            case "define_size" -> {
                int at = in.position();
                Symbol symbol = in.dim().asSymbol().orElseThrow(() -> in.error(at, "a symbol is expected"));
                in.expect(",");
                in.key("at_most");
                Dim atMost = in.dim();
                return (result, regions) -> new DefineSize(symbol, atMost);
            }
            case "random_bits" -> {
                in.key("graph_seed");
                long graphSeed = in.integer();
                in.expect(",");
                in.key("op_seed");
                long opSeed = in.integer();
                in.expect(",");
                in.key("word");
                int word = in.smallInteger();
                return (result, regions) -> new RandomBits(graphSeed, opSeed, word, tensor(in, start, result).shape());
            }
            case "broadcast" -> {
                List<Integer> axes = in.integers("axes");
                return (result, regions) -> new Broadcast(tensor(in, start, result).shape(), axes);
            }
            case "transpose" -> {
                List<Integer> axes = in.integers("axes");
                return (result, regions) -> new Transpose(axes);
            }
            case "reverse" -> {
                List<Integer> axes = in.integers("axes");
                return (result, regions) -> new Reverse(axes);
            }
            case "slice" -> {
                in.key("from");
                List<Dim> starts = in.dims();
                in.expect(",");
                in.key("to");
                List<Dim> limits = in.dims();
                in.expect(",");
                List<Long> strides = in.longs("step");
                return (result, regions) -> new Slice(starts, limits, strides);
            }
            case "pad" -> {
                in.key("low");
                List<Dim> low = in.dims();
                in.expect(",");
                in.key("high");
                List<Dim> high = in.dims();
                in.expect(",");
                List<Long> interior = in.longs("interior");
                return (result, regions) -> new Pad(low, high, interior);
            }
            case "windows" -> {
                List<Integer> axes = in.integers("axes");
                in.expect(",");
                List<Long> sizes = in.longs("size");
                in.expect(",");
                List<Long> strides = in.longs("stride");
                in.expect(",");
                List<Long> dilations = in.longs("dilation");
                if (sizes.size() != axes.size() || strides.size() != axes.size() || dilations.size() != axes.size()) {
                    throw in.error(start, "windows have a size, a stride and a dilation an axis");
                }
                return (result, regions) -> new Windows(IntStream.range(0, axes.size()).mapToObj(i ->
                        new Windows.Window(axes.get(i), sizes.get(i), strides.get(i), dilations.get(i))).toList());
            }
            case "check_index" -> {
                String what = in.name();
                in.expect(",");
                in.key("axis");
                int axis = in.smallInteger();
                in.expect(",");
                in.key("size");
                Dim size = in.dim();
                return (result, regions) -> new CheckIndex(what, axis, size);
            }
            case "gather" -> {
                List<Integer> axes = in.integers("axes");
                in.expect(",");
                in.key("batch");
                int batch = in.smallInteger();
                return (result, regions) -> new Gather(axes, batch);
            }
            case "scatter" -> {
                Combination how = named(in, start, Combination.values(), Combination::text);
                List<Integer> axes = in.integers("axes");
                in.expect(",");
                in.key("batch");
                int batch = in.smallInteger();
                return (result, regions) -> new Scatter(how, axes, batch);
            }
            case "recurrence" -> {
                Recurrence.Form form = named(in, start, Recurrence.Form.values(), Recurrence.Form::text);
                in.key("axis");
                int axis = in.smallInteger();
                return (result, regions) -> new Recurrence(form, axis);
            }
            case "concat" -> {
                in.key("axis");
                int axis = in.smallInteger();
                return (result, regions) -> new Concat(axis);
            }
            case "reduce" -> {
                ReduceFn fn = named(in, start, ReduceFn.values(), ReduceFn::text);
                List<Integer> axes = in.integers("axes");
                return (result, regions) -> new Reduce(fn, axes);
            }
            case "contract" -> {
                String equation = in.until("}");
                String[] parts = equation.split(",|->", -1);
                if (parts.length != 3 || !equation.equals(parts[0] + "," + parts[1] + "->" + parts[2])) {
                    throw in.error(start, "\"" + equation + "\" is not of the form mk,kn->mn");
                }
                return (result, regions) -> new Contract(parts[0], parts[1], parts[2]);
            }
            case "custom_gradient" -> {
                String name = in.name();
                CustomGradient custom = resolver.customGradient(name).orElseThrow(() -> in.error(start,
                        "the custom gradient \"" + name + "\" is Java code that a text cannot hold; "
                        + "parse with a resolver that knows it"));
                return (result, regions) -> custom;
            }
            case "host_call" -> {
                String name = in.name();
                var function = resolver.hostFunction(name).orElseThrow(() -> in.error(start,
                        "the host function \"" + name + "\" is Java code that a text cannot hold; "
                        + "parse with a resolver that knows it"));
                return (result, regions) -> new HostCall(function);
            }
            case "loop" -> {
                return loop(start, in);
            }
            case "branch" -> {
                in.key("branches");
                int count = in.smallInteger();
                return (result, regions) -> new Branch(counted(in, start, regions, count));
            }
            case "call" -> {
                String name = in.name();
                boolean recompute = in.accept(",");
                if (recompute) {
                    in.expect("recompute");
                }
                return (result, regions) -> new Call(name, counted(in, start, regions, 1).getFirst(), recompute);
            }
            case "project" -> {
                int index = in.smallInteger();
                return (result, regions) -> new Project(index);
            }
            default -> throw in.error(Math.max(0, start - mnemonic.length()), "no op is called " + mnemonic);
        }
    }

    private static Pending loop(int start, TextCursor in) {
        java.util.Optional<Dim> length = java.util.Optional.empty();
        if (in.accept("length")) {
            in.expect("=");
            length = java.util.Optional.of(in.dim());
            in.expect(",");
        }
        in.key("sequences");
        int sequences = in.smallInteger();
        in.expect(",");
        in.key("carries");
        int carries = in.smallInteger();
        boolean limited = false;
        boolean conditional = false;
        boolean reverse = false;
        while (in.accept(",")) {
            int at = in.position();
            switch (in.word()) {
                case "limited" -> limited = true;
                case "conditional" -> conditional = true;
                case "reverse" -> reverse = true;
                default -> throw in.error(at, "limited, conditional or reverse is expected");
            }
        }
        Loop.Trips trips = new Loop.Trips(length, limited, conditional, reverse);
        if (sequences < 0 || carries < 0) {
            throw in.error(start, "a loop has no fewer than 0 sequences and carries");
        }
        return (result, regions) -> new Loop(counted(in, start, regions, 1).getFirst(), trips, sequences, carries);
    }

    private static List<Region> counted(TextCursor in, int start, List<Region> regions, int count) {
        if (regions.size() != count) {
            throw in.error(start, count + " regions are expected behind this op, not " + regions.size());
        }
        return regions;
    }

    private static TensorType tensor(TextCursor in, int start, Type result) {
        if (result instanceof TensorType tensor) {
            return tensor;
        }
        throw in.error(start, "the result of this op is a tensor, not a " + result);
    }
}
