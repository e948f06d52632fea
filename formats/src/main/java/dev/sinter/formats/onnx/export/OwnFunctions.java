package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.FunctionProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.op.Formula;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Scalar functions that ONNX lacks, as functions of the model. Their names and domain are what Sinter knows them by;
 * their bodies are for everybody else.
 */
final class OwnFunctions {
    private static final String RESULT = "result";
    private static final String PREFIX = "prefix";
    private static final String SLICE = "slice";
    private static final String PLACED = "placed";
    private static final String ARGSORT = "argsort";
    private static final String ARGSORT_DESCENDING = "argsort_descending";

    private OwnFunctions() {}

    /** The value of a function that the model then has. */
    static String call(Emitter e, ScalarFn fn, DType dtype, List<String> x) {
        e.target().function(fn.text(), name -> function(fn, name));
        if (fn == ScalarFn.ATAN2 && dtype == DType.BFLOAT16) {
            // The arc tangent does not take bfloat16.
            Block b = e.block();
            List<String> wide = x.stream().map(each -> b.cast(each, DType.FLOAT32)).toList();
            return b.cast(called(b, fn, wide), dtype);
        }
        return called(e.block(), fn, x);
    }

    /** The first so many elements, a number that the run finds. */
    static String prefix(Emitter e, String x, String count) {
        e.target().function(PREFIX, name -> {
            Block b = Block.outermost(new UniqueNames());
            List.of("x", "count", RESULT).forEach(b.names()::reserve);
            String first = b.add("Slice", List.of("x", b.vector(List.of(0L)), b.unsqueeze("count", List.of(0))));
            return made(b, name, List.of("x", "count"), first);
        });
        return e.block().addAll(FunctionWriter.DOMAIN, PREFIX, List.of(x, count), 1, List.of()).getFirst();
    }

    /** The elements between places along some axes, which lie inside: an operator would have to move them there. */
    static String slice(Emitter e, String x, List<Dim> starts, List<Dim> limits, List<Integer> axes) {
        List<String> inputs = List.of("x", "starts", "ends", "axes");
        e.target().function(SLICE, name -> {
            Block b = Block.outermost(new UniqueNames());
            inputs.forEach(b.names()::reserve);
            b.names().reserve(RESULT);
            return made(b, name, inputs, b.add("Slice", inputs));
        });
        return e.block().addAll(FunctionWriter.DOMAIN, SLICE, List.of(x, e.sizes().vector(starts),
                e.sizes().vector(limits), e.block().vector(axes)), 1, List.of()).getFirst();
    }

    /** Rows from one on among as many as a length says, all others of which are 0. */
    static String placed(Emitter e, String rows, String first, String length) {
        List<String> inputs = List.of("rows", "first", "length");
        e.target().function(PLACED, name -> {
            Block b = Block.outermost(new UniqueNames());
            inputs.forEach(b.names()::reserve);
            b.names().reserve(RESULT);
            String row = b.add("Shape", "rows", Attributes.integer("start", 1));
            String count = b.add("Shape", "rows", Attributes.integer("start", 0), Attributes.integer("end", 1));
            String before = b.unsqueeze("first", List.of(0));
            String behind = b.add("Sub", b.add("Sub", b.unsqueeze("length", List.of(0)), before), count);
            String zero = b.add("CastLike", b.scalar(DType.FLOAT32, 0), "rows");
            return made(b, name, inputs, b.concat(List.of(b.add("Expand", zero, b.concat(List.of(before, row), 0)),
                    "rows", b.add("Expand", zero, b.concat(List.of(behind, row), 0))), 0));
        });
        return e.block().addAll(FunctionWriter.DOMAIN, PLACED, List.of(rows, first, length), 1, List.of()).getFirst();
    }

    /** The places of all elements in their order along the last axis. */
    static String argsort(Emitter e, String x, boolean descending) {
        String function = descending ? ARGSORT_DESCENDING : ARGSORT;
        e.target().function(function, name -> {
            Block b = Block.outermost(new UniqueNames());
            List.of("x", RESULT).forEach(b.names()::reserve);
            String size = b.add("Shape", "x", Attributes.integer("start", -1));
            String places = b.addAll("", "TopK", List.of("x", size), 2, List.of(
                    Attributes.integer("largest", descending ? 1 : 0))).getLast();
            return made(b, name, List.of("x"), places);
        });
        return e.block().addAll(FunctionWriter.DOMAIN, function, List.of(x), 1, List.of()).getFirst();
    }

    private static String called(Block b, ScalarFn fn, List<String> x) {
        return b.addAll(FunctionWriter.DOMAIN, fn.text(), x, 1, List.of()).getFirst();
    }

    private static FunctionProto function(ScalarFn fn, String name) {
        List<String> inputs = List.of("x", "y", "z").subList(0, fn.arity());
        Block b = Block.outermost(new UniqueNames());
        inputs.forEach(b.names()::reserve);
        b.names().reserve(RESULT);
        String result = fn.formula().map(formula -> formula(b, formula, inputs)).orElseGet(() -> plain(b, fn, inputs));
        return made(b, name, inputs, result);
    }

    private static FunctionProto made(Block b, String name, List<String> inputs, String result) {
        List<NodeProto> nodes = new ArrayList<>(b.nodes());
        nodes.add(new NodeProto("", "Identity", "", "", List.of(result), List.of(RESULT), List.of()));
        return new FunctionProto(name, FunctionWriter.DOMAIN, "", inputs, List.of(RESULT), List.of(), List.of(),
                Bodies.needed(nodes, List.of(RESULT)), Map.of("", FunctionWriter.OPSET));
    }

    /** A formula is computed in double precision. */
    private static String formula(Block b, Formula formula, List<String> inputs) {
        List<String> wide = inputs.stream().map(input -> b.cast(input, DType.FLOAT64)).toList();
        String whole = wide.stream().reduce((x, y) -> b.add("Add", x, y)).orElseThrow();
        FormulaNodes nodes = new FormulaNodes(b, value -> b.scalar(DType.FLOAT64, value), b.add("Shape", whole));
        return b.add("CastLike", formula.of(nodes, wide), inputs.getFirst());
    }

    /** What is computed in the dtype of the inputs. */
    private static String plain(Block b, ScalarFn fn, List<String> inputs) {
        String x = inputs.getFirst();
        FormulaNodes nodes = new FormulaNodes(b, value -> b.add("CastLike", b.constant(NDArray.scalar(value)), x),
                b.add("Shape", x));
        return switch (fn) {
            case RSQRT -> nodes.div(nodes.number(1), nodes.sqrt(x));
            case EXPM1 -> nodes.expm1(x);
            case LOG1P -> nodes.log1p(x);
            case ERFC -> nodes.sub(nodes.number(1), b.add("Erf", x));
            case ATAN2 -> angle(b, nodes, x, inputs.getLast());
            default -> throw new CompilerBug(fn + " is an operator, or a formula");
        };
    }

    /** The angle of the point (x, y). */
    private static String angle(Block b, FormulaNodes nodes, String y, String x) {
        String zero = nodes.number(0);
        String pi = nodes.number(Math.PI);
        String half = nodes.number(Math.PI / 2);
        String slope = b.add("Atan", nodes.div(y, x));
        String isLow = nodes.lt(y, zero);
        String behind = nodes.add(slope, nodes.select(isLow, nodes.neg(pi), pi));
        String inFront = nodes.select(nodes.lt(x, zero), behind, slope);
        String onAxis = nodes.select(isLow, nodes.neg(half), nodes.select(nodes.eq(y, zero), zero, half));
        String angle = nodes.select(nodes.eq(x, zero), onAxis, inFront);
        return nodes.select(nodes.eq(y, y), angle, y);
    }
}
