package dev.sinter.op;

import dev.sinter.ir.Region;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Carries out its body once for each of some indices, one after the other.
 *
 * <p>Operands: the limit where {@code trips} is limited, an {@code int64} scalar; whether to begin at all where
 * it is conditional, a bool scalar; then {@code sequences} tensors or tapes, of which iteration i sees element i
 * along axis 0; then {@code carries} tensors, the values that the first iteration sees of what each hands to the
 * next; then the captures, which every iteration sees as they are.
 *
 * <p>The body's parameters are the index, an {@code int64} scalar, the elements of the sequences, the carries
 * and the captures. Its results are the next carries, then what is stacked, then, where the loop is conditional,
 * a bool scalar that says whether another iteration follows, then tokens of effects.
 *
 * <p>The result is a tuple: the carries after the last iteration; for each stacked result the tensor of all its
 * elements along a new axis 0, or a tape where the loop has no length; the number of iterations, an {@code int64}
 * scalar, where the loop is conditional; a token where the body has effects. Elements of a stacked tensor whose
 * iteration does not take place are 0.
 *
 * @param body      what an iteration computes
 * @param trips     how often, and in which order
 * @param sequences how many operands are taken apart
 * @param carries   how many values are handed from iteration to iteration
 */
public record Loop(Region body, Trips trips, int sequences, int carries) implements Op {
    /**
     * Which iterations take place. Of several bounds the smallest counts.
     *
     * @param length      the size of axis 0 of sequences and stacked results; without it they are tapes
     * @param limited     whether an operand says how many there are at most; a negative one means none
     * @param conditional whether the body says after each iteration whether another one follows
     * @param reverse     whether the indices go down to 0 instead of up from 0
     */
    public record Trips(Optional<Dim> length, boolean limited, boolean conditional, boolean reverse) {
        /** As many as an axis has elements. */
        public static Trips of(Dim length) {
            return new Trips(Optional.of(length), false, false, false);
        }

        /** As many as the body wants. */
        public static Trips whileTrue() {
            return new Trips(Optional.empty(), false, true, false);
        }

        /** How many of a loop's first operands say when it ends: the limit, whether to begin. */
        public int bounds() {
            return (limited ? 1 : 0) + (conditional ? 1 : 0);
        }

        public Trips reversed() {
            return new Trips(length, limited, conditional, !reverse);
        }
    }

    /** The body's parameter that is the index. */
    public static final int INDEX = 0;

    @Override
    public String mnemonic() {
        return "loop";
    }

    @Override
    public List<Region> regions() {
        return List.of(body);
    }

    @Override
    public Op withRegions(List<Region> regions) {
        return new Loop(regions.getFirst(), trips, sequences, carries);
    }

    /** The position of the first sequence among the operands. */
    public int firstSequence() {
        return trips.bounds();
    }

    /** The position of the first carry among the operands. */
    public int firstCarry() {
        return firstSequence() + sequences;
    }

    /** The position of the first capture among the operands. */
    public int firstCapture() {
        return firstCarry() + carries;
    }

    /** The position among the operands of what the body's parameter, other than the index, comes from. */
    public int operandOf(int parameter) {
        return parameter - 1 + firstSequence();
    }

    /** How many results of the body are stacked. */
    public int stacked() {
        return body.tensorResults().size() - carries - (trips.conditional ? 1 : 0);
    }

    /** The types of the elements of what is stacked. */
    public List<TensorType> stackedTypes() {
        return body.tensorResults().subList(carries, carries + stacked());
    }

    /** The position of the number of iterations in the result of a conditional loop. */
    public int countResult() {
        return carries + stacked();
    }

    /** The position among the body's results of the bool that says whether another iteration follows. */
    public int goesOnResult() {
        return carries + stacked();
    }

    @Override
    public Type infer(List<Type> operands) {
        if (trips.length.isEmpty() && !trips.limited && !trips.conditional) {
            throw new GraphException("loop: nothing bounds its iterations");
        }
        if (trips.reverse && trips.length.isEmpty() && (trips.conditional || !trips.limited)) {
            throw new GraphException("loop: without a length, a loop that ends by a condition cannot go down to 0");
        }
        int next = 0;
        if (trips.limited) {
            expect(operands, next++, new TensorType(DType.INT64, Shape.SCALAR), "the limit");
        }
        if (trips.conditional) {
            expect(operands, next, new TensorType(DType.BOOL, Shape.SCALAR), "the condition");
        }
        List<TensorType> parameters = body.parameterTypes();
        Inference.count(this, operands, parameters.size() - 1 + firstSequence());
        if (parameters.isEmpty() || !parameters.getFirst().equals(new TensorType(DType.INT64, Shape.SCALAR))) {
            throw new GraphException("loop: the body's first parameter is the index, an int64 scalar");
        }
        if (sequences < 0 || carries < 0 || parameters.size() - 1 < sequences + carries) {
            throw new GraphException("loop: the body takes " + (parameters.size() - 1) + " values besides the index,"
                    + " fewer than " + sequences + " sequences and " + carries + " carries");
        }
        for (int i = 1; i < parameters.size(); i++) {
            int at = operandOf(i);
            if (at < firstCarry()) {
                expect(operands, at, sequence(parameters.get(i)), "sequence " + (at - firstSequence()));
            } else {
                String what = at < firstCapture() ? "carry " + (at - firstCarry())
                        : "capture " + (at - firstCapture());
                expect(operands, at, parameters.get(i), what);
            }
        }
        return new TupleType(results(parameters));
    }

    private List<Type> results(List<TensorType> parameters) {
        List<TensorType> tensors = body.tensorResults();
        if (stacked() < 0) {
            throw new GraphException("loop: the body has " + tensors.size() + " tensor results for " + carries
                    + " carries" + (trips.conditional ? " and a condition" : ""));
        }
        List<Type> results = new ArrayList<>();
        for (int i = 0; i < carries; i++) {
            TensorType before = parameters.get(1 + sequences + i);
            if (!tensors.get(i).equals(before)) {
                throw new GraphException("loop: carry " + i + " is " + before + " before an iteration and "
                        + tensors.get(i) + " after it");
            }
            results.add(before);
        }
        tensors.subList(carries, carries + stacked()).forEach(type -> results.add(sequence(type)));
        if (trips.conditional) {
            TensorType goesOn = tensors.get(goesOnResult());
            if (!goesOn.equals(new TensorType(DType.BOOL, Shape.SCALAR))) {
                throw new GraphException("loop: whether another iteration follows is a bool scalar, not " + goesOn);
            }
            results.add(new TensorType(DType.INT64, Shape.SCALAR));
        }
        if (body.hasEffect()) {
            results.add(new TokenType());
        }
        return results;
    }

    /** The type of a sequence with elements of a type. */
    public Type sequence(TensorType element) {
        return trips.length.<Type>map(length -> element.withShape(new Shape(
                        Stream.concat(Stream.of(length), element.shape().dims().stream()).toList())))
                .orElseGet(() -> new TapeType(element));
    }

    private static void expect(List<Type> operands, int index, Type expected, String what) {
        if (index >= operands.size() || !operands.get(index).equals(expected)) {
            throw new GraphException("loop: " + what + " must be " + expected
                    + (index < operands.size() ? ", not " + operands.get(index) : ", but is missing"));
        }
    }

    @Override
    public Derivative derivative() {
        return new Derivative.OfRegions();
    }
}
