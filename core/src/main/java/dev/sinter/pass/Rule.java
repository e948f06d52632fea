package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.GraphException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * A local replacement as data: a value that has a pattern's shape, and for which the guard holds, equals the
 * value that the rewrite builds.
 *
 * <pre>{@code
 * static final Rule TWICE_NEGATED =
 *         rule("neg(neg(x)) -> x").on(map(NEG, map(NEG, X))).to((m, b) -> m.get(X));
 * }</pre>
 */
public final class Rule implements Change {
    /** Builds the replacement, of the type of the matched value. */
    @FunctionalInterface
    public interface Rewrite {
        Value of(Match match, Builder b);
    }

    /** Builds the replacement or declines. */
    @FunctionalInterface
    public interface OptionalRewrite {
        Optional<Value> of(Match match, Builder b);
    }

    /** A rule that is being written. */
    public static final class Draft {
        private final String name;
        private final String source;
        private final Pattern.Node<?> pattern;
        private final Predicate<Match> guard;
        private final Exactness exactness;

        private Draft(String name, String source, Pattern.Node<?> pattern, Predicate<Match> guard,
                Exactness exactness) {
            this.name = name;
            this.source = source;
            this.pattern = pattern;
            this.guard = guard;
            this.exactness = exactness;
        }

        public Draft when(Predicate<Match> condition) {
            return new Draft(name, source, pattern, guard.and(condition), exactness);
        }

        /** Rounding may change; the default is that every bit stays. */
        public Draft reassociates() {
            return new Draft(name, source, pattern, guard, Exactness.REASSOCIATES);
        }

        public Rule to(Rewrite rewrite) {
            return toMaybe((match, b) -> Optional.of(rewrite.of(match, b)));
        }

        public Rule toMaybe(OptionalRewrite rewrite) {
            return new Rule(this, rewrite);
        }
    }

    /** A rule that has nothing but its name. */
    public static final class Named {
        private final String name;
        private final String source;

        private Named(String name, String source) {
            this.name = name;
            this.source = source;
        }

        public Draft on(Pattern.Node<?> pattern) {
            return new Draft(name, source, pattern, match -> true, Exactness.EXACT);
        }
    }

    private final Draft draft;
    private final OptionalRewrite rewrite;
    private final List<Pattern.Node<?>> commutative;

    private Rule(Draft draft, OptionalRewrite rewrite) {
        this.draft = draft;
        this.rewrite = rewrite;
        this.commutative = commutativeNodes(draft.pattern);
    }

    /** Starts a rule; its source is the caller's line. */
    public static Named rule(String name) {
        StackWalker.StackFrame caller = StackWalker.getInstance().walk(frames -> frames.skip(1).findFirst())
                .orElseThrow();
        return new Named(name, caller.getFileName() + ":" + caller.getLineNumber());
    }

    private static List<Pattern.Node<?>> commutativeNodes(Pattern.Node<?> root) {
        List<Pattern.Node<?>> nodes = new ArrayList<>();
        Deque<Pattern> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            if (pending.pop() instanceof Pattern.Node<?> node) {
                if (node.isCommutative()) {
                    nodes.add(node);
                }
                pending.addAll(node.operands());
            }
        }
        return List.copyOf(nodes);
    }

    /** The rule in a line: {@code neg(neg(x)) -> x}. */
    @Override
    public String name() {
        return draft.name;
    }

    /** Where the rule is written: {@code ArithmeticRules.java:31}. */
    public String source() {
        return draft.source;
    }

    public Pattern.Node<?> pattern() {
        return draft.pattern;
    }

    public Exactness exactness() {
        return draft.exactness;
    }

    /** What a rule makes of a value. */
    record Application(Match match, Value replacement) {}

    /** The replacement of a value; empty where the rule does not apply. */
    public Optional<Value> apply(Value value, Builder b) {
        return tryAt(value, b, any -> 1).map(Application::replacement);
    }

    Optional<Application> tryAt(Value value, Builder b, ToIntFunction<Value> uses) {
        Optional<Match> match = Match.of(draft.pattern, commutative, value, uses).filter(draft.guard);
        if (match.isEmpty()) {
            return Optional.empty();
        }
        Optional<Value> replacement;
        try {
            replacement = rewrite.of(match.get(), b).filter(result -> result != value);
        } catch (GraphException refused) {
            throw new CompilerBug("the rule " + this + " builds an invalid value from " + value, refused);
        }
        replacement.ifPresent(result -> {
            if (!result.type().equals(value.type())) {
                throw new CompilerBug("the rule " + this + " replaces " + value + " by " + result);
            }
        });
        return replacement.map(result -> new Application(match.get(), result));
    }

    @Override
    public String toString() {
        return "\"" + name() + "\" (" + source() + ")";
    }
}
