package dev.sinter.fuzz;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.tensor.DType.FLOAT64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.op.ReduceFn;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random graphs whose sizes may be 1: one program of each back end gives for every choice of sizes what a graph of
 * these sizes gives in the interpreter, first and second derivatives included. All numbers are small integers, so
 * that no sum is rounded. The seed and the count are chosen as in {@link ProgramFuzzTest}.
 */
final class BroadcastFuzzTest {
    private static final long SEED = Long.getLong("sinter.fuzz.seed", 1);
    private static final int COUNT = Integer.getInteger("sinter.fuzz.count", 25);
    private static final long[] SIZES = {0, 1, 2, 3, 5, 9, 17, 20};
    private static final int RUNS = 6;

    @Test
    void oneProgramForAllSizes() {
        LongStream.range(SEED, SEED + COUNT).parallel().forEach(seed -> {
            try {
                new Story(seed).tell();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage()
                        + "\nreproduce: ./mvnw -pl testkit -am test -Dtest=BroadcastFuzzTest -Dsinter.fuzz.seed=" + seed
                        + " -Dsinter.fuzz.count=1 -Dsurefire.failIfNoSpecifiedTests=false", failure);
            }
        });
    }

    /** A graph, and what is asked of it. */
    private record Made(Graph graph, List<Tensor> inputs, List<Tensor> fetches) {}

    /** How an operand's axis gets its size. */
    private enum Axis { ONE, KNOWN, UNKNOWN, MAYBE_ONE }

    private static final class Story {
        private final SplittableRandom random;
        private final long shapeSeed;
        private final List<List<Axis>> kinds = new ArrayList<>();
        private final long[] known;

        Story(long seed) {
            random = new SplittableRandom(seed);
            shapeSeed = random.nextLong();
            int rank = random.nextInt(1, 4);
            known = sizes(rank);
            for (int operand = random.nextInt(2, 5); operand > 0; operand--) {
                List<Axis> axes = new ArrayList<>();
                for (int axis = random.nextInt(4) > 0 ? 0 : random.nextInt(rank); axis < rank; axis++) {
                    axes.add(switch (random.nextInt(12)) {
                        case 0 -> Axis.ONE;
                        case 1 -> Axis.KNOWN;
                        case 2 -> Axis.UNKNOWN;
                        default -> Axis.MAYBE_ONE;
                    });
                }
                kinds.add(axes);
            }
        }

        private long[] sizes(int rank) {
            return random.ints(rank, 0, SIZES.length).mapToLong(i -> SIZES[i]).toArray();
        }

        /** The graph for sizes that are not known, or for those of some arrays. */
        private Made make(List<NDArray> arrays) {
            Graph graph = new Graph();
            List<Tensor> inputs = new ArrayList<>();
            for (int operand = 0; operand < kinds.size(); operand++) {
                List<Axis> axes = kinds.get(operand);
                long[] sizes = new long[axes.size()];
                List<Integer> maybe = new ArrayList<>();
                for (int axis = 0; axis < sizes.length; axis++) {
                    if (axes.get(axis) == Axis.MAYBE_ONE) {
                        maybe.add(axis);
                    }
                    sizes[axis] = !arrays.isEmpty() ? arrays.get(operand).size(axis)
                            : fixed(axes, axis, Shape.UNKNOWN);
                }
                Tensor input = graph.placeholder("p" + operand, FLOAT64, Shape.shape(sizes));
                if (arrays.isEmpty() && !maybe.isEmpty()) {
                    input.mayBroadcast(maybe.stream().mapToInt(axis -> axis).toArray());
                }
                inputs.add(input);
            }
            return new Made(graph, inputs, fetches(inputs, new SplittableRandom(shapeSeed)));
        }

        private long fixed(List<Axis> axes, int axis, long open) {
            return switch (axes.get(axis)) {
                case ONE -> 1;
                case KNOWN -> known[known.length - axes.size() + axis];
                case UNKNOWN, MAYBE_ONE -> open;
            };
        }

        private static List<Tensor> fetches(List<Tensor> inputs, SplittableRandom choice) {
            Tensor value = inputs.getFirst();
            for (Tensor input : inputs.subList(1, inputs.size())) {
                value = join(choice, value, input);
            }
            Tensor again = join(choice, inputs.get(choice.nextInt(inputs.size())), value);
            Tensor whole = choice.nextBoolean() ? again
                    : Ops.reduce(ReduceFn.SUM, again, new int[] {again.rank() - 1}, choice.nextBoolean());
            List<Tensor> fetches = new ArrayList<>(List.of(whole));
            List<Tensor> first = gradients(List.of(whole), inputs).asList();
            fetches.addAll(first);
            Tensor loss = reduceSum(square(first.getFirst()));
            for (Tensor gradient : first.subList(1, first.size())) {
                loss = loss.plus(reduceSum(square(gradient)));
            }
            for (Tensor input : inputs) {
                fetches.addAll(gradients(List.of(loss.plus(reduceSum(input))), List.of(input)).asList());
            }
            return fetches;
        }

        private static Tensor join(SplittableRandom choice, Tensor x, Tensor y) {
            return switch (choice.nextInt(7)) {
                case 0 -> x.plus(y);
                case 1 -> x.minus(y);
                case 2 -> Ops.maximum(x, y);
                case 3 -> Ops.where(Ops.less(x, y), x.times(2), y);
                case 4 -> x.rank() != 3 || y.rank() != 3 ? x.times(y) : Ops.matmul(kept(x, 1, 2), kept(y, 1)).plus(x);
                default -> x.times(y);
            };
        }

        private static Tensor kept(Tensor x, int... axes) {
            return Ops.reduce(ReduceFn.SUM, x, axes, true);
        }

        /** Sizes that broadcast: each axis has one, which operands have or are 1. */
        private List<NDArray> arrays() {
            long[] whole = sizes(known.length);
            for (List<Axis> axes : kinds) {
                for (int axis = 0; axis < axes.size(); axis++) {
                    int at = known.length - axes.size() + axis;
                    whole[at] = axes.get(axis) == Axis.KNOWN && known[at] != 1 ? known[at] : whole[at];
                }
            }
            List<NDArray> arrays = new ArrayList<>();
            for (List<Axis> axes : kinds) {
                long[] sizes = new long[axes.size()];
                for (int axis = 0; axis < sizes.length; axis++) {
                    long size = whole[known.length - axes.size() + axis];
                    boolean one = axes.get(axis) == Axis.MAYBE_ONE && random.nextBoolean();
                    sizes[axis] = one ? 1 : fixed(axes, axis, size);
                }
                NDArray array = NDArray.zeros(FLOAT64, sizes);
                for (long i = 0; i < array.elementCount(); i++) {
                    array.setDouble(i, random.nextInt(-2, 3));
                }
                arrays.add(array);
            }
            return arrays;
        }

        void tell() {
            Made open = make(List.of());
            SessionOptions options = SessionOptions.DEFAULT.withThreads(random.nextInt(1, 4));
            try (Session code = new Session(open.graph(), options.withBackend(Backend.LLVM));
                    Session eval = new Session(open.graph(), options.withBackend(Backend.EVAL));
                    Session plain = new Session(open.graph(), options.withBackend(Backend.EVAL).unoptimized())) {
                for (int run = 0; run < RUNS; run++) {
                    List<NDArray> arrays = arrays();
                    Made closed = make(arrays);
                    SessionOptions defining = options.withBackend(Backend.EVAL).unoptimized();
                    try (Session oracle = new Session(closed.graph(), defining)) {
                        Fetches expected = run(oracle, closed, arrays);
                        compare("unoptimised", expected, run(plain, open, arrays), open, closed, arrays);
                        compare("optimised", expected, run(eval, open, arrays), open, closed, arrays);
                        compare("native", expected, run(code, open, arrays), open, closed, arrays);
                    }
                }
                assertThat(code.compilations()).isEqualTo(1);
            }
        }

        private static Fetches run(Session session, Made made, List<NDArray> arrays) {
            Feeds feeds = Feeds.NONE;
            for (int i = 0; i < arrays.size(); i++) {
                feeds = feeds.and(made.inputs().get(i), arrays.get(i));
            }
            return session.run(feeds, Fetch.fetch(made.fetches()));
        }

        private static void compare(String who, Fetches expected, Fetches actual, Made open, Made closed,
                List<NDArray> arrays) {
            for (int i = 0; i < open.fetches().size(); i++) {
                int fetch = i;
                Tolerance.ulps(0).mismatch(expected.get(closed.fetches().get(i)), actual.get(i)).ifPresent(why -> {
                    throw new AssertionError(who + ", fetch " + fetch + " on sizes " + arrays.stream()
                            .map(array -> java.util.Arrays.toString(array.sizes())).toList() + ": " + why);
                });
            }
        }
    }
}
