package dev.sinter.op;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The arrays of a golden by name, in float64. */
final class NnGolden {
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    private NnGolden() {}

    static NnGolden read(String name) {
        try (InputStream in = NnGolden.class.getResourceAsStream("/goldens/" + name + ".txt")) {
            NnGolden golden = new NnGolden();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(golden::readLine);
            return golden;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private void readLine(String line) {
        String[] words = line.split(" ");
        long[] sizes = words[1].equals("scalar") ? new long[0]
                : Stream.of(words[1].split("x")).mapToLong(Long::parseLong).toArray();
        double[] values = Stream.of(words).skip(2).mapToDouble(Double::parseDouble).toArray();
        arrays.put(words[0], NDArray.of(values, sizes));
    }

    boolean has(String name) {
        return arrays.containsKey(name);
    }

    NDArray get(String name) {
        return arrays.get(name);
    }

    NDArray get(String name, DType dtype) {
        return arrays.get(name).cast(dtype);
    }
}
