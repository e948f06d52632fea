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
import java.util.ArrayList;
import java.util.List;

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

    /** An iteration: the index and the elements of sequences are parameters; the results are the region's. */
    static Function ofLoop(Loop loop) {
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
        return body.function(loop.body(), loop.carries());
    }

    /** A branch: every parameter is a capture. */
    static Function ofBranch(Region branch) {
        Bodies body = new Bodies();
        for (TensorType type : branch.parameterTypes()) {
            body.variable(capture(body.states.size()), type);
        }
        return body.function(branch, 0);
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

    private Function function(Region region, int carries) {
        List<Value> results = new ArrayList<>(region.inline(builder, arguments));
        for (int i = 0; i < carries; i++) {
            Value state = states.get(i);
            boolean same = results.get(i).op() instanceof Read && results.get(i).operand(0) == state;
            results.set(i, same ? state : builder.add(new Assign(), state, results.get(i)));
        }
        return new Function("body", parameters, results, builder.locations());
    }
}
