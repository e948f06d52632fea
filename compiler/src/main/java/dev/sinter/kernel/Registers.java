package dev.sinter.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Which registers instructions define and use, and which bodies they hold. */
final class Registers {
    private Registers() {}

    /** The registers that an instruction defines in the body that it stands in. */
    static List<Reg> results(Instr instr) {
        return switch (instr) {
            case Instr.Const i -> List.of(i.out());
            case Instr.Size i -> List.of(i.out());
            case Instr.Arith i -> List.of(i.out());
            case Instr.Splat i -> List.of(i.out());
            case Instr.Lanes i -> List.of(i.out());
            case Instr.Extract i -> List.of(i.out());
            case Instr.Shuffle i -> List.of(i.out());
            case Instr.Fold i -> List.of(i.out());
            case Instr.Load i -> List.of(i.out());
            case Instr.Gather i -> List.of(i.out());
            case Instr.Store i -> List.of();
            case Instr.Scatter i -> List.of();
            case Instr.Prefetch i -> List.of();
            case Instr.Loop i -> i.results();
            case Instr.If i -> i.results();
            case Instr.Fail i -> List.of();
        };
    }

    /** The registers that an instruction reads before it enters a body. */
    static List<Reg> operands(Instr instr) {
        List<Reg> operands = new ArrayList<>();
        switch (instr) {
            case Instr.Const i -> {}
            case Instr.Size i -> {}
            case Instr.Lanes i -> {}
            case Instr.Arith i -> operands.addAll(i.arguments());
            case Instr.Splat i -> operands.add(i.scalar());
            case Instr.Extract i -> operands.add(i.vector());
            case Instr.Shuffle i -> operands.addAll(List.of(i.first(), i.second()));
            case Instr.Fold i -> operands.add(i.vector());
            case Instr.Load i -> {
                operands.add(i.offset());
                i.mask().ifPresent(operands::add);
            }
            case Instr.Gather i -> {
                operands.add(i.offsets());
                i.mask().ifPresent(operands::add);
            }
            case Instr.Store i -> {
                operands.add(i.offset());
                operands.add(i.value());
                i.mask().ifPresent(operands::add);
            }
            case Instr.Scatter i -> {
                operands.add(i.offsets());
                operands.add(i.value());
                i.mask().ifPresent(operands::add);
            }
            case Instr.Prefetch i -> operands.add(i.offset());
            case Instr.Loop i -> {
                operands.add(i.lower());
                operands.add(i.upper());
                operands.addAll(i.initial());
            }
            case Instr.If i -> operands.add(i.condition());
            case Instr.Fail i -> {
                operands.add(i.condition());
                i.detail().ifPresent(detail -> operands.addAll(List.of(detail.index(), detail.position())));
            }
        }
        return operands;
    }

    /**
     * The registers that an instruction and the bodies in it read, those of the bodies themselves included.
     */
    static List<Reg> allOperands(Instr instr) {
        List<Reg> all = new ArrayList<>(operands(instr));
        switch (instr) {
            case Instr.Loop loop -> addAll(loop.body(), all);
            case Instr.If choice -> {
                addAll(choice.then(), all);
                addAll(choice.otherwise(), all);
            }
            default -> {}
        }
        return all;
    }

    private static void addAll(Instr.Body body, List<Reg> all) {
        body.instrs().forEach(inner -> all.addAll(allOperands(inner)));
        all.addAll(body.yields());
    }

    private static void visit(Instr.Body body, Consumer<Reg> visitor) {
        for (Instr instr : body.instrs()) {
            results(instr).forEach(visitor);
            if (instr instanceof Instr.Loop loop) {
                visitor.accept(loop.index());
                loop.carried().forEach(visitor);
                visit(loop.body(), visitor);
            } else if (instr instanceof Instr.If choice) {
                visit(choice.then(), visitor);
                visit(choice.otherwise(), visitor);
            }
        }
    }

    /** The greatest number of a register. */
    static int greatest(Kernel kernel) {
        int[] greatest = {kernel.tile().id()};
        visit(kernel.body(), reg -> greatest[0] = Math.max(greatest[0], reg.id()));
        return greatest[0];
    }

    /** Whether some instruction of a body, at any depth, is such. */
    static boolean any(Instr.Body body, Predicate<Instr> such) {
        return body.instrs().stream().anyMatch(instr -> such.test(instr) || switch (instr) {
            case Instr.Loop loop -> any(loop.body(), such);
            case Instr.If choice -> any(choice.then(), such) || any(choice.otherwise(), such);
            default -> false;
        });
    }
}
