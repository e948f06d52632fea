package dev.sinter.ir;

import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.HostFunction;
import dev.sinter.op.InitialState;
import dev.sinter.op.Parameter;
import dev.sinter.op.RunNumber;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the text that the {@link Printer} writes. A text that is wrong is a {@code GraphException} whose
 * message starts with line and column. A comment at the end of a statement's line is read as its places where
 * it has their form, and is skipped otherwise.
 */
public final class Parser {
    /** Gives the Java code that texts name. */
    public interface Resolver {
        Optional<HostFunction> hostFunction(String name);

        Optional<CustomGradient> customGradient(String name);

        /** Knows nothing. */
        static Resolver none() {
            return HostNames.none();
        }

        /** Knows the code that a function calls, by the names that its text has. */
        static Resolver of(Function function) {
            return HostNames.of(function);
        }
    }

    private final TextCursor in;
    private final Resolver resolver;
    private final Builder builder = new Builder();
    private final Map<String, Value> named = new HashMap<>();
    private final Map<Long, Value> numbered = new HashMap<>();
    private final List<Value> parameters = new ArrayList<>();

    private Parser(TextCursor in, Resolver resolver) {
        this.in = in;
        this.resolver = resolver;
    }

    /** The function of a text that names no Java code. */
    public static Function parse(String text) {
        return parse(text, Resolver.none());
    }

    /** The function of a text, verified. */
    public static Function parse(String text, Resolver resolver) {
        return new Parser(new TextCursor(text), resolver).run();
    }

    private Function run() {
        in.skipComments();
        if (!in.accept(Printer.HEADER)) {
            throw in.error("the text starts with \"" + Printer.HEADER + "\", not with " + in.found());
        }
        in.skipComments();
        in.expect("func");
        in.expect("@");
        Function function = function(in.name());
        in.skipComments();
        if (!in.atEnd()) {
            throw in.error("the text ends after its function; found " + in.found());
        }
        List<String> problems = Verifier.problems(function);
        if (!problems.isEmpty()) {
            throw in.error(0, "the function @" + function.name() + " is wrong: " + problems.getFirst());
        }
        return function;
    }

    /** Parameters, statements and results. */
    private Function function(String name) {
        in.expect("(");
        in.skipComments();
        if (!in.accept(")")) {
            boolean more = true;
            while (more) {
                Value parameter = parameter();
                more = in.accept(",");
                in.places().forEach(place -> builder.locations().add(parameter, place));
                in.skipComments();
            }
            in.expect(")");
        }
        in.expect("{");
        in.skipComments();
        while (!in.accept("return")) {
            statement();
            in.skipComments();
        }
        List<Value> results = new ArrayList<>();
        in.skipComments();
        if (!in.accept("}")) {
            do {
                results.add(reference());
            } while (in.accept(","));
            in.skipComments();
            in.expect("}");
        }
        return new Function(name, parameters, results, builder.locations());
    }

    /** The regions behind a statement. */
    private List<Region> regions() {
        List<Region> regions = new ArrayList<>();
        while (in.accept("region")) {
            int start = in.position();
            Function function = new Parser(in, resolver).function("region");
            for (Value parameter : function.parameters()) {
                if (!(parameter.op() instanceof Parameter)) {
                    throw in.error(start, "a region's parameters are tensors, not " + parameter.op().mnemonic());
                }
            }
            regions.add(Region.of(function));
        }
        return regions;
    }

    private Value parameter() {
        in.skipComments();
        int start = in.position();
        in.expect("%");
        if (in.atDigit()) {
            throw in.error(start,
                    "a parameter's name does not start with a digit; put it in quotation marks");
        }
        String name = in.name();
        in.expect(":");
        Value value;
        if (in.accept("run_number")) {
            value = builder.add(new RunNumber());
        } else {
            value = switch (in.type()) {
                case TensorType type -> builder.add(new Parameter(name, type));
                case StateType state -> builder.add(new InitialState(state.variable(), state.content()));
                case Type.TokenType _, Type.TapeType _, Type.TupleType _ ->
                        throw in.error(start, "a parameter is a tensor, a state or run_number");
            };
        }
        if (named.put(name, value) != null || parameters.contains(value)) {
            throw in.error(start, "the parameter %" + name + " is given twice");
        }
        parameters.add(value);
        return value;
    }

    private void statement() {
        int start = in.position();
        in.expect("%");
        if (!in.atDigit()) {
            throw in.error("a value's number is expected, not " + in.found());
        }
        long number = in.integer();
        in.expect("=");
        String mnemonic = in.word();
        OpText.Pending pending = OpText.parse(mnemonic, in, resolver);
        in.expect("(");
        List<Value> operands = new ArrayList<>();
        if (!in.accept(")")) {
            do {
                operands.add(reference());
            } while (in.accept(","));
            in.expect(")");
        }
        in.expect(":");
        Type type = in.type();
        List<Region> regions = regions();
        Value value;
        try {
            value = builder.add(pending.with(type, regions), operands);
        } catch (GraphException wrong) {
            String message = wrong.getMessage();
            throw message.startsWith("line ") ? wrong : in.error(start, message);
        }
        if (!value.type().equals(type)) {
            throw in.error(start, "the type of this " + mnemonic + " is " + value.type() + ", not " + type);
        }
        if (numbered.put(number, value) != null) {
            throw in.error(start, "%" + number + " is given twice");
        }
        in.places().forEach(place -> builder.locations().add(value, place));
    }

    private Value reference() {
        in.skipComments();
        int start = in.position();
        in.expect("%");
        boolean number = in.atDigit();
        String key = number ? Long.toString(in.integer()) : in.name();
        Value value = number ? numbered.get(Long.parseLong(key)) : named.get(key);
        if (value == null) {
            throw in.error(start, "%" + key + " is not known here");
        }
        return value;
    }
}
