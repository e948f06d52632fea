package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a kernel: one for each piece of memory that a nest uses, however many buffers name it. */
final class Arguments {
    private final List<Buffer> buffers;
    private final Map<Integer, Integer> argumentOf = new HashMap<>();
    private final List<Integer> launch = new ArrayList<>();

    Arguments(KernelBuilder builder, Nest nest, List<Buffer> buffers) {
        this.buffers = buffers;
        Map<Integer, Access> uses = new LinkedHashMap<>();
        Map<Integer, Integer> named = new HashMap<>();
        for (Nest.Input input : nest.inputs()) {
            uses.put(memory(input.buffer()), Access.READ);
            named.put(memory(input.buffer()), input.buffer());
        }
        for (Nest.Output output : nest.outputs()) {
            uses.merge(memory(output.buffer()), Access.WRITE, (a, b) -> a == b ? a : Access.READ_WRITE);
            named.put(memory(output.buffer()), output.buffer());
        }
        uses.forEach((memory, access) -> {
            Buffer buffer = buffers.get(named.get(memory));
            argumentOf.put(memory,
                    builder.buffer(buffer.name(), buffer.type().dtype(), access, buffer.storage()));
            launch.add(buffer.id());
        });
    }

    /** The buffer whose memory a buffer is. */
    private int memory(int id) {
        Buffer buffer = buffers.get(id);
        return switch (buffer.role()) {
            case Buffer.Role.View(int of) -> memory(of);
            case Buffer.Role.NextState(String variable, boolean inPlace) -> {
                if (!inPlace) {
                    yield id;
                }
                for (Buffer other : buffers) {
                    if (other.role() instanceof Buffer.Role.State(String name) && name.equals(variable)) {
                        yield other.id();
                    }
                }
                throw new CompilerBug("variable " + variable + " is updated in place and never read");
            }
            case Buffer.Role.Input ignored -> id;
            case Buffer.Role.State ignored -> id;
            case Buffer.Role.Output ignored -> id;
            case Buffer.Role.Temporary ignored -> id;
            case Buffer.Role.Constant ignored -> id;
            case Buffer.Role.RunNumber _, Buffer.Role.Tape _, Buffer.Role.Row _, Buffer.Role.Carried _,
                    Buffer.Role.Counter _ -> id;
        };
    }

    /** The kernel's argument for a buffer of the plan. */
    int of(int buffer) {
        return argumentOf.get(memory(buffer));
    }

    /** Adds an argument that the nest does not name. */
    int add(KernelBuilder builder, Buffer buffer, Access access) {
        int argument = builder.buffer(buffer.name(), buffer.type().dtype(), access, buffer.storage());
        argumentOf.put(buffer.id(), argument);
        launch.add(buffer.id());
        return argument;
    }

    /** The buffers for the kernel's arguments, in order. */
    List<Integer> launch() {
        return List.copyOf(launch);
    }
}
