package dev.sinter.op;

import static dev.sinter.graph.Ops.fill;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Special;
import dev.sinter.graph.Tensor;
import java.util.List;

/** The special functions. */
final class SpecialFacadeTest extends FacadeTest {
    SpecialFacadeTest() {
        super("special", List.of(
                Row.of("lgamma", in -> Ops.lgamma(in.get(0))),
                Row.of("gamma_grad", in -> Random.gammaGrad(in.get(0), in.get(1))),
                Row.of("digamma", in -> Ops.digamma(in.get(0))),
                Row.of("erfinv", in -> Ops.erfinv(in.get(0))),
                Row.of("erfcinv", in -> Ops.erfcinv(in.get(0))),
                Row.of("ndtri", in -> Ops.ndtri(in.get(0))),
                Row.of("polygamma", in -> Ops.polygamma(in.get(0), in.get(1))),
                Row.of("zeta", in -> Ops.zeta(in.get(0), in.get(1))),
                Row.of("igamma", in -> Ops.igamma(in.get(0), in.get(1))),
                Row.of("igammac", in -> Ops.igammac(in.get(0), in.get(1))),
                Row.of("betainc", in -> Ops.betainc(in.get(0), in.get(1), in.get(2))),
                Row.of("bessel_i0", in -> Special.besselI0(in.get(0))),
                Row.of("bessel_i0e", in -> Special.besselI0e(in.get(0))),
                Row.of("bessel_j0", in -> Special.besselJ0(in.get(0))),
                Row.of("bessel_y0", in -> Special.besselY0(in.get(0))),
                Row.of("bessel_k0", in -> Special.besselK0(in.get(0))),
                Row.of("bessel_k0e", in -> Special.besselK0e(in.get(0))),
                Row.of("bessel_i1", in -> Special.besselI1(in.get(0))),
                Row.of("bessel_i1e", in -> Special.besselI1e(in.get(0))),
                Row.of("bessel_j1", in -> Special.besselJ1(in.get(0))),
                Row.of("bessel_y1", in -> Special.besselY1(in.get(0))),
                Row.of("bessel_k1", in -> Special.besselK1(in.get(0))),
                Row.of("bessel_k1e", in -> Special.besselK1e(in.get(0))),
                Row.of("dawsn", in -> Special.dawsn(in.get(0))),
                Row.of("expint", in -> Special.expint(in.get(0))),
                Row.of("fresnel_cos", in -> Special.fresnelCos(in.get(0))),
                Row.of("fresnel_sin", in -> Special.fresnelSin(in.get(0))),
                Row.of("spence", in -> Special.spence(in.get(0))),
                Row.of("lbeta", in -> Ops.lbeta(in.get(0))),
                Row.of("polygamma_x", in -> Ops.polygamma(like(in.get(0), 2), in.get(0))),
                Row.of("zeta_q", in -> Ops.zeta(like(in.get(0), 2.5), in.get(0))),
                Row.of("igamma_x", in -> Ops.igamma(like(in.get(0), 2.5), in.get(0))),
                Row.of("igammac_x", in -> Ops.igammac(like(in.get(0), 2.5), in.get(0))),
                Row.of("betainc_x", in -> Ops.betainc(like(in.get(0), 2.5), like(in.get(0), 1.25), in.get(0))),
                new Row("igamma_gradient", in -> gradients(Ops.igamma(in.get(0), in.get(1)), in)),
                new Row("igammac_gradient", in -> gradients(Ops.igammac(in.get(0), in.get(1)), in))));
    }

    private static Operand like(Tensor x, double value) {
        return fill(x.dtype(), x.shape(), value);
    }

    private static List<Tensor> gradients(Tensor y, List<Tensor> xs) {
        var gradients = Ops.gradients(List.of(y), xs);
        return xs.stream().map(gradients::of).toList();
    }
}
