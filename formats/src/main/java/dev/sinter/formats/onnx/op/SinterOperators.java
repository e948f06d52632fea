package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Select;
import dev.sinter.graph.SortDirection;
import dev.sinter.graph.Special;
import dev.sinter.graph.Tensor;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Primitives that ONNX lacks. Models that Sinter writes have functions of these names, whose bodies are made of ONNX's
 * operators; here they are the primitives themselves.
 */
final class SinterOperators {
    private SinterOperators() {}

    static void addTo(Operators table) {
        unary(table, ScalarFn.RSQRT, Ops::rsqrt);
        unary(table, ScalarFn.EXPM1, Ops::expm1);
        unary(table, ScalarFn.LOG1P, Ops::log1p);
        unary(table, ScalarFn.ERFC, Ops::erfc);
        unary(table, ScalarFn.LGAMMA, Ops::lgamma);
        unary(table, ScalarFn.DIGAMMA, Ops::digamma);
        unary(table, ScalarFn.ERFINV, Ops::erfinv);
        unary(table, ScalarFn.NDTRI, Ops::ndtri);
        unary(table, ScalarFn.BESSEL_I0E, Special::besselI0e);
        unary(table, ScalarFn.BESSEL_I1E, Special::besselI1e);
        unary(table, ScalarFn.BESSEL_K0E, Special::besselK0e);
        unary(table, ScalarFn.BESSEL_K1E, Special::besselK1e);
        unary(table, ScalarFn.BESSEL_J0, Special::besselJ0);
        unary(table, ScalarFn.BESSEL_J1, Special::besselJ1);
        unary(table, ScalarFn.BESSEL_Y0, Special::besselY0);
        unary(table, ScalarFn.BESSEL_Y1, Special::besselY1);
        unary(table, ScalarFn.DAWSN, Special::dawsn);
        unary(table, ScalarFn.EXPINT, Special::expint);
        unary(table, ScalarFn.FRESNEL_COS, Special::fresnelCos);
        unary(table, ScalarFn.FRESNEL_SIN, Special::fresnelSin);
        unary(table, ScalarFn.SPENCE, Special::spence);
        binary(table, ScalarFn.ATAN2, Ops::atan2);
        binary(table, ScalarFn.POLYGAMMA, Ops::polygamma);
        binary(table, ScalarFn.ZETA, Ops::zeta);
        binary(table, ScalarFn.IGAMMA, Ops::igamma);
        binary(table, ScalarFn.IGAMMAC, Ops::igammac);
        table.add(new Operator(Operators.SINTER, "prefix", 1, Set.of(), call -> List.of(Select.prefix(call.input(0),
                call.input(1)))));
        table.add(new Operator(Operators.SINTER, "slice", 1, Set.of(1, 2, 3),
                call -> List.of(PartOperators.inside(call))));
        table.add(new Operator(Operators.SINTER, "placed", 1, Set.of(2), call -> List.of(placed(call))));
        table.add(new Operator(Operators.SINTER, "argsort", 1, Set.of(), call -> List.of(sorted(call,
                SortDirection.ASCENDING))));
        table.add(new Operator(Operators.SINTER, "argsort_descending", 1, Set.of(), call -> List.of(sorted(call,
                SortDirection.DESCENDING))));
        add(table, ScalarFn.BETAINC, call -> Ops.betainc(call.input(0), call.input(1), call.input(2)));
    }

    private static Tensor sorted(Call call, SortDirection direction) {
        return Ops.cast(Ops.argsort(call.input(0), call.input(0).rank() - 1, direction), DType.INT64);
    }

    /** Rows from one on among as many as a length says, all others of which are 0. */
    private static Tensor placed(Call call) {
        Tensor rows = call.input(0);
        List<Dim> all = new ArrayList<>(rows.shape().dims());
        all.set(0, call.sizes(2).dim(0));
        List<Tensor> starts = new ArrayList<>(Collections.nCopies(rows.rank(), call.graph().constant(0L)));
        starts.set(0, call.input(1));
        return Ops.dynamicUpdateSlice(Ops.zeros(rows.dtype(), new Shape(all)), rows, starts);
    }

    private static void unary(Operators table, ScalarFn fn, UnaryOperator<Tensor> function) {
        add(table, fn, call -> function.apply(call.input(0)));
    }

    private static void binary(Operators table, ScalarFn fn, BinaryOperator<Tensor> function) {
        add(table, fn, call -> function.apply(call.input(0), call.input(1)));
    }

    private static void add(Operators table, ScalarFn fn, Translation.Single translation) {
        table.add(new Operator(Operators.SINTER, fn.text(), 1, Set.of(),
                call -> List.of(translation.output(call))));
    }
}
