package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.FloatText;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NDArrayTest {
    @Test
    void nestedArraysThereAndBack() {
        for (Object nested : new Object[] {new float[][] {{1, 2, 3}, {4, 5, 6}}, new double[][][] {{{1.5}, {2}}},
            new int[] {1, -2}, new long[][] {{Long.MAX_VALUE}}, new boolean[][] {{true, false}}, new float[0][0],
            2.5f, 2.5, 7, Long.MIN_VALUE, true}) {
            assertThat(NDArray.from(nested).toNestedArray()).isEqualTo(nested);
        }
        assertThat(NDArray.from(new double[2][3][4]).sizes()).containsExactly(2, 3, 4);
        assertThat(NDArray.from(new float[2][0]).sizes()).containsExactly(2, 0);
        assertThat(NDArray.from(new Integer[] {3, 4}).toIntArray()).containsExactly(3, 4);
    }

    @Test
    void flatArraysThereAndBack() {
        assertThat(NDArray.of(1f, 2f).toFloatArray()).containsExactly(1, 2);
        assertThat(NDArray.of(new double[] {1, 2, 3, 4}, 2, 2).sizes()).containsExactly(2, 2);
        assertThat(NDArray.of(1, 2).dtype()).isEqualTo(DType.INT32);
        assertThat(NDArray.of(new long[] {5, 6}, 1, 2).toLongArray()).containsExactly(5, 6);
        assertThat(NDArray.of(true, false).toBooleanArray()).containsExactly(true, false);
        float[] target = new float[2];
        NDArray.of(3f, 4f).copyTo(target);
        assertThat(target).containsExactly(3, 4);
        assertThat(NDArray.full(DType.INT64, 3, 2).toLongArray()).containsExactly(3, 3);
    }

    @Test
    void scalars() {
        assertThat(NDArray.scalar(2.5f).floatValue()).isEqualTo(2.5f);
        assertThat(NDArray.scalar(Long.MAX_VALUE).longValue()).isEqualTo(Long.MAX_VALUE);
        assertThat(NDArray.scalar(true).booleanValue()).isTrue();
        assertThat(NDArray.scalar(7).item()).isEqualTo(7);
        assertThat(NDArray.scalar(DType.FLOAT32, 40589096)).hasToString("40589096.0");
        assertThatThrownBy(() -> NDArray.of(1f, 2f).floatValue()).isInstanceOf(GraphException.class)
                .hasMessageContaining("2 elements, not one");
    }

    @Test
    void casts() {
        NDArray floats = NDArray.of(1.9, -1.9, 1e30, -1e30, Double.NaN, 0);
        assertThat(floats.cast(DType.INT32).toIntArray())
                .containsExactly(1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, 0);
        assertThat(floats.cast(DType.BOOL).toBooleanArray()).containsExactly(true, true, true, true, true, false);
        assertThat(NDArray.of(1L << 32 | 5).cast(DType.INT32).toIntArray()).containsExactly(5);
        assertThat(floats.cast(DType.FLOAT64)).isSameAs(floats);
        assertThatThrownBy(floats::toFloatArray).isInstanceOf(GraphException.class)
                .hasMessage("the array is float64, not float32; cast(FLOAT32) converts it");
    }

    @Test
    void shortAndUnsignedElements() {
        NDArray bytes = NDArray.of((byte) 1, (byte) -1, (byte) -128);
        assertThat(bytes.dtype()).isEqualTo(DType.INT8);
        NDArray unsigned = bytes.view(DType.UINT8);
        assertThat(unsigned).hasToString("[  1 255 128]");
        assertThat(unsigned.segment()).isSameAs(bytes.segment());
        assertThat(unsigned.getLong(1)).isEqualTo(255);
        assertThat(unsigned.toNestedArray()).isEqualTo(new short[] {1, 255, 128});
        assertThat(unsigned.cast(DType.INT8).sameBits(bytes)).isTrue();
        assertThat(NDArray.from(new short[][] {{5}, {-6}}).toNestedArray()).isEqualTo(new short[][] {{5}, {-6}});
        NDArray largest = NDArray.of(-1L).view(DType.UINT64);
        assertThat(largest.getDouble(0)).isEqualTo(0x1p64);
        assertThat(largest.cast(DType.FLOAT32).toFloatArray()).containsExactly(0x1p64f);
        assertThat(NDArray.scalar(DType.UINT64, 1e19)).hasToString("10000000000000000000");
        assertThat(NDArray.scalar(DType.UINT8, 300)).hasToString("255");
        assertThat(NDArray.of(300).cast(DType.UINT8)).hasToString("[44]");
        assertThatThrownBy(() -> bytes.view(DType.FLOAT16)).isInstanceOf(GraphException.class)
                .hasMessage("view: the elements of int8 are not bits of float16; cast(FLOAT16) converts them");
        assertThatThrownBy(unsigned::toByteArray).isInstanceOf(GraphException.class)
                .hasMessage("the array is uint8, not int8; cast(INT8) converts it");
    }

    @Test
    void halfFloats() {
        NDArray halves = NDArray.of(Float.floatToFloat16(0.1f), Float.floatToFloat16(65504f)).view(DType.FLOAT16);
        assertThat(halves.toNestedArray()).isEqualTo(new float[] {Float.float16ToFloat(Float.floatToFloat16(0.1f)),
            65504});
        assertThat(NDArray.scalar(DType.BFLOAT16, 0.1)).hasToString("0.1");
        assertThat(NDArray.scalar(DType.BFLOAT16, 1.0 / 3).getDouble(0)).isEqualTo(0.333984375);
        // Halfway between two bfloat16 as a float32, but not as a float64.
        assertThat(NDArray.scalar(DType.BFLOAT16, 1 + 0x1p-8 + 0x1p-40).getDouble(0)).isEqualTo(1 + 0x1p-7);
        assertThat(NDArray.scalar((257L << 40) + 1).cast(DType.BFLOAT16).getDouble(0)).isEqualTo(0x1p48 + 0x1p41);
        assertThat(NDArray.scalar(DType.FLOAT16, 65520).getDouble(0)).isInfinite();
        assertThat(NDArray.scalar(DType.FLOAT16, Double.NaN).getDouble(0)).isNaN();
    }

    @Test
    void memoryIsSharedWhereItCanBe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(64, 64);
            NDArray shared = NDArray.from(DType.FLOAT32, segment, 4, 4);
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, 5, 9);
            assertThat(shared.getDouble(5)).isEqualTo(9);
            assertThat(shared.segment().address()).isEqualTo(segment.address());
            NDArray copied = NDArray.from(DType.FLOAT32, segment.asSlice(4, 8), 2);
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, 1, 7);
            assertThat(copied.getDouble(0)).isZero();
            assertThat(copied.segment().address() % 64).isZero();
            MemorySegment bytes = arena.allocate(2, 64);
            bytes.set(ValueLayout.JAVA_BYTE, 1, (byte) 2);
            assertThat(NDArray.from(DType.BOOL, bytes, 2).segment().get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 1);
        }
        float[] onHeap = {1, 2};
        NDArray copy = NDArray.from(FloatBuffer.wrap(onHeap), 2);
        onHeap[0] = 5;
        assertThat(copy.toFloatArray()).containsExactly(1, 2);
        FloatBuffer foreign = ByteBuffer.allocateDirect(8).order(ByteOrder.BIG_ENDIAN).asFloatBuffer().put(0, 3);
        assertThat(NDArray.from(foreign, 2).toFloatArray()).containsExactly(3, 0);
    }

    @Test
    void reshapes() {
        NDArray array = NDArray.of(1f, 2f, 3f, 4f, 5f, 6f);
        assertThat(array.reshape(2, Shape.UNKNOWN).sizes()).containsExactly(2, 3);
        assertThat(array.reshape(2, 3).segment()).isSameAs(array.segment());
        assertThatThrownBy(() -> array.reshape(4)).isInstanceOf(GraphException.class)
                .hasMessage("the sizes [4] are 4 elements, but 6 are given");
    }

    @Test
    void wrongArrays() {
        assertThatThrownBy(() -> NDArray.from(new float[][] {{1, 2}, {3}})).isInstanceOf(GraphException.class)
                .hasMessage("the rows of a nested array differ in length: along axis 1 there are 2 and 1 elements");
        assertThatThrownBy(() -> NDArray.from(new float[][] {{1}, null})).isInstanceOf(GraphException.class)
                .hasMessage("row 1 of a nested array is null");
        assertThatThrownBy(() -> NDArray.from("text")).isInstanceOf(GraphException.class)
                .hasMessageEndingWith("not from a java.lang.String");
        assertThatThrownBy(() -> NDArray.of(new float[3], 2)).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> NDArray.zeros(DType.FLOAT32, -1)).isInstanceOf(GraphException.class)
                .hasMessage("an array cannot have the size -1");
        assertThatThrownBy(() -> NDArray.zeros(DType.FLOAT32, 1L << 40, 1L << 40))
                .isInstanceOf(GraphException.class).hasMessageEndingWith("is too large");
    }

    @Test
    void sameBits() {
        assertThat(NDArray.of(0f).sameBits(NDArray.of(-0f))).isFalse();
        assertThat(NDArray.of(Float.NaN).sameBits(NDArray.of(Float.NaN))).isTrue();
        assertThat(NDArray.of(1f).sameBits(NDArray.of(new float[] {1}, 1, 1))).isFalse();
        assertThat(NDArray.of(1f, 2f).contentHash()).isEqualTo(NDArray.of(1f, 2f).contentHash());
    }

    /** A mapped file can be cut off, which would end a process that computes on it. */
    @Test
    void mappedFilesAreCopied(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("floats"), new byte[64]);
        try (FileChannel channel = FileChannel.open(file); Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 64, arena);
            NDArray array = NDArray.from(DType.FLOAT32, mapped, 16);
            assertThat(array.segment().isMapped()).isFalse();
            assertThat(array.isBorrowed()).isFalse();
            assertThatThrownBy(() -> NDArray.wrap(DType.FLOAT32, mapped, 16)).isInstanceOf(GraphException.class)
                    .hasMessageContaining("no mapped file");
        }
    }

    @Test
    void textsOfFloats() {
        assertThat(FloatText.of(4.0589096E7f)).isEqualTo("40589096.0");
        assertThat(FloatText.of(898.5f)).isEqualTo("898.5");
        assertThat(FloatText.of(1e16)).isEqualTo("1e+16");
        assertThat(FloatText.of(1.5e-5)).isEqualTo("1.5e-05");
        assertThat(FloatText.of(0.1f)).isEqualTo("0.1");
        assertThat(FloatText.of(-0.0f)).isEqualTo("-0.0");
        assertThat(FloatText.of(Double.MIN_VALUE)).isEqualTo("5e-324");
        assertThat(FloatText.of(Float.MIN_VALUE)).isEqualTo("1e-45");
        assertThat(FloatText.of(Float.NaN)).isEqualTo("nan");
        assertThat(FloatText.of(Double.NEGATIVE_INFINITY)).isEqualTo("-inf");
    }
}
