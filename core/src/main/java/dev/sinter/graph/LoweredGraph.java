package dev.sinter.graph;

import dev.sinter.ir.Function;
import java.util.List;

/**
 * What a run asks for, as a function of the tensor IR. The function's parameters are {@link #feeds}, then
 * {@link #states}, then the run number where one is used. Its results are the fetches, then the last state of
 * each variable of {@link #written}, then tokens.
 *
 * @param function       the computation
 * @param feeds          the fed tensors that are used, or whose sizes are, in the order of the parameters
 * @param unused         fed tensors that nothing needs
 * @param states         the variables, in the order of the parameters and of their ids
 * @param usesRunNumber  whether the run number is the last parameter
 * @param fetches        how many results are fetches
 * @param written        the variables that are written, in the order of the results
 * @param meetings       why sizes of several feeds must be equal, for messages
 */
public record LoweredGraph(Function function, List<Tensor> feeds, List<Tensor> unused, List<State> states,
        boolean usesRunNumber, int fetches, List<Variable> written, List<String> meetings) {
    /**
     * How a variable is used.
     *
     * @param read    whether its value at the start of the run is needed, so that it must be initialised
     * @param written whether it has a new value after the run
     */
    public record State(Variable variable, boolean read, boolean written) {}

    public LoweredGraph {
        feeds = List.copyOf(feeds);
        unused = List.copyOf(unused);
        states = List.copyOf(states);
        written = List.copyOf(written);
        meetings = List.copyOf(meetings);
    }
}
