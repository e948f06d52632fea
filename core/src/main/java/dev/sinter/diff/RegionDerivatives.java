package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import dev.sinter.op.Call;
import dev.sinter.op.Loop;
import dev.sinter.op.Op;
import dev.sinter.tensor.CompilerBug;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The gradients of ops with regions. */
final class RegionDerivatives {
    private RegionDerivatives() {}

    /**
     * The gradients of the operands.
     *
     * @param cotangents of the results, empty where none flows
     * @param wanted     the positions of the operands whose gradient is wanted
     */
    static List<Optional<Value>> of(Builder b, Value self, List<Optional<Value>> cotangents,
            IntPredicate wanted) {
        List<Optional<Value>> flowing = cotangents.stream()
                .map(cotangent -> cotangent.filter(value -> !value.isZero())).toList();
        if (flowing.stream().allMatch(Optional::isEmpty)) {
            return self.operands().stream().map(any -> Optional.<Value>empty()).toList();
        }
        try {
            return switch (self.op()) {
                case Loop loop when ForwardOrder.isNeeded(loop) -> CallDerivative.inline(b,
                        ForwardOrder.of(loop, self.operands()), self.operands(), flowing, wanted);
                case Loop _ -> LoopDerivative.of(b, self, flowing, wanted);
                case Branch _ -> BranchDerivative.of(b, self, flowing, wanted);
                case Call _ -> CallDerivative.of(b, self, flowing, wanted);
                case Op other -> throw new CompilerBug(other.mnemonic() + " has no regions");
            };
        } catch (NotDifferentiableException inside) {
            throw NotDifferentiableException.within(self, inside);
        }
    }
}
