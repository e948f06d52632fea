package dev.sinter.graph;

import dev.sinter.ir.Substitution;
import dev.sinter.ir.Symbols;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.op.After;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Constant;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DimSize;
import dev.sinter.op.Op;
import dev.sinter.op.Project;
import dev.sinter.op.StopGradient;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What is known of the nodes of a graph before any run. A value that depends on constants alone is computed by the
 * interpreter. Of others, small tensors of integers are known as sizes, element by element.
 *
 * <p>What was found of a node is kept, but for large arrays; where unknown sizes are involved, until the graph learns
 * more about sizes.
 */
final class StaticValues {
    /** The most elements that one op may compute, or visit where it sums. */
    static final long MOST_ELEMENTS = 1L << 20;
    /** The most elements that one query may compute. */
    static final long MOST_WORK = 1L << 24;
    /** The most elements that all queries of a graph may compute: what was found of large arrays is not kept. */
    static final long MOST_WORK_IN_ALL = 1L << 26;
    /** The most elements of a tensor that is known as sizes. */
    static final int MOST_SIZES = 1024;

    /** What is known of a node. */
    sealed interface Known {
        record Nothing() implements Known {}

        record Array(NDArray array) implements Known {}

        /** The elements of a tuple. */
        record Several(List<NDArray> arrays) implements Known {}

        /** Integers or bools, some of which are sizes or what is computed of sizes. */
        record Sizes(StaticSizes elements) implements Known {}
    }

    private static final Known NOTHING = new Known.Nothing();

    private final Graph graph;
    private final Map<Node, Boolean> fixed = new HashMap<>();
    private final Map<Node, Known> kept = new HashMap<>();
    private final Set<Node> settled = new HashSet<>();
    private int generation;
    private long workLeft = MOST_WORK_IN_ALL;

    StaticValues(Graph graph) {
        this.graph = graph;
    }

    /** The value of an operand, where it is the same in every run. The array is nobody else's. */
    static Optional<NDArray> value(Operand x) {
        return node(x).flatMap(node -> locked(node, statics -> statics.value(node)));
    }

    /** The elements of a scalar or vector of integers, where each is known or made of sizes. */
    static Optional<Shape> shape(Operand x) {
        return node(x).flatMap(node -> {
            TensorType type = node.tensorType();
            if (!type.dtype().isInteger() || type.rank() > 1) {
                throw new GraphException("static_shape: a scalar or vector of integers is needed, not " + x
                        + "\n  at " + Place.here());
            }
            return locked(node, statics -> statics.shape(node));
        });
    }

    private static Optional<Node> node(Operand x) {
        return switch (x) {
            case Tensor tensor -> Optional.of(tensor.node());
            case Variable _ -> Optional.empty();
            case Initializer _, Scalar _ -> Optional.of(new Graph().tensor(x).node());
        };
    }

    private static <T> T locked(Node node, Function<StaticValues, T> question) {
        synchronized (node.graph().lock()) {
            return question.apply(node.graph().statics());
        }
    }

    private Optional<NDArray> value(Node node) {
        return known(node) instanceof Known.Array(NDArray array) ? Optional.of(copy(array)) : Optional.empty();
    }

    private static NDArray copy(NDArray array) {
        NDArray copy = NDArray.zeros(array.dtype(), array.sizes());
        copy.segment().copyFrom(array.segment());
        return copy;
    }

    private Optional<Shape> shape(Node node) {
        return elements(known(node)).flatMap(StaticSizes::complete)
                .map(dims -> new Shape(dims.stream().map(graph.sizes()::canonical).toList()));
    }

    private static Optional<StaticSizes> elements(Known known) {
        return switch (known) {
            case Known.Array(NDArray array) when array.elementCount() <= MOST_SIZES ->
                    Optional.of(StaticSizes.of(array));
            case Known.Sizes(StaticSizes elements) -> Optional.of(elements);
            case Known.Array _, Known.Several _, Known.Nothing _ -> Optional.empty();
        };
    }

    private Known known(Node root) {
        if (generation != graph.sizes().generation()) {
            fixed.keySet().retainAll(settled);
            kept.keySet().retainAll(settled);
            generation = graph.sizes().generation();
        }
        walk(root, fixed::containsKey, node -> isOfFixed(node) || isSmall(node) && isPassedOn(node) ? node.inputs()
                : List.of(), this::classify);
        return new Query().known(root);
    }

    /** Says whether a node is fixed, and whether it is settled: more known sizes change nothing about it. */
    private void classify(Node node) {
        boolean isOfFixed = isOfFixed(node);
        fixed.put(node, isOfFixed && node.inputs().stream().allMatch(fixed::get));
        if (isStatic(node.type()) && (isOfFixed ? settled.containsAll(node.inputs()) : isSource(node))) {
            settled.add(node);
        }
    }

    /** Whether nothing follows from what is known of a node's operands. */
    private static boolean isSource(Node node) {
        return switch (node.kind()) {
            case NodeKind.Identity() -> false;
            case NodeKind.Primitive(Op op) -> !Folding.isPure(op);
            case NodeKind.Placeholder _, NodeKind.Read _, NodeKind.Assign _, NodeKind.BodyInput _,
                    NodeKind.Group _, NodeKind.Stream _ -> true;
        };
    }

    /** Forgets everything, as after sizes are no longer known. */
    void forget() {
        fixed.clear();
        kept.clear();
        settled.clear();
    }

    /**
     * Visits nodes, each after those that it needs.
     *
     * @param isDone whether a node has been visited
     */
    private static void walk(Node root, Predicate<Node> isDone, Function<Node, List<Node>> needs,
            Consumer<Node> visit) {
        Deque<Node> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            Node node = pending.peek();
            boolean isReady = isDone.test(node);
            if (!isReady) {
                List<Node> missing = needs.apply(node).stream().filter(input -> !isDone.test(input)).toList();
                missing.forEach(pending::push);
                isReady = missing.isEmpty();
                if (isReady) {
                    visit.accept(node);
                }
            }
            if (isReady) {
                pending.pop();
            }
        }
    }

    /** Whether a node has one value, which is not too large to compute, where its operands have. */
    private boolean isOfFixed(Node node) {
        return switch (node.kind()) {
            case NodeKind.Identity() -> true;
            case NodeKind.Primitive(Op given) -> {
                Op op = canonical(node, given);
                yield Folding.isPure(op) && isStatic(node.type()) && Symbols.of(op, node.type()).isEmpty()
                        && node.inputs().stream().allMatch(input -> isStatic(input.type()))
                        && Folding.work(op, node.type(), node.inputs().stream().map(Node::type).toList())
                        <= MOST_ELEMENTS;
            }
            case NodeKind.Placeholder _, NodeKind.Read _, NodeKind.Assign _, NodeKind.BodyInput _, NodeKind.Group _,
                    NodeKind.Stream _ -> false;
        };
    }

    private Op canonical(Node node, Op op) {
        return Symbols.of(op, node.type()).isEmpty() ? op : new Substitution(graph.sizes()::canonical).apply(op);
    }

    private static boolean isStatic(Type type) {
        return switch (type) {
            case TensorType tensor -> tensor.shape().isStatic();
            case TupleType tuple -> tuple.elements().stream().allMatch(StaticValues::isStatic);
            case Type.StateType _, Type.TokenType _, Type.TapeType _ -> false;
        };
    }

    /** Whether a node is a tensor whose elements may be looked at one by one. */
    private static boolean isSmall(Node node) {
        return node.type() instanceof TensorType type && type.shape().isStatic()
                && type.shape().elementCount().constant() <= MOST_SIZES;
    }

    /** Whether something may be known of a node where its operands are known as sizes. */
    private static boolean isPassedOn(Node node) {
        return !isSource(node) && !(node.kind() instanceof NodeKind.Primitive(Op op) && !op.regions().isEmpty());
    }

    /** One question, which takes a limited time. */
    private final class Query {
        private final Map<Node, Known> found = new HashMap<>();
        private final Folding folding = new Folding(Math.min(MOST_WORK, workLeft));

        Known known(Node root) {
            walk(root, node -> folding.isSpent() || lookup(node).isPresent(), this::needs, this::find);
            workLeft -= folding.spent();
            return lookup(root).orElse(NOTHING);
        }

        private Optional<Known> lookup(Node node) {
            return Optional.ofNullable(kept.get(node)).or(() -> Optional.ofNullable(found.get(node)));
        }

        private boolean isFixed(Node node) {
            return fixed.getOrDefault(node, false);
        }

        private List<Node> needs(Node node) {
            if (isFixed(node)) {
                return node.inputs();
            }
            return isSmall(node) && isPassedOn(node) ? node.inputs().stream().filter(StaticValues::isSmall).toList()
                    : List.of();
        }

        private void find(Node node) {
            Known known = simplified(isFixed(node) || isSmall(node) && isPassedOn(node) ? computed(node) : NOTHING);
            if (!folding.isSpent()) {
                (isLarge(known) ? found : kept).put(node, known);
            }
        }

        private static boolean isLarge(Known known) {
            return switch (known) {
                case Known.Array(NDArray array) -> array.elementCount() > MOST_SIZES;
                case Known.Several _ -> true;
                case Known.Sizes _, Known.Nothing _ -> false;
            };
        }

        private static Known simplified(Known known) {
            if (!(known instanceof Known.Sizes(StaticSizes elements))) {
                return known;
            }
            return elements.isUnknown() ? NOTHING
                    : elements.array().<Known>map(Known.Array::new).orElse(known);
        }

        private Known computed(Node node) {
            return switch (node.kind()) {
                case NodeKind.Primitive(Op op) -> computed(node, canonical(node, op));
                case NodeKind.Identity() -> operand(node, 0);
                case NodeKind.Placeholder _, NodeKind.Read _, NodeKind.Assign _, NodeKind.BodyInput _,
                        NodeKind.Group _, NodeKind.Stream _ -> NOTHING;
            };
        }

        private Known operand(Node node, int index) {
            return lookup(node.inputs().get(index)).orElse(NOTHING);
        }

        private Known computed(Node node, Op op) {
            List<Known> operands = node.inputs().stream().map(input ->
                    lookup(input).filter(_ -> isFixed(node) || isSmall(input)).orElse(NOTHING)).toList();
            boolean isOpen = !Symbols.of(op, node.type()).isEmpty();
            return switch (op) {
                case Constant(NDArray array) -> new Known.Array(array);
                case DimSize(Dim dim) -> new Known.Sizes(StaticSizes.scalar(DType.INT64, dim));
                case StopGradient _, CustomGradient _, After _ -> operands.getFirst();
                case Project(int index) -> operands.getFirst() instanceof Known.Several(List<NDArray> arrays)
                        ? new Known.Array(arrays.get(index)) : NOTHING;
                case CheckIndex _ when isOpen -> operands.getFirst();
                default -> isOpen ? NOTHING : operands.stream().allMatch(Known.Array.class::isInstance)
                        ? folded(node, op, operands.stream().map(known -> ((Known.Array) known).array()).toList())
                        : isFixed(node) ? NOTHING : ofSizes(node, op, operands);
            };
        }

        private Known folded(Node node, Op op, List<NDArray> arrays) {
            return folding.results(op, node.type(), arrays).<Known>map(results -> node.type() instanceof TupleType
                    ? new Known.Several(results) : new Known.Array(results.getFirst())).orElse(NOTHING);
        }

        private Known ofSizes(Node node, Op op, List<Known> operands) {
            boolean isNothing = StaticSizes.needsAll(op, node.tensorType().dtype())
                    ? operands.stream().anyMatch(Known.Nothing.class::isInstance)
                    : operands.stream().allMatch(Known.Nothing.class::isInstance);
            if (isNothing) {
                return NOTHING;
            }
            List<Optional<StaticSizes>> elements = IntStream.range(0, operands.size())
                    .mapToObj(i -> elements(operands.get(i)).or(() -> unknown(node.inputs().get(i)))).toList();
            if (elements.stream().anyMatch(Optional::isEmpty)) {
                return NOTHING;
            }
            return StaticSizes.of(op, node.tensorType(), elements.stream().map(Optional::orElseThrow).toList())
                    .<Known>map(Known.Sizes::new).orElse(NOTHING);
        }

        private static Optional<StaticSizes> unknown(Node node) {
            return isSmall(node) ? Optional.of(StaticSizes.unknown(node.tensorType())) : Optional.empty();
        }
    }
}
