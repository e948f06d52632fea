package dev.sinter.examples;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Ragged batches of a text: each sequence begins at a random place and has a random number of characters, from 16 to
 * 64, or as many as there are in a shorter text. Characters are numbers, in the order of the text's alphabet.
 */
public final class TextBatches {
    /** The longest sequence of a batch. */
    public static final int LONGEST = 64;
    private static final int SHORTEST = 16;

    private final int[] alphabet;
    private final int[] characters;
    private final SplittableRandom random;

    /**
     * The batches of a seed.
     *
     * @throws GraphException where the text has fewer than two characters
     */
    public TextBatches(String text, long seed) {
        int[] points = text.codePoints().toArray();
        if (points.length < 2) {
            throw new GraphException("a text of at least 2 characters is needed, one to read and one to predict");
        }
        alphabet = Arrays.stream(points).distinct().sorted().toArray();
        characters = Arrays.stream(points).map(point -> Arrays.binarySearch(alphabet, point)).toArray();
        random = new SplittableRandom(seed);
    }

    /**
     * Sequences and what follows each of their characters.
     *
     * @param inputs  {@code int32[T, B]}, time-major, 0 beyond the length of a sequence
     * @param labels  {@code int32[T, B]}: the character after each input
     * @param lengths {@code int32[B]}
     */
    public record Batch(NDArray inputs, NDArray labels, NDArray lengths) {}

    /** The number of different characters. */
    public int alphabetSize() {
        return alphabet.length;
    }

    /** The characters of some numbers. */
    public String text(long[] numbers) {
        StringBuilder text = new StringBuilder();
        for (long number : numbers) {
            text.appendCodePoint(alphabet[Math.toIntExact(number)]);
        }
        return text.toString();
    }

    /** The next batch; its number of steps is the length of the longest sequence. */
    public Batch next(int batch) {
        int[] begins = new int[batch];
        int[] lengths = new int[batch];
        int longest = Math.min(LONGEST, characters.length - 1);
        int shortest = Math.min(SHORTEST, longest);
        for (int row = 0; row < batch; row++) {
            lengths[row] = shortest + below(longest - shortest + 1);
            begins[row] = below(characters.length - lengths[row]);
        }
        int steps = Arrays.stream(lengths).max().orElse(0);
        NDArray inputs = NDArray.zeros(DType.INT32, steps, batch);
        NDArray labels = NDArray.zeros(DType.INT32, steps, batch);
        for (int row = 0; row < batch; row++) {
            for (int step = 0; step < lengths[row]; step++) {
                inputs.setLong((long) step * batch + row, characters[begins[row] + step]);
                labels.setLong((long) step * batch + row, characters[begins[row] + step + 1]);
            }
        }
        return new Batch(inputs, labels, NDArray.of(lengths));
    }

    private int below(int bound) {
        return (int) (random.nextDouble() * bound);
    }
}
