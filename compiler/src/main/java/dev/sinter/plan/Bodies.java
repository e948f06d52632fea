package dev.sinter.plan;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Assign;
import dev.sinter.op.InitialState;
import dev.sinter.op.Loop;
import dev.sinter.op.Parameter;
import dev.sinter.op.Read;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The regions of ops as functions that are planned by themselves. What an iteration hands to the next is a
 * variable that it reads and writes, and a capture is a variable that it only reads: so the planner decides about
 * updates in place and about layouts of either as it does for a whole run.
 */
final class Bodies {
    private final Builder builder = new Builder();
    private final List<Value> parameters = new ArrayList<>();
    private final List<Value> states = new ArrayList<>();
    private final List<Value> arguments = new ArrayList<>();

    private Bodies() {}

    /** The variable of a loop's carry in its body. */
    static String carry(int number) {
        return Plan.CARRY + number;
    }

    /** The variable of a capture. */
    static String capture(int number) {
        return Plan.CAPTURE + number;
    }

    /**
     * An iteration.
     *
     * @param function  the index and the elements of sequences are parameters; the results are the region's, but for
     *                  those that are a carry's value before the iteration, in place of which its state stands
     * @param histories the numbers of those results, each with the number of the carry
     */
    record Iteration(Function function, Map<Integer, Integer> histories) {}

    /** The iteration of a loop. */
    static Iteration ofLoop(Loop loop) {
        Bodies body = new Bodies();
        List<TensorType> types = loop.body().parameterTypes();
        for (int i = 0; i < types.size(); i++) {
            int carry = i - 1 - loop.sequences();
            if (carry < 0) {
                body.parameter(i == Loop.INDEX ? "index" : "element_" + (i - 1), types.get(i));
            } else {
                body.variable(carry < loop.carries() ? carry(carry) : capture(carry - loop.carries()), types.get(i));
            }
        }
        List<Value> results = body.results(loop.body(), loop.carries());
        Map<Integer, Integer> histories = body.histories(loop, results);
        histories.forEach((result, carry) -> results.set(result, body.states.get(carry)));
        return new Iteration(body.function(results), histories);
    }

    /**
     * The results that stack a carry's values, one a carry. What an iteration hands on is then written where the
     * next one's value is stacked. The steps must be as many as the stack has elements, forwards, and the values
     * must change, lie on whole cache lines, and not be so small that they are kept in registers.
     */
    private Map<Integer, Integer> histories(Loop loop, List<Value> results) {
        Map<Integer, Integer> histories = new TreeMap<>();
        Loop.Trips trips = loop.trips();
        if (trips.length().isEmpty() || trips.limited() || trips.conditional() || trips.reverse()) {
            return histories;
        }
        for (int result = loop.carries(); result < loop.carries() + loop.stacked(); result++) {
            int carry = arguments.indexOf(results.get(result)) - 1 - loop.sequences();
            if (carry >= 0 && carry < loop.carries() && results.get(carry) != states.get(carry)
                    && fillsLines(results.get(result).tensorType()) && !histories.containsValue(carry)) {
                histories.put(result, carry);
            }
        }
        return histories;
    }

    private static boolean fillsLines(TensorType type) {
        Dim bytes = type.shape().elementCount().times(type.dtype().bytes());
        return bytes.mod(Dim.of(MemoryPlan.ALIGNMENT)).isConstant(0)
                && bytes.asConstant().orElse(Long.MAX_VALUE) > MemoryPlan.ALIGNMENT;
    }

    /** A branch: every parameter is a capture. */
    static Function ofBranch(Region branch) {
        Bodies body = new Bodies();
        for (TensorType type : branch.parameterTypes()) {
            body.variable(capture(body.states.size()), type);
        }
        return body.function(body.results(branch, 0));
    }

    private void parameter(String name, TensorType type) {
        Value value = builder.add(new Parameter(name, type));
        parameters.add(value);
        arguments.add(value);
    }

    private void variable(String name, TensorType type) {
        Value state = builder.add(new InitialState(name, type));
        parameters.add(state);
        states.add(state);
        arguments.add(builder.add(new Read(), state));
    }

    private List<Value> results(Region region, int carries) {
        List<Value> results = new ArrayList<>(region.inline(builder, arguments));
        for (int i = 0; i < carries; i++) {
            Value state = states.get(i);
            boolean same = results.get(i).op() instanceof Read && results.get(i).operand(0) == state;
            results.set(i, same ? state : builder.add(new Assign(), state, results.get(i)));
        }
        return results;
    }

    private Function function(List<Value> results) {
        return new Function("body", parameters, results, builder.locations());
    }
}
