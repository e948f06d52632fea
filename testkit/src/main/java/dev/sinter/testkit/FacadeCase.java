package dev.sinter.testkit;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What another framework computes for a call of a facade's method. A file of cases has a line
 * {@code case NAME OPTION...} for each, then a line {@code in DTYPE SIZES VALUES...} for each operand and a line
 * {@code out DTYPE SIZES VALUES...} for each result, the sizes joined by {@code x} or {@code scalar}.
 *
 * @param name      the method's row, then words that tell the cases of one row apart
 * @param inputs    the operands
 * @param outputs   the expected results
 * @param tolerance how far a float may lie apart: options {@code ulp=N}, {@code ofLargest}, {@code abs=X}
 * @param smooth    option {@code smooth}: the call is differentiable near its float64 operands, so that its first
 *                  and second gradients are compared with finite differences
 * @param fixed     option {@code fixed}: the call needs operands of known sizes
 */
public record FacadeCase(String name, List<NDArray> inputs, List<NDArray> outputs, Tolerance tolerance,
        boolean smooth, boolean fixed) {
    public FacadeCase {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        if (outputs.isEmpty()) {
            throw new IllegalArgumentException(name + " has no results");
        }
        List<DType> floats = inputs.stream().map(NDArray::dtype).filter(DType::isFloat).distinct().toList();
        if (smooth && !floats.equals(List.of(DType.FLOAT64))) {
            throw new IllegalArgumentException(name + " is smooth: its float operands must be float64, not " + floats);
        }
    }

    /** The row that the case belongs to: its name up to the first blank. */
    public String row() {
        return name.split(" ", 2)[0];
    }

    /** The cases of a file {@code goldens/NAME.txt} beside a class. */
    public static List<FacadeCase> read(Class<?> near, String file) {
        try (InputStream in = near.getResourceAsStream("/goldens/" + file + ".txt")) {
            if (in == null) {
                throw new IllegalArgumentException("there is no file goldens/" + file + ".txt");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(text.split("(?m)^case ")).filter(part -> !part.isBlank()).map(FacadeCase::parse).toList();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static FacadeCase parse(String text) {
        String[] lines = text.strip().split("\n");
        List<String> words = new ArrayList<>();
        Tolerance tolerance = Tolerance.ulps(0);
        boolean smooth = false;
        boolean fixed = false;
        for (String word : lines[0].split(" ")) {
            if (word.startsWith("ulp=")) {
                tolerance = new Tolerance(Double.parseDouble(word.substring(4)), tolerance.spread(),
                        tolerance.absolute());
            } else if (word.startsWith("abs=")) {
                tolerance = tolerance.withAbsolute(Double.parseDouble(word.substring(4)));
            } else if (word.equals("ofLargest")) {
                tolerance = new Tolerance(tolerance.ulps(), true, tolerance.absolute());
            } else if (word.equals("smooth")) {
                smooth = true;
            } else if (word.equals("fixed")) {
                fixed = true;
            } else {
                words.add(word);
            }
        }
        List<NDArray> inputs = new ArrayList<>();
        List<NDArray> outputs = new ArrayList<>();
        for (String line : List.of(lines).subList(1, lines.length)) {
            (line.startsWith("in ") ? inputs : outputs).add(array(line.split(" ")));
        }
        return new FacadeCase(String.join(" ", words), inputs, outputs, tolerance, smooth, fixed);
    }

    private static NDArray array(String[] words) {
        DType dtype = Stream.of(DType.values()).filter(type -> type.toString().equals(words[1])).findFirst()
                .orElseThrow(() -> new GraphException("no dtype is called \"" + words[1] + "\""));
        long[] sizes = words[2].equals("scalar") ? new long[0]
                : Stream.of(words[2].split("x")).mapToLong(Long::parseLong).toArray();
        NDArray array = NDArray.zeros(dtype, sizes);
        if (array.elementCount() != words.length - 3) {
            throw new IllegalArgumentException(words[2] + " is not " + (words.length - 3) + " values");
        }
        for (int i = 0; i < array.elementCount(); i++) {
            if (dtype.isFloat()) {
                array.setDouble(i, Double.parseDouble(words[i + 3]));
            } else {
                array.setLong(i, dtype.isUnsigned() ? Long.parseUnsignedLong(words[i + 3])
                        : Long.parseLong(words[i + 3]));
            }
        }
        return array;
    }

    @Override
    public String toString() {
        return name;
    }
}
