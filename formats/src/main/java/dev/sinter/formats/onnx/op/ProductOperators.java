package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.linalg.Decompositions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.function.BinaryOperator;

/** Products of matrices. */
final class ProductOperators {
    private ProductOperators() {}

    static void addTo(Operators table) {
        table.one("MatMul", call -> matrices(call, call.input(0), call.input(1), Ops::matmul));
        table.one("Gemm", ProductOperators::gemm);
        table.one("Einsum", call -> Ops.einsum(call.text("equation").replace(" ", ""),
                call.all().toArray(Tensor[]::new)));
        table.one("Det", call -> Decompositions.det(call.input(0)));
    }

    /** A product of matrices, of vectors too: a row at the left, a column at the right. */
    static Tensor matrices(Call call, Tensor x, Tensor w, BinaryOperator<Tensor> product) {
        if (x.rank() == 0 || w.rank() == 0) {
            throw call.wrong("vectors or matrices are needed, not a scalar");
        }
        Tensor left = x.rank() == 1 ? Ops.expandDims(x, 0) : x;
        Tensor right = w.rank() == 1 ? Ops.expandDims(w, 1) : w;
        Axes.letStretch(2, left, right);
        Tensor result = product.apply(left, right);
        if (w.rank() == 1) {
            result = Ops.squeeze(result, result.rank() - 1);
        }
        return x.rank() == 1 ? Ops.squeeze(result, result.rank() - (w.rank() == 1 ? 1 : 2)) : result;
    }

    /** Lets unknown sizes of what is added to a product be 1: those of the product do not stretch. */
    private static void letBiasStretch(Tensor product, Tensor bias) {
        for (int fromEnd = 1; fromEnd <= Math.min(bias.rank(), product.rank()); fromEnd++) {
            Dim size = bias.dim(bias.rank() - fromEnd);
            if (size.asSymbol().isPresent() && !size.equals(product.dim(product.rank() - fromEnd))) {
                bias.mayBroadcast(-fromEnd);
            }
        }
    }

    private static Tensor gemm(Call call) {
        DType dtype = call.input(0).dtype();
        double alpha = call.number("alpha", 1);
        double beta = call.number("beta", 1);
        boolean isScaled = alpha != 1 || beta != 1;
        DType inner = dtype.isFloat() || !isScaled ? dtype : DType.FLOAT64;
        Tensor product = Linalg.matmul(Axes.cast(call.input(0), inner), Axes.cast(call.input(1), inner),
                call.flag("transA", false), call.flag("transB", false));
        if (alpha != 1) {
            product = product.times(alpha);
        }
        if (call.has(2) && beta != 0) {
            Tensor added = Axes.cast(call.input(2), inner);
            letBiasStretch(product, added);
            product = product.plus(beta == 1 ? added : added.times(beta));
        }
        return Axes.cast(product, dtype);
    }
}
