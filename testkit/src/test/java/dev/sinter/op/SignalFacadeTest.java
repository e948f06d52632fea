package dev.sinter.op;

import static dev.sinter.tensor.DType.FLOAT64;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Initializer;
import dev.sinter.graph.Signal;
import dev.sinter.graph.StftOptions;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Frames, short-time transforms, cosine transforms, windows and the mel scale. */
final class SignalFacadeTest extends FacadeTest {
    private static final StftOptions OPTIONS = StftOptions.DEFAULT.withFftLength(7)
            .withWindow(WindowFunction.hamming()).withPadEnd(true);
    private static final StftOptions INVERSE_OPTIONS = StftOptions.DEFAULT.withFftLength(6)
            .withWindow(WindowFunction.hamming().inverse(3));
    private static final StftOptions BACK = StftOptions.DEFAULT.withWindow(Signal.inverseStftWindowFn(4));

    SignalFacadeTest() {
        super("signal", rows());
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>(List.of(
                real("frame", x -> Signal.frame(x, 4, 3)),
                real("frame_pad", x -> Signal.frame(x, 5, 3, true, 2, -1)),
                real("frame_pad_short", x -> Signal.frame(x, 2, 3, true, 0, 1)),
                real("frame_axis", x -> Signal.frame(x, 3, 2, false, 0, 0)),
                real("overlap_and_add", x -> Signal.overlapAndAdd(x, 2)),
                complex("stft", x -> Signal.stft(x, 6, 2)),
                complex("stft_options", x -> Signal.stft(x, 4, 3, OPTIONS)),
                complex("stft_plain", x -> Signal.stft(x, 5, 5, StftOptions.DEFAULT.withoutWindow())),
                Row.of("inverse_stft", in -> Signal.inverseStft(new Complex(in.get(0), in.get(1)), 6, 2)),
                Row.of("inverse_stft_options",
                        in -> Signal.inverseStft(new Complex(in.get(0), in.get(1)), 7, 3, INVERSE_OPTIONS)),
                real("stft_and_back", x -> Signal.inverseStft(Signal.stft(x, 8, 4), 8, 4, BACK)),
                real("dct_7", x -> Signal.dct(x, 2, false, 7)),
                real("mdct", x -> Signal.mdct(x, 8)),
                real("mdct_options", x -> Signal.mdct(x, 8, Optional.empty(), true, true)),
                real("inverse_mdct", Signal::inverseMdct),
                real("inverse_mdct_options",
                        x -> Signal.inverseMdct(x, Optional.of(WindowFunction.kaiserBesselDerived(4)), true)),
                real("mfccs", Signal::mfccsFromLogMelSpectrograms),
                real("mel", x -> x.times(Signal.linearToMelWeightMatrix(5, 9, 8000, 125, 3800, FLOAT64))),
                new Row("windows", in -> products(in.get(0), Signal.hannWindow(8, true, FLOAT64),
                        Signal.hannWindow(8, false, FLOAT64), Signal.hammingWindow(8, true, FLOAT64),
                        Signal.kaiserWindow(8, 12, FLOAT64), Signal.kaiserWindow(8, 2.5, FLOAT64),
                        Signal.vorbisWindow(8, FLOAT64), Signal.kaiserBesselDerivedWindow(8, 12, FLOAT64))),
                new Row("windows_odd", in -> products(in.get(0), Signal.hannWindow(7, true, FLOAT64),
                        Signal.hammingWindow(7, false, FLOAT64), Signal.kaiserWindow(7, 12, FLOAT64)))));
        for (int number = 1; number <= 4; number++) {
            int type = number;
            rows.add(real("dct_" + type, x -> type == 2 ? Signal.dct(x) : Signal.dct(x, type, false)));
            rows.add(real("idct_" + type, x -> type == 2 ? Signal.idct(x) : Signal.idct(x, type, false)));
            if (type > 1) {
                rows.add(real("dct_" + type + "_ortho", x -> Signal.dct(x, type, true)));
            }
        }
        return rows;
    }

    private static Row real(String name, Function<Tensor, Tensor> function) {
        return Row.of(name, in -> function.apply(in.get(0)));
    }

    private static Row complex(String name, Function<Tensor, Complex> function) {
        return new Row(name, in -> {
            Complex result = function.apply(in.get(0));
            return List.of(result.real(), result.imag());
        });
    }

    private static List<Tensor> products(Tensor x, Initializer... windows) {
        return Stream.of(windows).map(x::times).toList();
    }
}
