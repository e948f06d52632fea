package dev.sinter.cli;

/** The catalogue of the programs that {@code run} and {@code explain} know. */
final class Programs {
    private static final String NAMES = "two-layer-net, char-rnn, newton, decay";

    private Programs() {}

    /** The lines of help that name the programs. */
    static String help() {
        return """
                Programs:
                  two-layer-net  Trains a net with one hidden layer; prints the loss of each step.
                  char-rnn       Trains an LSTM on the characters of --data; prints the loss of each step.
                  newton         Differentiates Newton's method for the square root, twice.
                  decay          Differentiates the solution of a differential equation, twice.
                """;
    }

    /**
     * The program of that name; it is loaded only now.
     *
     * @throws WrongArguments if there is none
     */
    static Program named(String name) {
        return switch (name) {
            case "two-layer-net" -> new TwoLayerNetProgram();
            case "char-rnn" -> new CharRnnProgram();
            case "newton" -> LoopProgram.newton();
            case "decay" -> LoopProgram.decay();
            default -> throw new WrongArguments(
                    "no program is called '" + name + "'; there are: " + NAMES);
        };
    }
}
