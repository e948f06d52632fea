package dev.sinter.op;

import java.util.List;

/**
 * Bessel functions of order 0 and 1: polynomials of the square up to {@link #NEAR}, beyond it the product of
 * {@code sqrt(2 / (pi x))} with sine and cosine and Hankel's two slowly varying factors.
 */
final class Bessel {
    private static final double NEAR = 8;
    private static final double ROOT_PI = 1.7724538509055159;
    private static final Polynomial J0_NEAR = new Polynomial(8, 8,
            -0x1.9287ceca38d6bp-3, -0x1.21c581744c39cp-1, 0x1.eb0968d968a52p-2, -0x1.0c5a89dc25e48p-3,
            0x1.2cb0ce3a76f7cp-6, -0x1.9de9d1840d9e3p-10, 0x1.830ec38373c9ap-14, -0x1.066b29e60d185p-18,
            0x1.0e1854dc66b68p-23, -0x1.b4b4301eec873p-29, 0x1.1cbf9b08d15ecp-34, -0x1.3215c225fb146p-40,
            0x1.139bd8b8a1de3p-46);
    private static final Polynomial J0_MIDDLE = new Polynomial(40, 24,
            0x1.d4ac1166bde6p-3, 0x1.87f213bfa91ecp-2, -0x1.0db1bdfe2ed28p-1, -0x1.36973dad99d3dp-6,
            0x1.551a990f95a31p-3, -0x1.397bb029b5882p-4, 0x1.2b81aeaadb92dp-6, -0x1.746a850ab965cp-9,
            0x1.4be458d45352fp-12, -0x1.c0ae917b31cf1p-16, 0x1.de09ad9a80692p-20, -0x1.9cd3e16180739p-24,
            0x1.274f0c813441ep-28, -0x1.6416fac110602p-33, 0x1.70181780351b3p-38, -0x1.481fca92a25fdp-43);
    /** Of {@code J1(x) / x}. */
    private static final Polynomial J1_NEAR = new Polynomial(8, 8,
            0x1.21c581744c39cp-3, -0x1.eb0968d968a52p-3, 0x1.9287ceca38d6cp-4, -0x1.2cb0ce3a76f7cp-6,
            0x1.02b222f288773p-9, -0x1.224b12a296d5ap-13, 0x1.cb3b8952e1f2bp-18, -0x1.0e1854dc7195fp-22,
            0x1.eb4ab4a0e8ff7p-28, -0x1.63ef8157c508dp-33, 0x1.a4e346f9294bfp-39, -0x1.9d6d081f0c7efp-45);
    private static final Polynomial J1_MIDDLE = new Polynomial(40, 24,
            -0x1.054c0d2a70bf3p-5, 0x1.6797a7fd93c36p-4, 0x1.36973dad99d3dp-8, -0x1.c6ce216a1cd8ep-5,
            0x1.053c6822c1f17p-5, -0x1.2b81aeaadba7dp-7, 0x1.b27c45e1d84f2p-10, -0x1.ba85cbc5b0731p-13,
            0x1.5082ed1c624c8p-16, -0x1.8e5d661311a76p-20, 0x1.7a6ce3f47425ep-24, -0x1.274efc84aae01p-28,
            0x1.81c38576eeffbp-33, -0x1.ad86c184d7219p-38, 0x1.9a357909b1af6p-43);
    /** Of {@code Y0(x) - 2 / pi log(x) J0(x)}. */
    private static final Polynomial Y0_NEAR = new Polynomial(8, 8,
            0x1.1de47f3d61dbbp-1, 0x1.a1331a69b9ad2p-5, -0x1.9d62c655f0441p-2, 0x1.3403132dcde11p-3,
            -0x1.9408055c44088p-6, 0x1.343e1fcd27e77p-9, -0x1.36d3e4868d8cep-13, 0x1.bf172601b35a2p-18,
            -0x1.e2e0081aa2666p-23, 0x1.9681749c081a4p-28, -0x1.1273bbab43f74p-33, 0x1.3026a7e2fb4aep-39,
            -0x1.195cb5096a349p-45);
    private static final Polynomial Y0_MIDDLE = new Polynomial(40, 24,
            -0x1.f37959a74bb53p-2, -0x1.990f01e9b031dp-6, 0x1.9feef9add1baep-1, -0x1.f175c3af23396p-3,
            -0x1.0f8e47e6eb7cdp-3, 0x1.83a98dfcd09edp-4, -0x1.b2cda29410a87p-6, 0x1.296d9499b99bap-8,
            -0x1.1b9e805178ecep-11, 0x1.93fd5f08752afp-15, -0x1.c11aa9235dd05p-19, 0x1.91f501f8cc8fdp-23,
            -0x1.2887ff9bdd6p-27, 0x1.6f5e0fa34693dp-32, -0x1.850cf5a608b27p-37, 0x1.6264221f5f836p-42);
    /** Of {@code (Y1(x) - 2 / pi (log(x) J1(x) - 1 / x)) / x}. */
    private static final Polynomial Y1_NEAR = new Polynomial(8, 8,
            0x1.51dd34f6a80cp-4, 0x1.369daf19b82a4p-3, -0x1.9cc7b4993edeap-4, 0x1.79eb3dc1c8d59p-6,
            -0x1.6fd45fc637c6ep-9, 0x1.c22abaa98d851p-13, -0x1.7c6b170a09e1dp-17, 0x1.d7d9ec14d6248p-22,
            -0x1.c0736d0dc6037p-27, 0x1.514dc2f8cf45ap-32, -0x1.9c0dbf796d724p-38, 0x1.a081f4f4cfbfcp-44);
    private static final Polynomial Y1_MIDDLE = new Polynomial(40, 24,
            0x1.d659565e15fep-7, -0x1.30d8b338cb07ap-3, 0x1.3c2335ae06d8ap-4, 0x1.1ba82db360b81p-5,
            -0x1.29b781d722b78p-5, 0x1.9de9b490c86dbp-7, -0x1.4eff357d7c41fp-9, 0x1.6ff6e5e150eb6p-12,
            -0x1.2851209b2ab7ep-15, 0x1.6f4c30c7d544cp-19, -0x1.6a8cdfdc783fap-23, 0x1.245ac0099acf8p-27,
            -0x1.88fe183d5b9bcp-32, 0x1.c0dde486bd18bp-37, -0x1.b683bf256361ep-42);
    private static final Polynomial P0 = new Polynomial(0.007813, 0.007812,
            0x1.ffb8dc0ba614bp-1, -0x1.19314a4842ae8p-11, 0x1.9bd1d51d9a25ap-18, -0x1.b8bb5f679903cp-23,
            0x1.b7ced54715d2p-27, -0x1.4d0f2d7cbc243p-30, 0x1.54b5bd5ecbc8ap-33, -0x1.b600882c61cd6p-36,
            0x1.5060195963f93p-38, -0x1.1dca5e2abfa93p-40, 0x1.17bf4bdd2ba55p-42, -0x1.ccb8d597aff34p-44,
            0x1.2260413b102b6p-45);
    /** Of {@code x Q0(x)}. */
    private static final Polynomial Q0 = new Polynomial(0.007813, 0.007812,
            -0x1.fdb5b74ec154ep-4, 0x1.1e957b2758fa6p-11, -0x1.8c76470ca7584p-17, 0x1.312510086c6fep-21,
            -0x1.856ff5eba5c45p-25, 0x1.618360b0571e4p-28, -0x1.a0518b21675f9p-31, 0x1.2b6b2a263ab54p-33,
            -0x1.f8cdaa49e75fbp-36, 0x1.e8c1a8f14783fp-38, -0x1.062e82fae8f93p-39, 0x1.036db28a76de9p-41,
            -0x1.3692725fd21c6p-43, 0x1.c9180f051e601p-44, -0x1.5bb8eb16bb321p-45);
    private static final Polynomial P1 = new Polynomial(0.007813, 0.007812,
            0x1.003b725743306p+0, 0x1.d733b32455aa8p-11, -0x1.0b0c19c85a9adp-17, 0x1.07682a848d1b9p-22,
            -0x1.f93c7fbf69c3p-27, 0x1.75c72458e0a5cp-30, -0x1.788ca48861db6p-33, 0x1.ded8e97678f66p-36,
            -0x1.6cc87db72e4acp-38, 0x1.3438ee3b338d5p-40, -0x1.2c407506b2a3ap-42, 0x1.eaecf5fef2c68p-44,
            -0x1.345bff1d5a93ep-45);
    /** Of {@code x Q1(x)}. */
    private static final Polynomial Q1 = new Polynomial(0.007813, 0.007812,
            0x1.7f3233b6b675p-2, -0x1.9386c3eddc5fap-11, 0x1.e8ceece6cdf0cp-17, -0x1.640fc2fa45a11p-21,
            0x1.b90f3b0a2898p-25, -0x1.88fd280d07138p-28, 0x1.c8f7ca6766859p-31, -0x1.45a4043dd44bdp-33,
            0x1.1097554659cdp-35, -0x1.066c9521984b5p-37, 0x1.1845349ab1c18p-39, -0x1.14ec2f7f941fcp-41,
            0x1.4aa26f97582cp-43, -0x1.e2de86fa06949p-44, 0x1.6e7f6222e898bp-45);

    private Bessel() {}

    /** One of two polynomials of the square of an argument up to {@link #NEAR}. */
    private static <T> T at(Arithmetic<T> a, Polynomial near, Polynomial middle, T square) {
        return a.either(a.lt(square, a.number(NEAR * NEAR / 4)), () -> near.at(a, square), () -> middle.at(a, square));
    }

    static <T> T j0(Arithmetic<T> a, List<T> operands) {
        T x = a.abs(operands.getFirst());
        return a.either(a.lt(x, a.number(NEAR)), () -> at(a, J0_NEAR, J0_MIDDLE, a.mul(x, x)),
                () -> wave(a, x, P0, Q0, 0));
    }

    static <T> T j1(Arithmetic<T> a, List<T> operands) {
        T given = operands.getFirst();
        T x = a.abs(given);
        T size = a.either(a.lt(x, a.number(NEAR)), () -> a.mul(x, at(a, J1_NEAR, J1_MIDDLE, a.mul(x, x))),
                () -> wave(a, x, P1, Q1, 1));
        return a.select(a.lt(given, a.number(0)), a.neg(size), a.select(a.eq(x, a.number(0)), given, size));
    }

    /** -infinity at 0, NaN below. */
    static <T> T y0(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        return a.either(a.lt(x, a.number(NEAR)), () -> {
            T square = a.mul(x, x);
            T first = a.mul(a.mul(a.log(x), a.number(2 / Math.PI)), at(a, J0_NEAR, J0_MIDDLE, square));
            return a.add(first, at(a, Y0_NEAR, Y0_MIDDLE, square));
        }, () -> wave(a, x, P0, Q0, 2));
    }

    /** -infinity at 0, NaN below. */
    static <T> T y1(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        T value = a.either(a.lt(x, a.number(NEAR)), () -> {
            T square = a.mul(x, x);
            T log = a.mul(a.log(x), a.mul(at(a, J1_NEAR, J1_MIDDLE, square), a.number(2 / Math.PI)));
            return a.sub(a.mul(x, a.add(log, at(a, Y1_NEAR, Y1_MIDDLE, square))), a.div(a.number(2 / Math.PI), x));
        }, () -> wave(a, x, P1, Q1, 3));
        return a.select(a.eq(x, a.number(0)), a.number(Double.NEGATIVE_INFINITY), value);
    }

    /** J0, J1, Y0 or Y1, by number, of a large argument; 0 of an infinite one. */
    private static <T> T wave(Arithmetic<T> a, T x, Polynomial even, Polynomial odd, int which) {
        T inverse = a.div(a.number(1), x);
        T square = a.mul(inverse, inverse);
        T p = even.at(a, square);
        T q = a.mul(odd.at(a, square), inverse);
        T sine = a.sin(x);
        T cosine = a.cos(x);
        T sum = a.add(sine, cosine);
        T difference = a.sub(sine, cosine);
        T value = switch (which) {
            case 0 -> a.fma(p, sum, a.neg(a.mul(q, difference)));
            case 1 -> a.fma(p, difference, a.mul(q, sum));
            case 2 -> a.fma(p, difference, a.mul(q, sum));
            default -> a.fma(q, difference, a.neg(a.mul(p, sum)));
        };
        T result = a.div(value, a.mul(a.sqrt(x), a.number(ROOT_PI)));
        return a.select(a.eq(x, a.number(Double.POSITIVE_INFINITY)), a.number(0), result);
    }
}
