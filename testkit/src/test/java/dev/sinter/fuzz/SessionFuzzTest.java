package dev.sinter.fuzz;

import static dev.sinter.graph.Ops.clipByValue;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reverse;
import static dev.sinter.graph.Ops.slice;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random runs of random graphs with variables, in native code, with values that are kept from run to run and without,
 * and by the interpreter: what is fetched and
 * what the variables hold is the same. All numbers are small integers, so that no sum is rounded. The seed
 * and the count are chosen as in {@link ProgramFuzzTest}.
 */
final class SessionFuzzTest {
    private static final long SEED = Long.getLong("sinter.fuzz.seed", 1);
    private static final int COUNT = Integer.getInteger("sinter.fuzz.count", 25);
    private static final long[] SIZES = {1, 3, 16, 17, 40};
    private static final int STEPS = 14;

    @Test
    void sessionsAgree() {
        LongStream.range(SEED, SEED + COUNT).parallel().forEach(seed -> {
            Story story = new Story(seed);
            try {
                story.tell();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage() + "\n"
                        + String.join("\n", story.lines) + "\nreproduce: ./mvnw -pl testkit -am test"
                        + " -Dtest=SessionFuzzTest -Dsinter.fuzz.seed=" + seed + " -Dsinter.fuzz.count=1"
                        + " -Dsurefire.failIfNoSpecifiedTests=false", failure);
            }
        });
    }

    /** One graph and what is done with it. */
    private static final class Story {
        private final SplittableRandom random;
        private final Graph graph = new Graph();
        private final List<Variable> variables = new ArrayList<>();
        private final List<Tensor> matrices = new ArrayList<>();
        private final List<Tensor> updates = new ArrayList<>();
        private final List<Variable> updated = new ArrayList<>();
        private final List<String> lines = new ArrayList<>();
        private final Tensor fed;

        Story(long seed) {
            random = new SplittableRandom(seed);
            fed = graph.placeholder("fed", FLOAT32, shape(UNKNOWN, size()));
            matrices.add(fed);
            for (int i = random.nextInt(2, 5); i > 0; i--) {
                Variable variable = graph.variable("v" + i, zeros(FLOAT32, shape(size(), size())));
                variables.add(variable);
                matrices.add(variable.plus(0));
            }
            for (int i = random.nextInt(4, 14); i > 0; i--) {
                add();
            }
            for (int i = random.nextInt(2, 6); i > 0; i--) {
                update(pick(variables));
            }
        }

        private long size() {
            return SIZES[random.nextInt(SIZES.length)];
        }

        private <T> T pick(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }

        private Tensor small(Tensor x) {
            return clipByValue(x, -3, 3);
        }

        /** A matrix that a matrix or a variable itself is. */
        private Tensor operand() {
            return random.nextBoolean() ? pick(matrices) : pick(variables).value();
        }

        /** A matrix of a known size made of another one: its product with its transpose's part. */
        private Tensor fitted(Tensor x, long rows, long columns) {
            Tensor left = graph.constant(numbers(rows, 5));
            Tensor middle = reduceSum(x, 0, 1);
            Tensor right = graph.constant(numbers(5, columns));
            return small(matmul(left, right).plus(small(middle)));
        }

        private void add() {
            Tensor x = operand();
            Tensor y = operand();
            boolean meet = x.shape().dim(1).equals(y.shape().dim(0));
            boolean same = x.shape().equals(y.shape());
            Tensor made = switch (random.nextInt(8)) {
                case 0, 1 -> meet ? small(matmul(x, y)) : small(matmul(transpose(x), x));
                case 2 -> same ? maximum(x, y) : transpose(x, 1, 0);
                case 3 -> same ? small(x.times(y).minus(x)) : small(x.times(2).plus(1));
                case 4 -> small(x.minus(Ops.reduce(dev.sinter.op.ReduceFn.MAX, x, new int[] {1}, true)));
                case 5 -> reverse(x, random.nextInt(2));
                case 6 -> small(matmul(x, transpose(x)));
                default -> where(Ops.greater(x, 0), x, small(x.times(x)));
            };
            matrices.add(made);
        }

        private void update(Variable variable) {
            long rows = variable.shape().sizes()[0];
            long columns = variable.shape().sizes()[1];
            Tensor value = switch (random.nextInt(6)) {
                case 0 -> small(variable.plus(fitted(operand(), rows, columns)));
                case 1 -> small(matmul(fitted(operand(), rows, 17), fitted(operand(), 17, columns)));
                case 2 -> small(variable.minus(matmul(graph.constant(numbers(rows, 33)),
                        graph.constant(numbers(33, columns)))));
                case 3 -> reverse(variable, 0);
                case 4 -> rows > 1 ? concat(0, rows(variable, 1, rows - 1), rows(variable, 0, 1))
                        : small(variable.times(-1));
                default -> small(matmul(variable, fitted(variable.value(), columns, columns)));
            };
            updates.add(variable.assign(value));
            updated.add(variable);
        }

        private static Tensor rows(Variable variable, long first, long count) {
            return slice(variable, new long[] {first, 0}, new long[] {count, variable.shape().sizes()[1]});
        }

        private NDArray numbers(long... sizes) {
            NDArray array = NDArray.zeros(FLOAT32, sizes);
            for (long i = 0; i < array.elementCount(); i++) {
                array.setDouble(i, random.nextInt(-2, 3));
            }
            return array;
        }

        void tell() {
            SessionOptions options = SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(random.nextInt(1, 4));
            try (Session code = new Session(graph, options);
                    Session forgetful = new Session(graph, options.withoutKeptValues());
                    Session eval = new Session(graph, options.withBackend(Backend.EVAL))) {
                code.run(graph.initializer());
                forgetful.run(graph.initializer());
                eval.run(graph.initializer());
                for (int step = 0; step < STEPS; step++) {
                    if (random.nextInt(5) == 0) {
                        load(code, forgetful, eval);
                    } else {
                        run(code, forgetful, eval);
                    }
                    for (Variable variable : variables) {
                        String what = variable.name() + " after " + lines.getLast();
                        compare(what, eval.value(variable), code.value(variable));
                        compare(what, eval.value(variable), forgetful.value(variable));
                    }
                }
            }
        }

        private void load(Session... sessions) {
            Variable variable = pick(variables);
            NDArray value = numbers(variable.shape().sizes());
            lines.add("load " + variable.name());
            for (Session session : sessions) {
                session.load(variable, value);
            }
        }

        private void run(Session code, Session forgetful, Session eval) {
            List<Tensor> fetches = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                Tensor fetch = random.nextInt(3) == 0 ? pick(variables).value() : pick(matrices);
                fetches.add(random.nextInt(3) == 0 ? reduceMax(fetch) : fetch);
            }
            List<Tensor> targets = new ArrayList<>();
            List<Variable> written = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                int which = random.nextInt(updates.size());
                if (!written.contains(updated.get(which))) {
                    written.add(updated.get(which));
                    targets.add(updates.get(which));
                }
            }
            if (targets.isEmpty() && fetches.isEmpty()) {
                fetches.add(fed);
            }
            Feeds feeds = Feeds.feed(fed, numbers(List.of(0L, 1L, 5L, 16L, 35L).get(random.nextInt(5)),
                    fed.shape().dim(1).constant()));
            lines.add("fetch " + fetches + " targets " + targets);
            Fetch fetch = Fetch.fetch(fetches).targets(targets.toArray(Tensor[]::new));
            Fetches found = code.run(feeds, fetch);
            Fetches made = forgetful.run(feeds, fetch);
            Fetches expected = eval.run(feeds, fetch);
            for (int i = 0; i < fetches.size(); i++) {
                compare("fetch " + i + " of " + lines.getLast(), expected.get(i), found.get(i));
                compare("fetch " + i + " of " + lines.getLast(), expected.get(i), made.get(i));
            }
        }

        private static void compare(String what, NDArray expected, NDArray found) {
            Tolerance.ulps(0).mismatch(expected, found).ifPresent(why -> {
                throw new AssertionError(what + ": " + why);
            });
        }
    }
}
