package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Arithmetic;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The nodes of a formula: of each element all ways are computed, and the one that holds is taken. */
final class FormulaNodes implements Arithmetic<String> {
    private final DoubleFunction<String> numbers;
    private final String shape;
    private Block b;

    /**
     * Nodes in a block.
     *
     * @param numbers makes a constant of the dtype that is computed with
     * @param shape   the vector of the result's sizes
     */
    FormulaNodes(Block block, DoubleFunction<String> numbers, String shape) {
        this.b = block;
        this.numbers = numbers;
        this.shape = shape;
    }

    @Override
    public String number(double value) {
        return numbers.apply(value);
    }

    @Override
    public String add(String x, String y) {
        return b.add("Add", x, y);
    }

    @Override
    public String sub(String x, String y) {
        return b.add("Sub", x, y);
    }

    @Override
    public String mul(String x, String y) {
        return b.add("Mul", x, y);
    }

    @Override
    public String div(String x, String y) {
        return b.add("Div", x, y);
    }

    @Override
    public String neg(String x) {
        return b.add("Neg", x);
    }

    @Override
    public String abs(String x) {
        return b.add("Abs", x);
    }

    @Override
    public String sqrt(String x) {
        return b.add("Sqrt", x);
    }

    @Override
    public String fma(String x, String y, String z) {
        return add(mul(x, y), z);
    }

    @Override
    public String floor(String x) {
        return b.add("Floor", x);
    }

    @Override
    public String round(String x) {
        return b.add("Round", x);
    }

    @Override
    public String exp(String x) {
        return b.add("Exp", x);
    }

    /** Kahan's way: where exp(x) is u, (u - 1) x / log(u). */
    @Override
    public String expm1(String x) {
        String one = number(1);
        String u = exp(x);
        String less = sub(u, one);
        String isUsual = and(lt(number(-1), less), lt(x, number(10)));
        return select(eq(u, one), x, select(isUsual, div(mul(less, x), log(u)), less));
    }

    @Override
    public String log(String x) {
        return b.add("Log", x);
    }

    /** Kahan's way: where 1 + x is u, log(u) x / (u - 1). */
    @Override
    public String log1p(String x) {
        String one = number(1);
        String u = add(x, one);
        String log = log(u);
        return select(eq(u, one), x, select(lt(abs(x), number(10)), div(mul(log, x), sub(u, one)), log));
    }

    @Override
    public String sin(String x) {
        return b.add("Sin", x);
    }

    @Override
    public String cos(String x) {
        return b.add("Cos", x);
    }

    @Override
    public String pow(String x, String y) {
        return b.add("Pow", x, y);
    }

    @Override
    public String exponent(String x) {
        return round(div(log(x), number(Math.log(2))));
    }

    @Override
    public String scale(String x, String e) {
        return mul(x, pow(number(2), e));
    }

    @Override
    public String lt(String x, String y) {
        return b.add("Less", x, y);
    }

    @Override
    public String le(String x, String y) {
        return b.add("LessOrEqual", x, y);
    }

    @Override
    public String eq(String x, String y) {
        return b.add("Equal", x, y);
    }

    @Override
    public String and(String x, String y) {
        return b.add("And", x, y);
    }

    @Override
    public String or(String x, String y) {
        return b.add("Or", x, y);
    }

    @Override
    public String not(String x) {
        return b.add("Not", x);
    }

    @Override
    public String select(String condition, String x, String y) {
        return b.add("Where", List.of(condition, x, y));
    }

    @Override
    public List<String> choose(String condition, Supplier<List<String>> then, Supplier<List<String>> otherwise) {
        List<String> holds = then.get();
        List<String> fails = otherwise.get();
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < holds.size(); i++) {
            chosen.add(select(condition, holds.get(i), fails.get(i)));
        }
        return chosen;
    }

    /** A loop that ends when the condition holds of no element; an element of which it does not hold is kept. */
    @Override
    public List<String> repeat(int most, List<String> state, Function<List<String>, String> goesOn,
            UnaryOperator<List<String>> step) {
        Block outer = b;
        List<String> operands = new ArrayList<>(List.of(outer.constant(NDArray.scalar((long) most)), ""));
        state.forEach(each -> operands.add(outer.add("Expand", each, shape)));
        b = outer.inner();
        List<ValueInfoProto> inputs = new ArrayList<>();
        input(inputs, new TensorType(DType.INT64, Shape.SCALAR));
        input(inputs, new TensorType(DType.BOOL, Shape.SCALAR));
        List<String> before = new ArrayList<>();
        state.forEach(_ -> before.add(input(inputs, new TensorType(DType.FLOAT64, Shape.SCALAR))));
        String holds = goesOn.apply(before);
        List<String> after = new ArrayList<>();
        List<String> next = step.apply(before);
        for (int i = 0; i < before.size(); i++) {
            after.add(b.add("Expand", select(holds, next.get(i), before.get(i)), shape));
        }
        String any = b.cast(b.add("ReduceMax", List.of(b.cast(holds, DType.INT32)),
                Attributes.integer("keepdims", 0)), DType.BOOL);
        List<String> results = new ArrayList<>(List.of(any));
        results.addAll(after);
        GraphProto body = Bodies.untyped(b, "step", inputs, results);
        b = outer;
        return outer.addAll("", "Loop", operands, state.size(), List.of(Attributes.body("body", body)));
    }

    private String input(List<ValueInfoProto> inputs, TensorType type) {
        String name = b.names().of("step.input");
        inputs.add(inputs.size() < 2 ? Bodies.info(name, type) : Bodies.ranked(name, type.dtype()));
        return name;
    }
}
