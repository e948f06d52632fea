package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Value;
import dev.sinter.op.Assign;
import dev.sinter.op.Constant;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Read;
import dev.sinter.op.Windows;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Convolves in tiles, which takes fewer multiplications, where the options allow the error that it makes and the filter
 * follows from variables that are only read: it is transformed once and kept
 * ({@code docs/decisions/0041-values-kept-from-run-to-run.md}).
 */
final class TileConvolutions implements Pass {
    /** What the tiles must take of the time at most. */
    private static final double WORTH = 0.9;

    @Override
    public String name() {
        return "tile-convolutions";
    }

    @Override
    public String reason() {
        return "windows of 3 by 3 that overlap multiply less in tiles, where the tolerance allows it";
    }

    @Override
    public Function run(Function function, PassContext context) {
        double tolerance = context.options().convolutionTolerance();
        if (tolerance < WinogradTile.TWO.tolerance()) {
            return function;
        }
        Set<Value> given = given(function);
        return function.remade((b, value, operands) -> WinogradConvolution.of(value)
                .filter(convolution -> given.contains(convolution.weights()))
                .flatMap(convolution -> tiled(b, convolution, operands, context))
                .orElseGet(() -> b.add(value.op(), operands)));
    }

    private static Optional<Value> tiled(Builder b, WinogradConvolution convolution, List<Value> operands,
            PassContext context) {
        WinogradTile best = Arrays.stream(WinogradTile.values())
                .filter(tile -> tile.tolerance() <= context.options().convolutionTolerance())
                .min(Comparator.comparingDouble(convolution::work)).orElseThrow();
        if (convolution.work(best) > WORTH * convolution.work()) {
            context.refuses("a convolution is not tiled: its tiles would move more than they spare");
            return Optional.empty();
        }
        if (!context.decides(new Decision("a convolution of 3 by 3 is tiled by " + best.outputs()))) {
            return Optional.empty();
        }
        Value other = operands.get(1 - convolution.filter());
        Value windows = other.op() instanceof Windows ? other : other.operand(0);
        return Optional.of(new WinogradTiles(b, convolution, best).value(operands.get(convolution.filter()),
                windows.operand(0)));
    }

    /** The values that follow from constants and from variables that the function only reads. */
    private static Set<Value> given(Function function) {
        Set<String> written = new HashSet<>();
        for (Value value : function.values()) {
            if (value.op() instanceof Assign) {
                written.add(((StateType) value.type()).variable());
            }
        }
        Set<Value> given = new HashSet<>();
        for (Value value : function.values()) {
            boolean follows = switch (value.op()) {
                case Constant _ -> true;
                case Read _ -> value.operand(0).op() instanceof InitialState state
                        && !written.contains(state.variable());
                case HostCall _ -> false;
                default -> !value.operands().isEmpty() && value.isTensor() && value.op().regions().isEmpty()
                        && given.containsAll(value.operands());
            };
            if (follows) {
                given.add(value);
            }
        }
        return given;
    }
}
