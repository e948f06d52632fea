package dev.sinter.pass;

import dev.sinter.ir.Value;
import dev.sinter.op.Op;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** What the parts of a {@link Pattern} stand for in a value. */
public final class Match {
    private final Value root;
    private final ToIntFunction<Value> uses;
    private final Map<Pattern, Value> bindings = new IdentityHashMap<>();

    private Match(Value root, ToIntFunction<Value> uses) {
        this.root = root;
        this.uses = uses;
    }

    /** The match of a pattern with a value, the operands of commutative functions in either order. */
    static Optional<Match> of(Pattern.Node<?> pattern, List<Pattern.Node<?>> commutative, Value value,
            ToIntFunction<Value> uses) {
        if (!pattern.accepts(value)) {
            return Optional.empty();
        }
        for (int swapped = 0; swapped < 1 << commutative.size(); swapped++) {
            Match match = new Match(value, uses);
            if (match.bind(pattern, value, commutative, swapped)) {
                return Optional.of(match);
            }
        }
        return Optional.empty();
    }

    /** Recursion follows the pattern, which is small, never the graph alone. */
    private boolean bind(Pattern pattern, Value value, List<Pattern.Node<?>> commutative, int swapped) {
        Value before = bindings.putIfAbsent(pattern, value);
        if (before != null) {
            return before == value;
        }
        return switch (pattern) {
            case Pattern.Wildcard wildcard -> wildcard.accepts(value);
            case Pattern.Node<?> node -> {
                if (!node.accepts(value)) {
                    yield false;
                }
                int index = commutative.indexOf(node);
                boolean swap = index >= 0 && (swapped >> index & 1) == 1;
                boolean bound = true;
                for (int i = 0; bound && i < node.operands().size(); i++) {
                    Value operand = value.operand(swap ? 1 - i : i);
                    bound = bind(node.operands().get(i), operand, commutative, swapped);
                }
                yield bound;
            }
        };
    }

    /** The value that is replaced. */
    public Value root() {
        return root;
    }

    /** The value that a part of the pattern stands for. */
    public Value get(Pattern part) {
        Value value = bindings.get(part);
        if (value == null) {
            throw new CompilerBug("the rule's pattern has no part " + part);
        }
        return value;
    }

    /** The op that a part of the pattern stands for. */
    public <O extends Op> O op(Pattern.Node<O> part) {
        return part.kind().cast(get(part).op());
    }

    /** The constant that a part stands for, as a scalar. */
    public NDArray scalar(Pattern.Splat part) {
        return Splats.of(get(part)).orElseThrow();
    }

    /** The constant that a part stands for, as a number. */
    public double number(Pattern.Splat part) {
        return scalar(part).getDouble(0);
    }

    public DType dtype(Pattern part) {
        return get(part).dtype();
    }

    public Shape shape(Pattern part) {
        return get(part).shape();
    }

    /**
     * Whether nothing but the match uses a part, as far as is known: a rule asks before it repeats work that
     * somebody else needs as it is.
     */
    public boolean isUsedOnce(Pattern part) {
        return uses.applyAsInt(get(part)) <= 1;
    }

    /** The values that the pattern's ops stand for: those that the rule takes apart. */
    List<Value> nodes() {
        List<Value> nodes = new ArrayList<>();
        bindings.forEach((pattern, value) -> {
            if (pattern instanceof Pattern.Node<?>) {
                nodes.add(value);
            }
        });
        nodes.sort(java.util.Comparator.comparingInt(Value::id).reversed());
        return nodes;
    }
}
