package dev.sinter.op;

import java.util.List;

/** Modified Bessel functions of order 0 and 1, times {@code e^-|x|} and {@code e^x}: polynomials of x, or of 1 / x. */
final class ModifiedBessel {
    private static final double NEAR = 8;
    /** Of {@code e^-x I0(x)}. */
    private static final Polynomial I0_NEAR = new Polynomial(4, 4,
            0x1.a7f09f8eedf5ap-3, -0x1.cedda0048620cp-4, 0x1.8322d1d8a3bbbp-4, -0x1.6cb8d0c91588fp-4,
            0x1.65c235bfeaa72p-4, -0x1.5c028fe647844p-4, 0x1.44b6196a78062p-4, -0x1.1cd73a8e6cd6ep-4,
            0x1.d11e10f60db14p-5, -0x1.602411e2b84cbp-5, 0x1.ee6f564cfa915p-6, -0x1.427b099142586p-6,
            0x1.87e867ba41db8p-7, -0x1.bd258ef81b1b7p-8, 0x1.da1a9fb31a327p-9, -0x1.daf9ae8ac58f3p-10,
            0x1.c0f4afe538061p-11, -0x1.918057560fb5p-12, 0x1.5496c575b16e4p-13, -0x1.12c45b18c205dp-14,
            0x1.a6d2ef17e0495p-16, -0x1.3666062a15f5fp-17, 0x1.b170d36b55864p-19, -0x1.246102354dd25p-20,
            0x1.8aa9ed99d4de8p-22, -0x1.e70761a76cf5bp-24, 0x1.c35f7ef8ecfc7p-26, -0x1.0e148b0af9254p-27,
            0x1.332208b1b904p-28, -0x1.409665a03765ap-30);
    /** Of {@code sqrt(x) e^-x I0(x)}, by 1 / x. */
    private static final Polynomial I0_FAR = new Polynomial(0x1.00aec33e1f671p-4, 0x1.fea27983c131dp-5,
            0x1.9bd68222b4298p-2, 0x1.b7650922cc9d7p-9, 0x1.1c5493b422ca8p-13, 0x1.73714866b10a3p-17,
            0x1.8b241b937ae51p-20, 0x1.3c903da84bb65p-22, 0x1.7a1ff25b57a91p-24, 0x1.4f71c91316605p-25,
            0x1.6d559dd1e1ceap-26, 0x1.ee4ff42b342d4p-28, -0x1.dccd16e1b6f43p-28, -0x1.c4d7499d3c5dcp-27,
            -0x1.5a1805f3a66a1p-28, 0x1.034e9baaf24eap-27, 0x1.ebfaf4e04e20cp-28, -0x1.ed276634e44e8p-29,
            -0x1.92771a73842cbp-28, 0x1.b610a505c73bap-30, 0x1.f817630cf7b17p-29, -0x1.4e141ceccf75bp-31,
            -0x1.cd1eb195e82bcp-30, 0x1.662d2227c4c45p-33, 0x1.0c1ca9b7ce6ecp-31, -0x1.7a616edd6f868p-36,
            -0x1.241dbb12280e4p-34);
    /** Of {@code e^-x I1(x) / x}. */
    private static final Polynomial I1_NEAR = new Polynomial(4, 4,
            0x1.6e14eb8e5d319p-5, -0x1.f4bb071a7752bp-5, 0x1.16c390ddb08ecp-4, -0x1.1881379ffb5c2p-4,
            0x1.0530f817ffa4ap-4, -0x1.c4daa51341c6dp-5, 0x1.6df95e8bdfc8fp-5, -0x1.13d5f358a4edap-5,
            0x1.84125b0d2de85p-6, -0x1.fe3d9c01a6736p-7, 0x1.3a0c1a007877fp-7, -0x1.6ab6a3876ed57p-8,
            0x1.89f8a69545405p-9, -0x1.93682690e9b9ap-10, 0x1.8656c1654765cp-11, -0x1.65bf65dd72f08p-12,
            0x1.37430c18eefeap-13, -0x1.01a43775d9f1cp-14, 0x1.969330fb70d0ep-16, -0x1.3269f669d578fp-17,
            0x1.ba196041625d2p-19, -0x1.317ffb356f636p-20, 0x1.93a99c550319ep-22, -0x1.01b4b419a1fcbp-23,
            0x1.46a890c79f1e3p-25, -0x1.80875810a1429p-27, 0x1.65dc717d1511p-29, -0x1.95ae4a3a5ec82p-31,
            0x1.99db77e00f02dp-32, -0x1.9be8fdf579908p-34);
    /** Of {@code sqrt(x) e^-x I1(x)}, by 1 / x. */
    private static final Polynomial I1_FAR = new Polynomial(0x1.00aec33e1f671p-4, 0x1.fea27983c131dp-5,
            0x1.8eb7a75e7f99cp-2, -0x1.3ea912657fd5dp-7, -0x1.c992b066329f8p-13, -0x1.f53c71cdf6534p-17,
            -0x1.e88efa45f3053p-20, -0x1.72d1383be6917p-22, -0x1.aa261c2cec314p-24, -0x1.6fd7114940122p-25,
            -0x1.8c62587528795p-26, -0x1.147216b3e9e3dp-27, 0x1.dd1b2547a5268p-28, 0x1.da4f588f9f1abp-27,
            0x1.7ffc6303d689ep-28, -0x1.06da3670aef1ap-27, -0x1.057cbb16a898bp-27, 0x1.e43ac5bb221bfp-29,
            0x1.a68252b1e7502p-28, -0x1.a297eda67a55cp-30, -0x1.073fe6d00efd7p-28, 0x1.39d35069c25d1p-31,
            0x1.e09ceace3ff07p-30, -0x1.4dcbd1a17e70ap-33, -0x1.173773f0dcc6dp-31, 0x1.5fa5e6dd3e46bp-36,
            0x1.301ff3ab2b908p-34);
    /** Of {@code I0(x)}, by the square. */
    private static final Polynomial I0_SERIES = new Polynomial(2, 2,
            0x1.90eacf96209cbp+0, 0x1.458fab1e6aadcp-1, 0x1.2d6c91ded7bbbp-4, 0x1.017662a61f6aap-8,
            0x1.f6907b53670efp-14, 0x1.3c6dcc15aff04p-19, 0x1.15fd645f7094p-25, 0x1.67e5bc7144d57p-32,
            0x1.6574cac322b8dp-39, 0x1.18dfc25abaa1cp-46);
    /** Of {@code I1(x) / x}, by the square. */
    private static final Polynomial I1_SERIES = new Polynomial(2, 2,
            0x1.458fab1e6aadcp-1, 0x1.2d6c91ded7bbbp-3, 0x1.823193f92f1ffp-7, 0x1.f6907b53679abp-12,
            0x1.8b893f1b1bfbp-17, 0x1.a0fc1684aca6p-23, 0x1.3ae904e0b7535p-29, 0x1.6575aa728295cp-36,
            0x1.3bfc24ba7432cp-43);
    /** Of {@code K0(x) + log(x / 2) I0(x)}, by the square. */
    private static final Polynomial K0_NEAR = new Polynomial(2, 2,
            -0x1.36e85d283cd69p-2, 0x1.5cab546883284p-2, 0x1.25ffa680678fdp-4, 0x1.4b2ddc22e96bap-8,
            0x1.7f5efc9e6685p-13, 0x1.1017e4b1b1aaep-18, 0x1.05b538f8f6e08p-24, 0x1.6c1aa01a0e336p-31,
            0x1.7fb0ac381534bp-38, 0x1.3cedab180ab08p-45);
    /** Of {@code sqrt(x) e^x K0(x)}, by 1 / x. */
    private static final Polynomial K0_FAR = new Polynomial(0x1.002bb0cf87d9cp-2, 0x1.ffa89e60f04c7p-3,
            0x1.37f481b47ca84p+0, -0x1.fcab53cca6496p-6, 0x1.8cdf2c4a700b6p-9, -0x1.f5ca86dda23a9p-12,
            0x1.a0214a7b29657p-14, -0x1.9d236f2736d57p-16, 0x1.d35a75bd59a2dp-18, -0x1.2432477778de7p-19,
            0x1.8bcb8e379db14p-21, -0x1.1e48f731fde3fp-22, 0x1.b5f01323d6e6ep-24, -0x1.5f147407496e3p-25,
            0x1.21ac185a28f52p-26, -0x1.f399a96e0abd8p-28, 0x1.0064ee63cc143p-28, -0x1.e6540e733dbcap-30,
            0x1.5318df01885e9p-34, 0x1.c8eaffc041f8p-36, 0x1.aa540c9d93d4cp-31, -0x1.e0e30775e1597p-32,
            -0x1.451beec2bbd6fp-32, 0x1.7e51e3413c633p-33, 0x1.cd92b3d362493p-34, -0x1.07c29bfaa6a79p-34);
    /** Of {@code x (K1(x) - log(x / 2) I1(x))}, by the square. */
    private static final Polynomial K1_NEAR = new Polynomial(2, 2,
            0x1.c52a4ac3be112p-1, -0x1.5436f9149884fp-2, -0x1.f3619d57ef062p-3, -0x1.c85d2154bc9a7p-6,
            -0x1.6a96e3d81fcb2p-10, -0x1.46794073464edp-15, -0x1.7c2a5c89c0a6cp-21, -0x1.36576f068dcbcp-27,
            -0x1.77460e86f5a2ep-34, -0x1.5dd517a0189e4p-41, -0x1.032235a355f33p-48);
    /** Of {@code sqrt(x) e^x K1(x)}, by 1 / x. */
    private static final Polynomial K1_FAR = new Polynomial(0x1.002bb0cf87d9cp-2, 0x1.ffa89e60f04c7p-3,
            0x1.5cfc099c7efc9p+0, 0x1.a7020801b07f8p-4, -0x1.6c3d190a6046cp-8, 0x1.80c40512100efp-11,
            -0x1.23bbb1fcff761p-13, 0x1.124c34eb5be57p-15, -0x1.2b0fe36ec471fp-17, 0x1.6c11632b4641ap-19,
            -0x1.e329900117ad4p-21, 0x1.57dd647b2a2e4p-22, -0x1.038da7f9b0c53p-23, 0x1.9b9b05adffe3ap-25,
            -0x1.50bbb8579ebbp-26, 0x1.201f6d9a79a0ep-27, -0x1.23bdddbd53be3p-28, 0x1.12cad43a60effp-29,
            -0x1.f900cf1adec05p-34, -0x1.fa1e9e5e7a27cp-37, -0x1.d31a39a7b52c3p-31, 0x1.069d08ad1b574p-31,
            0x1.60f426e16a26bp-32, -0x1.9e6ab07bfafap-33, -0x1.f8192756ac567p-34, 0x1.1f64968336aeep-34);

    private ModifiedBessel() {}

    /** {@code e^-|x| I0(x)}. */
    static <T> T i0e(Arithmetic<T> a, List<T> operands) {
        T x = a.abs(operands.getFirst());
        return a.either(a.lt(x, a.number(NEAR)), () -> I0_NEAR.at(a, x), () -> far(a, x, I0_FAR));
    }

    /** {@code e^-|x| I1(x)}. */
    static <T> T i1e(Arithmetic<T> a, List<T> operands) {
        T given = operands.getFirst();
        T x = a.abs(given);
        T size = a.either(a.lt(x, a.number(NEAR)), () -> a.mul(x, I1_NEAR.at(a, x)), () -> far(a, x, I1_FAR));
        return a.select(a.lt(given, a.number(0)), a.neg(size), a.select(a.eq(x, a.number(0)), given, size));
    }

    private static <T> T far(Arithmetic<T> a, T x, Polynomial polynomial) {
        return a.div(polynomial.at(a, a.div(a.number(1), x)), a.sqrt(x));
    }

    /** {@code e^x K0(x)}: infinite at 0, NaN below. */
    static <T> T k0e(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        T value = a.either(a.le(x, a.number(2)), () -> {
            T square = a.mul(x, x);
            T log = a.log(a.mul(x, a.number(0.5)));
            return a.mul(a.exp(x), a.sub(K0_NEAR.at(a, square), a.mul(log, I0_SERIES.at(a, square))));
        }, () -> far(a, x, K0_FAR));
        return known(a, x, value);
    }

    /** {@code e^x K1(x)}: infinite at 0, NaN below. */
    static <T> T k1e(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        T value = a.either(a.le(x, a.number(2)), () -> {
            T square = a.mul(x, x);
            T log = a.mul(a.log(a.mul(x, a.number(0.5))), I1_SERIES.at(a, square));
            return a.mul(a.exp(x), a.fma(x, log, a.div(K1_NEAR.at(a, square), x)));
        }, () -> far(a, x, K1_FAR));
        return known(a, x, value);
    }

    private static <T> T known(Arithmetic<T> a, T x, T value) {
        T zero = a.number(0);
        T below = a.select(a.lt(x, zero), a.number(Double.NaN), value);
        return a.select(a.eq(x, zero), a.number(Double.POSITIVE_INFINITY), below);
    }
}
