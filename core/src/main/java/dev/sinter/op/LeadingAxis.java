package dev.sinter.op;

import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Ops that compute for many elements at once what others compute for one: the elements lie along a new axis 0. */
public final class LeadingAxis {
    private LeadingAxis() {}

    /**
     * Whether an op's operand needs the new axis once another one has it.
     *
     * @param has whether an operand has it
     */
    public static boolean needs(Op op, int operand, IntPredicate has) {
        return switch (op) {
            case Map _, Concat _, Scatter _, Recurrence _ -> true;
            case Gather gather -> operand > 0 || gather.batch() > 0;
            default -> false;
        };
    }

    /**
     * The op whose result has the new axis; it must be one that can have it.
     *
     * @param length the size of the new axis
     * @param has    whether an operand has it
     */
    public static Op of(Op op, Dim length, IntPredicate has) {
        return switch (op) {
            case Map _, Convert _, Bitcast _, CheckIndex _, StopGradient _ -> op;
            case Broadcast(Shape shape, List<Integer> axes) ->
                    new Broadcast(longer(length, shape), before(0, moved(axes)));
            case Reshape(Shape shape) -> new Reshape(longer(length, shape));
            case Transpose(List<Integer> permutation) -> new Transpose(before(0, moved(permutation)));
            case Reverse(List<Integer> axes) -> new Reverse(moved(axes));
            case Slice slice -> new Slice(before(Dim.ZERO, slice.starts()), before(length, slice.limits()),
                    before(1L, slice.strides()));
            case Pad pad -> new Pad(before(Dim.ZERO, pad.low()), before(Dim.ZERO, pad.high()),
                    before(0L, pad.interior()));
            case Windows(List<Windows.Window> windows) -> new Windows(windows.stream().map(window ->
                    new Windows.Window(window.axis() + 1, window.size(), window.stride(), window.dilation())).toList());
            case Gather(List<Integer> axes, int batch) when has.test(0) || batch > 0 ->
                    new Gather(moved(axes), batch + 1);
            case Gather gather -> gather;
            case Recurrence(var form, int axis) -> new Recurrence(form, axis + 1);
            case Scatter scatter -> new Scatter(scatter.how(), moved(scatter.axes()), scatter.batch() + 1);
            case Concat(int axis) -> new Concat(axis + 1);
            case Reduce(var fn, List<Integer> axes) -> new Reduce(fn, moved(axes));
            case Contract contract -> contract(contract, has);
            case Parameter _, InitialState _, RunNumber _, Constant _, Iota _, DimSize _, DefineSize _, RandomBits _,
                    DynamicSlice _, DynamicUpdateSlice _, Read _, Assign _, After _, Join _, CustomGradient _,
                    HostCall _, Loop _, Branch _, Call _, Tuple _, Project _ ->
                    throw new CompilerBug(op.mnemonic() + " takes no new axis");
        };
    }

    private static Contract contract(Contract op, IntPredicate has) {
        String letter = Character.toString(freeLetter(op));
        return new Contract((has.test(0) ? letter : "") + op.lhs(), (has.test(1) ? letter : "") + op.rhs(),
                letter + op.out());
    }

    /** A letter that an equation does not use. */
    public static char freeLetter(Contract op) {
        String used = op.lhs() + op.rhs();
        return (char) IntStream.concat(IntStream.of('t'), IntStream.rangeClosed('a', 'z'))
                .filter(letter -> used.indexOf(letter) < 0).findFirst().orElse('A' + used.length());
    }

    /** A shape behind the new axis. */
    public static Shape longer(Dim length, Shape shape) {
        return new Shape(before(length, shape.dims()));
    }

    /** The positions of axes behind the new one. */
    public static List<Integer> moved(List<Integer> axes) {
        return axes.stream().map(axis -> axis + 1).toList();
    }

    private static <T> List<T> before(T first, List<T> others) {
        return Stream.concat(Stream.of(first), others.stream()).toList();
    }
}
