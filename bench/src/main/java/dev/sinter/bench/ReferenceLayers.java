package dev.sinter.bench;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;

/** Layers in plain loops on doubles, for one image. */
final class ReferenceLayers implements ImageLayers<ReferenceLayers.Image> {
    /** A square image, its channels side by side. */
    record Image(int side, int channels, double[] values) {
        double at(int row, int column, int channel) {
            return values[(row * side + column) * channels + channel];
        }

        boolean contains(int row, int column) {
            return row >= 0 && row < side && column >= 0 && column < side;
        }
    }

    private final RandomWeights random = new RandomWeights();

    private Image normalized(Image x, Activation activation) {
        int channels = x.channels();
        NDArray scale = random.nearOne(channels);
        NDArray offset = random.nearZero(channels);
        NDArray mean = random.nearZero(channels);
        NDArray variance = random.nearOne(channels);
        for (int i = 0; i < x.values().length; i++) {
            int channel = i % channels;
            double normal = (x.values()[i] - Values.get(mean, channel))
                    / Math.sqrt(Values.get(variance, channel) + GraphLayers.EPSILON);
            double value = normal * Values.get(scale, channel) + Values.get(offset, channel);
            x.values()[i] = switch (activation) {
                case NONE -> value;
                case RELU -> Math.max(value, 0);
                case RELU6 -> Math.clamp(value, 0, 6);
            };
        }
        return x;
    }

    /** Adds the products of a window to a pixel. */
    private interface Product {
        void add(int row, int column, int position, double[] pixel);
    }

    private static Image windows(Image x, int out, int size, int stride, Product product) {
        int side = (x.side() - 1) / stride + 1;
        double[] values = new double[side * side * out];
        double[] pixel = new double[out];
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                Arrays.fill(pixel, 0);
                for (int position = 0; position < size * size; position++) {
                    int y = row * stride + position / size - size / 2;
                    int z = column * stride + position % size - size / 2;
                    if (x.contains(y, z)) {
                        product.add(y, z, position, pixel);
                    }
                }
                System.arraycopy(pixel, 0, values, (row * side + column) * out, out);
            }
        }
        return new Image(side, out, values);
    }

    @Override
    public Image convolution(Image x, int out, int size, int stride, Activation activation) {
        int in = x.channels();
        double[] filter = random.filter(size * size * in, size, size, in, out).cast(DType.FLOAT64)
                .toDoubleArray();
        return normalized(windows(x, out, size, stride, (row, column, position, pixel) -> {
            for (int k = 0; k < in; k++) {
                double element = x.at(row, column, k);
                for (int i = 0; i < out; i++) {
                    pixel[i] += element * filter[(position * in + k) * out + i];
                }
            }
        }), activation);
    }

    @Override
    public Image depthwise(Image x, int size, int stride, Activation activation) {
        int channels = x.channels();
        NDArray filter = random.filter(size * size, size, size, channels, 1);
        return normalized(windows(x, channels, size, stride, (row, column, position, pixel) -> {
            for (int i = 0; i < channels; i++) {
                pixel[i] += x.at(row, column, i) * Values.get(filter, (long) position * channels + i);
            }
        }), activation);
    }

    @Override
    public Image add(Image x, Image y) {
        double[] sums = new double[x.values().length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = x.values()[i] + y.values()[i];
        }
        return new Image(x.side(), x.channels(), sums);
    }

    @Override
    public Image addRelu(Image x, Image y) {
        Image sums = add(x, y);
        for (int i = 0; i < sums.values().length; i++) {
            sums.values()[i] = Math.max(sums.values()[i], 0);
        }
        return sums;
    }

    @Override
    public Image maxPool(Image x) {
        Image greatest = windows(x, x.channels(), 3, 2, (row, column, position, pixel) -> { });
        Arrays.fill(greatest.values(), Double.NEGATIVE_INFINITY);
        for (int row = -1; row < x.side() + 1; row++) {
            for (int column = -1; column < x.side() + 1; column++) {
                for (int i = 0; x.contains(row, column) && i < x.channels(); i++) {
                    for (int y = row / 2; y <= (row + 1) / 2; y++) {
                        for (int z = column / 2; z <= (column + 1) / 2; z++) {
                            if (greatest.contains(y, z)) {
                                int at = (y * greatest.side() + z) * x.channels() + i;
                                greatest.values()[at] = Math.max(greatest.values()[at], x.at(row, column, i));
                            }
                        }
                    }
                }
            }
        }
        return greatest;
    }

    @Override
    public Image classify(Image x, int classes) {
        int channels = x.channels();
        int pixels = x.side() * x.side();
        NDArray matrix = random.filter(channels, channels, classes);
        NDArray bias = random.nearZero(classes);
        double[] scores = new double[classes];
        for (int i = 0; i < classes; i++) {
            scores[i] = Values.get(bias, i);
        }
        for (int i = 0; i < x.values().length; i++) {
            for (int j = 0; j < classes; j++) {
                scores[j] += x.values()[i] / pixels * Values.get(matrix, (long) (i % channels) * classes + j);
            }
        }
        return new Image(1, classes, scores);
    }

    @Override
    public int channels(Image x) {
        return x.channels();
    }
}
