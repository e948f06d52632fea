package dev.sinter.program;

import dev.sinter.kernel.Kernel;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Launches that would write again what an earlier one of the same list has written into memory of its own, such as
 * the copies that two products make of the operand that both read.
 */
final class RepeatedLaunches {
    private final List<Buffer> buffers;
    /** What a kernel has written by what it read. */
    private final Map<Kernel, Map<List<Integer>, Integer>> results = new IdentityHashMap<>();
    /** The results that a change of some memory ends. */
    private final Map<Integer, List<Result>> users = new HashMap<>();

    private record Result(Kernel kernel, List<Integer> reads, int written) {}

    RepeatedLaunches(List<Buffer> buffers) {
        this.buffers = buffers;
    }

    /** Forgets all that has been launched: what follows may change what they read. */
    void clear() {
        results.clear();
        users.clear();
    }

    /**
     * The buffer that already holds what a launch would write into new memory.
     *
     * @param arguments the buffers of the kernel's arguments that are there
     */
    Optional<Integer> result(Kernel kernel, List<Optional<Integer>> arguments) {
        List<Integer> reads = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            boolean read = kernel.buffers().get(i).access() == Kernel.Access.READ;
            if (read != arguments.get(i).isPresent()) {
                return Optional.empty();
            }
            arguments.get(i).ifPresent(reads::add);
        }
        return Optional.ofNullable(results.getOrDefault(kernel, Map.of()).get(reads));
    }

    /** Takes note of a launch that takes place. */
    void add(Program.Step.Launch launch) {
        for (int i = 0; i < launch.buffers().size(); i++) {
            if (launch.kernel().buffers().get(i).access() != Kernel.Access.READ) {
                forget(memory(launch.buffers().get(i)));
            }
        }
        written(launch).ifPresent(written -> {
            Result result = new Result(launch.kernel(), read(launch), written);
            results.computeIfAbsent(result.kernel, _ -> new HashMap<>()).put(result.reads, written);
            launch.buffers().forEach(id -> users.computeIfAbsent(memory(id), _ -> new ArrayList<>()).add(result));
        });
    }

    private void forget(int changed) {
        Optional.ofNullable(users.remove(changed)).ifPresent(ended -> ended.forEach(result ->
                results.get(result.kernel).remove(result.reads, result.written)));
    }

    /** The only thing that a launch writes, where that is a temporary, made of temporaries and inputs. */
    private Optional<Integer> written(Program.Step.Launch launch) {
        Optional<Integer> written = Optional.empty();
        for (int i = 0; i < launch.buffers().size(); i++) {
            int id = launch.buffers().get(i);
            Buffer.Role role = buffers.get(memory(id)).role();
            boolean temporary = role instanceof Buffer.Role.Temporary;
            switch (launch.kernel().buffers().get(i).access()) {
                case READ -> {
                    if (!temporary && !(role instanceof Buffer.Role.Input)) {
                        return Optional.empty();
                    }
                }
                case WRITE -> {
                    if (!temporary || written.isPresent()) {
                        return Optional.empty();
                    }
                    written = Optional.of(id);
                }
                case READ_WRITE, WRITE_THEN_READ, SCRATCH -> {
                    return Optional.empty();
                }
            }
        }
        return written;
    }

    private List<Integer> read(Program.Step.Launch launch) {
        List<Integer> read = new ArrayList<>();
        for (int i = 0; i < launch.buffers().size(); i++) {
            if (launch.kernel().buffers().get(i).access() == Kernel.Access.READ) {
                read.add(launch.buffers().get(i));
            }
        }
        return read;
    }

    private int memory(int id) {
        return Plan.owner(buffers, id).id();
    }
}
