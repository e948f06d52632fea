package dev.sinter.unit;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Assign;
import dev.sinter.op.InitialState;
import dev.sinter.op.Parameter;
import dev.sinter.op.Read;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Random;

/** One training step of a net of two layers, as the passes leave it. */
public final class TwoLayerStep {
    private TwoLayerStep() {}

    public static Function function(long in, long hidden, long out, boolean fetchWeights) {
        Builder b = new Builder();
        Dim n = Dim.symbol("n");
        Value x = b.add(new Parameter("x", type(n, Dim.of(in))));
        Value y = b.add(new Parameter("y", type(n, Dim.of(out))));
        Value s1 = b.add(new InitialState("w1", type(Dim.of(in), Dim.of(hidden))));
        Value s2 = b.add(new InitialState("w2", type(Dim.of(hidden), Dim.of(out))));
        Value w1 = b.add(new Read(), s1);
        Value w2 = b.add(new Read(), s2);
        Value c1 = b.contract("mk", "kn", "mn", x, w1);
        Value zero = b.zerosLike(c1);
        Value h = b.map(ScalarFn.MAX, c1, zero);
        Value r = b.minus(y, b.contract("mk", "kn", "mn", h, w2));
        Value loss = b.reduceSum(b.times(r, r), List.of(0, 1));
        Value dPred = b.negate(b.times(r, 2));
        Value dW2 = b.contract("km", "kn", "mn", h, dPred);
        Value dH = b.contract("mk", "nk", "mn", dPred, w2);
        Value dC1 = b.select(b.map(ScalarFn.GE, c1, zero), dH, zero);
        Value dW1 = b.contract("km", "kn", "mn", x, dC1);
        Value newW1 = b.minus(w1, b.times(dW1, 1e-3));
        Value newW2 = b.minus(w2, b.times(dW2, 1e-3));
        Value a1 = b.add(new Assign(), s1, newW1);
        Value a2 = b.add(new Assign(), s2, newW2);
        List<Value> results = fetchWeights ? List.of(loss, a1, a2, newW1, newW2) : List.of(loss, a1, a2);
        return new Function("step", List.of(x, y, s1, s2), results, b.locations());
    }

    private static TensorType type(Dim... dims) {
        return new TensorType(DType.FLOAT32, Shape.of(dims));
    }

    public static List<NDArray> inputs(long n, long in, long hidden, long out) {
        Random random = new Random(7);
        return List.of(gaussian(random, n, in), gaussian(random, n, out), gaussian(random, in, hidden),
                gaussian(random, hidden, out));
    }

    private static NDArray gaussian(Random random, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT32, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextGaussian());
        }
        return array;
    }
}
