package dev.sinter.error;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.hostCall;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Control.switchCase;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.graph.Select.prefix;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Control;
import dev.sinter.graph.Derivatives;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WhileOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.unit.PassingFunction;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The messages of mistakes in loops, branches and functions, their place written as {@code Here:#}. */
class ControlFlowErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));
    private final Tensor y = graph.placeholder("y", FLOAT32, shape(3, 5));

    private static void fails(ThrowingCallable code, String... lines) {
        GraphException problem = catchThrowableOfType(GraphException.class, code);
        assertThat(problem).as("nothing is thrown").isNotNull();
        assertThat(problem.getMessage().replaceAll("ControlFlowErrorsTest.java:\\d+", "Here:#"))
                .isEqualTo(String.join("\n", lines));
    }

    @Test
    void aLengthThatVariesUnsaid() {
        fails(() -> whileLoop(y, rows -> greater(reduceSum(rows), 1), rows -> concat(0, rows, y)),
                "while_loop: carry 0 is float32[3,5] before an iteration and float32[6,5] after it: axis 0 is 3 and 6;"
                        + " return a value of the initial shape, or begin with one of the shape that is returned, or"
                        + " give the loop WhileOptions.DEFAULT.withVaryingLength(0, atMost)",
                "  at Here:#",
                "  before: placeholder \"y\" at Here:#      after: concat at Here:#");
    }

    @Test
    void aLengthThatCannotVary() {
        WhileOptions varying = WhileOptions.DEFAULT.withVaryingLength(0, 9);
        fails(() -> whileLoop(y, rows -> greater(reduceSum(rows), 1), rows -> reduceSum(rows, 0), varying),
                "while_loop: carry 0 is float32[3,5] before the loop and float32[5] after an iteration: the ranks are 2"
                        + " and 1; only the length of axis 0 may vary",
                "  at Here:#",
                "  before: placeholder \"y\" at Here:#      after: reduce_sum at Here:#");
        fails(() -> whileLoop(y, rows -> greater(reduceSum(rows), 1), rows -> concat(1, rows, rows), varying),
                "while_loop: carry 0 is float32[3,5] before the loop and float32[?,10] after an iteration: axis 1 is 5"
                        + " and 10; only the length of axis 0 may vary",
                "  at Here:#",
                "  before: placeholder \"y\" at Here:#      after: concat at Here:#");
        fails(() -> whileLoop(y, rows -> greater(reduceSum(rows), 1), rows -> rows,
                        WhileOptions.DEFAULT.withVaryingLength(0, 2)),
                "while_loop: carry 0 begins with a length of 3, more than the 2 that it is at most",
                "  at Here:#",
                "  initial: placeholder \"y\" at Here:#");
        fails(() -> whileLoop(y, rows -> greater(reduceSum(rows), 1), rows -> rows,
                        WhileOptions.DEFAULT.withVaryingLength(1, 2)),
                "while_loop: there is no carry 1 whose length could vary; the loop has 1 carry",
                "  at Here:#");
    }

    @Test
    void aSizeThatABodyFindsLeavesIt() {
        fails(() -> mapFn(graph.constant(new long[] {1, 2}), count -> prefix(y, count)),
                "map: the body returns float32[?,5] of a size that it finds itself, each time another one; return a"
                        + " tensor of a known size, as one that is filled up with zeros, and how much of it counts",
                "  prefix at Here:#",
                "  at Here:#",
                "  sequence 0: constant at Here:#");
    }

    @Test
    void aSizeThatTheRunFindsMeetsAnother() {
        fails(() -> prefix(y, graph.constant(2)).plus(prefix(y, graph.constant(2))),
                "add: the size found/1 would have to be found/2, which nobody knows before the run finds it (add at"
                        + " Here:#: axis 0 of \"prefix\" meets axis 0 of \"prefix_1\"); take both from one tensor that"
                        + " has the size, or both as the prefix(...) of one count from tensors of one size",
                "  at Here:#",
                "  x: prefix at Here:#      y: prefix at Here:#");
    }

    @Test
    void aCarryOfAnotherDtype() {
        fails(() -> foldl(constant(0f), x, (sum, element) -> cast(sum.plus(element), FLOAT64)),
                "foldl: carry 0 is float32[] before an iteration and float64[] after it, of another dtype;"
                        + " return cast(..., FLOAT32) or begin with cast(..., FLOAT64)",
                "  at Here:#",
                "  before: constant at Here:#      after: cast at Here:#");
    }

    @Test
    void aCarryOfAnotherShape() {
        fails(() -> scan(zeros(FLOAT32, shape(2)), x, (all, element) -> concat(0, all, all)),
                "scan: carry 0 is float32[2] before an iteration and float32[4] after it: axis 0 is 2 and 4;"
                        + " return a value of the initial shape, or begin with one of the shape that is"
                        + " returned",
                "  at Here:#",
                "  before: zeros at Here:#      after: concat at Here:#");
        try (var _ = graph.scope("net")) {
            fails(() -> scan(x, x, (all, element) -> concat(0, all, all)),
                    "scan: carry 0 is float32[?] before an iteration and float32[?] after it: axis 0 is x.0"
                            + " and 2*x.0; return a value of the initial shape, or begin with one of the"
                            + " shape that is returned",
                    "  at Here:# in \"net\"",
                    "  before: placeholder \"x\" at Here:#      after: concat at Here:#");
        }
        fails(() -> whileLoop(reduceSum(x), value -> greater(value, 0), value -> value.plus(x)),
                "while_loop: carry 0 is float32[] before an iteration and float32[?] after it: the ranks are"
                        + " 0 and 1; return a value of the initial shape, or begin with one of the shape"
                        + " that is returned",
                "  at Here:#",
                "  before: reduce_sum at Here:#      after: add at Here:#");
    }

    @Test
    void anotherNumberOfCarries() {
        fails(() -> scan(List.of(constant(0f), constant(1f)), List.of(x), each -> Step.carry(each.carry(0))),
                "scan: the body returns 1 carry for 2 initial ones; Step.carry(...) takes the next value of"
                        + " each, in the order of the initial ones",
                "  at Here:#",
                "  carry 0: constant at Here:#      carry 1: constant at Here:#      sequence 0: placeholder"
                        + " \"x\" at Here:#");
        fails(() -> whileLoop(List.of(x), values -> greater(reduceSum(values.getFirst()), 0),
                        values -> List.of(x, x)),
                "while_loop: the body returns 2 carries for 1 initial one; return the next value of each, in"
                        + " the order of the initial ones",
                "  at Here:#", "  carry 0: placeholder \"x\" at Here:#");
    }

    @Test
    void conditionsThatAreNoBoolScalars() {
        fails(() -> whileLoop(x, value -> reduceSum(value), value -> value),
                "while_loop: the condition must be a bool scalar, not float32[] (reduce_sum at Here:#);"
                        + " compare it, as in greater(x, 0)",
                "  at Here:#", "  carry 0: placeholder \"x\" at Here:#");
        fails(() -> whileLoop(x, value -> greater(value, 0), value -> value),
                "while_loop: the condition must be a bool scalar, not bool[?] (greater at Here:#);"
                        + " reduceAll(...) or reduceAny(...) makes one",
                "  at Here:#", "  carry 0: placeholder \"x\" at Here:#");
        fails(() -> cond(greater(x, 0), () -> x, () -> x.plus(1)),
                "cond: the predicate must be a bool scalar, not bool[?] (greater at Here:#); reduceAll(...)"
                        + " or reduceAny(...) makes one",
                "  at Here:#", "  predicate: greater at Here:#");
        fails(() -> scan(List.of(), List.of(x), each -> Step.carry().until(each.element(0))),
                "scan: until must be a bool scalar, not float32[] (element at Here:#); compare it, as in"
                        + " greater(x, 0)",
                "  at Here:#", "  sequence 0: placeholder \"x\" at Here:#");
        fails(() -> switchCase(x, () -> x, () -> x),
                "switch_case: the index must be an integer scalar, not float32[?] (placeholder \"x\" at"
                        + " Here:#)",
                "  at Here:#", "  index: placeholder \"x\" at Here:#");
    }

    @Test
    void sequencesOfDifferentLengths() {
        Tensor four = graph.placeholder("four", FLOAT32, shape(4));
        fails(() -> mapFn(List.of(y, four), elements -> elements),
                "map: the sequences have different lengths: sequence 0 float32[3,5] axis 0 is 3, sequence 1"
                        + " float32[4] axis 0 is 4",
                "  at Here:#",
                "  sequence 0: placeholder \"y\" at Here:#      sequence 1: placeholder \"four\" at"
                        + " Here:#");
        fails(() -> scan(List.of(), List.of(four), ScanOptions.DEFAULT.withLength(5),
                        each -> Step.carry().output(each.element(0))),
                "scan: the length is 5, but sequence 0 float32[4] axis 0 is 4",
                "  at Here:#",
                "  sequence 0: placeholder \"four\" at Here:#");
        fails(() -> mapFn(reduceSum(x), each -> each),
                "map: sequence 0 float32[] has no axis 0 to go along; a value that all iterations use is"
                        + " used in the body as it is",
                "  at Here:#", "  sequence 0: reduce_sum at Here:#");
        fails(() -> scan(List.of(x), List.of(), each -> Step.carry(each.carry(0))),
                "scan: nothing says how many iterations there are; give a sequence or"
                        + " ScanOptions.DEFAULT.withLength(...), or use whileLoop(...)",
                "  at Here:#", "  carry 0: placeholder \"x\" at Here:#");
        fails(() -> whileLoop(x, value -> constant(true), value -> value,
                WhileOptions.DEFAULT.withMaxIterations(-1)),
                "while_loop: the number of iterations -1 is negative",
                "  at Here:#", "  carry 0: placeholder \"x\" at Here:#");
    }

    @Test
    void branchesThatDisagree() {
        Tensor p = greater(reduceSum(x), 0);
        fails(() -> cond(p, () -> x, () -> cast(x, FLOAT64)),
                "cond: the branches disagree on result 0: float32[?] if true, float64[?] if false; cast(...)"
                        + " one of them",
                "  at Here:#",
                "  if true: placeholder \"x\" at Here:#      if false: cast at Here:#");
        fails(() -> switchCase(constantIndex(), () -> y, () -> y.plus(1), () -> zeros(FLOAT32, shape(3, 1))),
                "switch_case: the branches disagree on result 0: float32[3,5] in branch 0, float32[3,1] in"
                        + " branch 2: axis 1 is 5 and 1; return values of one shape, for example by"
                        + " broadcastTo(...)",
                "  at Here:#",
                "  in branch 0: placeholder \"y\" at Here:#      in branch 2: zeros at Here:#");
        fails(() -> cond(p, () -> List.of(x, x), () -> List.of(x)),
                "cond: the branches disagree: 2 results if true, 1 if false; return as many from each",
                "  at Here:#", "  predicate: greater at Here:#");
        fails(() -> switchCase(constantIndex(), new dev.sinter.graph.Control.Alternative[0]),
                "switch_case: at least one branch is needed",
                "  at Here:#", "  index: constant at Here:#");
    }

    private Tensor constantIndex() {
        return graph.constant(1);
    }

    @Test
    void whatABodyMakesIsNotUsedOutside() {
        List<Tensor> kept = new ArrayList<>();
        Tensor sums = scan(constant(0f), x, (sum, element) -> {
            Tensor next = sum.plus(element);
            kept.addAll(List.of(next, element));
            return next;
        });
        fails(() -> sums.plus(kept.getFirst()),
                "add: y float32[] belongs to the body of \"scan\" at Here:# and has no value outside of it;"
                        + " return it from the body",
                "  at Here:#",
                "  x: scan at Here:#      y: add at Here:#");
        fails(() -> mapFn(x, each -> each.times(kept.getLast())),
                "mul: y float32[] belongs to the body of \"scan\" at Here:# and has no value outside of it;"
                        + " return it from the body",
                "  at Here:# in \"map\"",
                "  x: element at Here:#      y: element at Here:#");
        fails(() -> mapFn(x, _ -> kept.getFirst()),
                "map: scan/add float32[] belongs to the body of \"scan\" at Here:# and has no value outside"
                        + " of it; return it from the body",
                "  at Here:#", "  sequence 0: placeholder \"x\" at Here:#");
        fails(() -> graph.find("scan/add"),
                "find: \"scan/add\" belongs to the body of \"scan\" at Here:# and has no value outside of"
                        + " it; return it from the body");
        fails(() -> graph.controlDependencies(kept.getFirst()),
                "\"scan/add\" belongs to the body of \"scan\" at Here:# and has no value outside of it;"
                        + " return it from the body", "  at Here:#");
        fails(() -> Lowering.lower(graph, List.of(kept.getFirst()), List.of(), List.of()),
                "run: the fetch \"scan/add\" belongs to the body of \"scan\" at Here:# and has no value"
                        + " outside of it; return it from the body");
        fails(() -> Lowering.lower(graph, List.of(sums), List.of(kept.getLast()), List.of()),
                "run: the feed \"scan/element\" belongs to the body of \"scan\" at Here:# and has no value"
                        + " outside of it; return it from the body");
        fails(() -> graph.variable("v", kept.getFirst()),
                "assign: x float32[] belongs to the body of \"scan\" at Here:# and has no value outside of"
                        + " it; return it from the body", "  at Here:# in \"v\"",
                "  x: add at Here:#");
    }

    @Test
    void unorderedWrites() {
        Variable v = graph.variable("v", constant(0f));
        fails(() -> foldl(constant(0f), x, (sum, element) -> {
                    v.assign(element);
                    v.assign(sum);
                    return sum;
                }),
                "foldl: two writes of variable \"v\" are not ordered: \"foldl/assign\" at Here:# and"
                        + " \"foldl/assign_1\" at Here:#; make the second inside"
                        + " graph.controlDependencies(first), or run them one after the other",
                "  at Here:#",
                "  carry 0: constant at Here:#      sequence 0: placeholder \"x\" at Here:#");
        Tensor first = foldl(constant(0f), x, (sum, element) -> v.assign(sum.plus(element)));
        Tensor second = v.assign(constant(1f));
        fails(() -> Lowering.lower(graph, List.of(first, second), List.of(x), List.of()),
                "run: two writes of variable \"v\" are not ordered: \"foldl/assign_1\" at Here:# and"
                        + " \"assign\" at Here:#; make the second inside graph.controlDependencies(first),"
                        + " or run them one after the other");
        fails(() -> whileLoop(x, value -> greater(v.assign(constant(1f)), 0), value -> value),
                "while_loop: the condition writes variable \"v\" at Here:#; write it in the body",
                "  at Here:#", "  carry 0: placeholder \"x\" at Here:#");
    }

    @Test
    void functionsThatAreCalledWrongly() {
        GraphFunction f = function(graph, "f", List.of(TensorSpec.of(FLOAT32, shape(UNKNOWN, 5))),
                given -> List.of(given.getFirst().times(2)));
        fails(() -> f.call(y, y), "call: the function \"f\" takes 1 argument, not 2",
                "  at Here:#",
                "  argument 0: placeholder \"y\" at Here:#      argument 1: placeholder \"y\" at Here:#");
        fails(() -> f.call(x), "call: the function \"f\" takes float32[?,5], not argument 0 float32[?]",
                "  at Here:#", "  argument 0: placeholder \"x\" at Here:#");
        fails(() -> f.call(cast(y, FLOAT64)),
                "call: the function \"f\" takes float32[?,5], not argument 0 float64[3,5]; cast(...) it",
                "  at Here:#", "  argument 0: cast at Here:#");
        fails(() -> f.call(graph.placeholder("z", FLOAT32, shape(5, 4))),
                "call: the function \"f\" takes float32[?,5], not argument 0 float32[5,4]",
                "  at Here:#", "  argument 0: placeholder \"z\" at Here:#");
        List<GraphFunction> inner = new ArrayList<>();
        mapFn(x, each -> {
            inner.add(function(graph, "g", List.of(TensorSpec.of(FLOAT32, shape())),
                    given -> List.of(given.getFirst().times(each))));
            return inner.getFirst().call(each).getFirst();
        });
        fails(() -> inner.getFirst().call(reduceSum(x)),
                "call: the function \"map/g\" belongs to the body of \"map\" at Here:# and cannot be called"
                        + " outside of it; make it outside",
                "  at Here:#", "  argument 0: reduce_sum at Here:#");
    }

    @Test
    void checkpoints() {
        fails(() -> scan(constant(0f), x, ScanOptions.DEFAULT.withCheckpoints(0), (sum, element) -> sum),
                "scan: a checkpoint every 0 iterations; the number must be at least 1",
                "  at Here:#",
                "  carry 0: constant at Here:#      sequence 0: placeholder \"x\" at Here:#");
        ScanOptions options = ScanOptions.DEFAULT.withCheckpoints(2);
        fails(() -> scan(constant(0f), x, options, (sum, element) -> cast(sum, FLOAT64)),
                "scan: carry 0 is float32[] before an iteration and float64[] after it, of another dtype;"
                        + " return cast(..., FLOAT32) or begin with cast(..., FLOAT64)",
                "  at Here:# in \"scan/segments/segment\"",
                "  before: carry at Here:#      after: cast at Here:#");
        fails(() -> scan(constant(0f), x, options, (sum, element) -> {
            hostCall(new PassingFunction("printing", true), element);
            return sum;
        }), "scan: a scan with checkpoints carries out iterations again for gradients, and its body has an"
                        + " effect; take the effect out of the scan, or leave out withCheckpoints(...)",
                "  at Here:# in \"scan/segments/segment\"",
                "  carry 0: carry at Here:#      sequence 0: element at Here:#      limit: sub at"
                        + " Here:#");
    }

    private void leavesNothing(String name, ThrowingCallable code) {
        assertThat(catchThrowableOfType(GraphException.class, code)).as("nothing is thrown").isNotNull();
        assertThat(graph.find(name)).isEmpty();
    }

    @Test
    void opsOfSeveralThatFailLeaveNothing() {
        Variable rows = graph.variable("rows", zeros(FLOAT32, shape(3, 5)));
        Tensor index = graph.constant(new int[] {0});
        leavesNothing("negative", () -> Ops.scatterSub(rows, index, zeros(FLOAT32, shape(1, 4))));
        leavesNothing("reciprocal", () -> Ops.scatterDiv(rows, index, zeros(FLOAT32, shape(1, 4))));
        leavesNothing("floor", () -> Control.gradPassThrough(x, given -> cast(Ops.floor(given), FLOAT64)));
        Tensor predicate = greater(reduceSum(y), 0);
        leavesNothing("where", () -> Control.caseOf(List.of(new Control.Case(predicate, () -> y)), () -> x));
        Tensor sum = reduceSum(Ops.square(x));
        assertThat(graph.find("gradients")).isEmpty();
        Tensor apart = graph.placeholder("apart", FLOAT32, shape(2));
        leavesNothing("gradients", () -> Derivatives.hessianVectorProduct(sum, List.of(x), List.of(apart, apart)));
        leavesNothing("gradients", () -> Derivatives.hessianVectorProduct(sum, List.of(x),
                List.of(graph.placeholder("wide", FLOAT64, shape(2)))));
    }
}
