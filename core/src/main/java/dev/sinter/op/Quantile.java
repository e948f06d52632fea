package dev.sinter.op;

import java.util.List;

/**
 * Inverses of the error function and of the normal distribution: a polynomial of the square in the middle, beyond it
 * polynomials of {@code sqrt(-log(p))} for the probability p of the tail.
 */
final class Quantile {
    private static final double MIDDLE = 0.425;
    private static final double ROOT_HALF = 0.7071067811865476;
    /** Of {@code quantile(1/2 + q) / q}, by {@code q^2}. */
    private static final Polynomial CENTRE = new Polynomial(0x1.71eb851eb851fp-4, 0x1.71eb851eb851fp-4,
            0x1.67432228ebd42p+1, 0x1.8aa3c984d77ebp-2, 0x1.dd219836b598ap-4, 0x1.6909efb056e9bp-5,
            0x1.2ff64dc58af42p-6, 0x1.1057ea4332fe1p-7, 0x1.fc4ec6cd41946p-9, 0x1.e8293ca0418edp-10,
            0x1.dee5f033e1a4ep-11, 0x1.dd9605ed39318p-12, 0x1.e285e7da4b7cp-13, 0x1.ecb7057bcd9ddp-14,
            0x1.fbb419fd4b5f8p-15, 0x1.0773d7d1ad4f8p-15, 0x1.12038f8d48f4ep-16, 0x1.1fb2347c50927p-17,
            0x1.3cdb90c6cb3f2p-18, 0x1.50313d2a44bd5p-19, 0x1.eb41aa3ccc7d5p-21, 0x1.031edebb751acp-21,
            0x1.ddd8a8c1a342ep-21, 0x1.03d1c75fd8ac1p-21, -0x1.c671c2778f516p-22, -0x1.f4d62746b4d7ap-23,
            0x1.a1b25fa733968p-22, 0x1.c9c9cb25b7e19p-23, -0x1.2ef192ebd22f4p-23, -0x1.4c80b34583184p-24,
            0x1.236554bdd906dp-25, 0x1.3f4daafdb4475p-26);
    /** Of {@code quantile / r} for the root r, by r: up to 2.6, 5, 12, and beyond. */
    private static final Polynomial TAIL_1 = new Polynomial(2.0995, 0.5005,
            0x1.1284f426b9aaep+0, 0x1.09a74f60f7b85p-3, -0x1.3f3770a603e9bp-5, 0x1.5f8ea2f40c72ap-7,
            -0x1.7270541714589p-9, 0x1.7c577cceb7cd2p-11, -0x1.801411b2ef9e3p-13, 0x1.7f804e04fc93p-15,
            -0x1.7bde7aad2392bp-17, 0x1.760eda1a6d638p-19, -0x1.6eb0f94fd1626p-21, 0x1.66374dd593481p-23,
            -0x1.5cea76967b1edp-25, 0x1.53233557de9f8p-27, -0x1.4a1d5de3cd4b5p-29, 0x1.3fc1a7eaf4ec7p-31,
            -0x1.266530217849ap-33, 0x1.1c81d5470f7a3p-35, -0x1.82fdb156578fbp-37, 0x1.7514c81193334p-39);
    private static final Polynomial TAIL_2 = new Polynomial(3.8, 1.2,
            0x1.48a16ed755b46p+0, 0x1.16fd671a0574p-4, -0x1.c98919cb61551p-6, 0x1.561f23cff95eep-7,
            -0x1.e7aaf0e29952p-9, 0x1.519d40606e36cp-10, -0x1.ca8d7191b229ap-12, 0x1.333881292a7c9p-13,
            -0x1.9799529b16365p-15, 0x1.0c5d7d73781bep-16, -0x1.5f55a7c59a5a1p-18, 0x1.c9d930756a5ep-20,
            -0x1.29466ce00c5a2p-21, 0x1.80cee6f2a2be5p-23, -0x1.ef6ce8751498ep-25, 0x1.3f328e84ed2a7p-26,
            -0x1.a88373bad3581p-28, 0x1.108ec56436b27p-29, -0x1.0a857cfb7bf7cp-31, 0x1.55d534fe518cbp-33,
            -0x1.f29f8d85fb3b6p-34, 0x1.3e90095597e21p-35);
    private static final Polynomial TAIL_3 = new Polynomial(8.5, 3.5,
            0x1.61724ce701addp+0, 0x1.84e561a8b84a6p-6, -0x1.acba057e95113p-7, 0x1.ad05c5f3fe6f5p-8,
            -0x1.97ec88caa8ceap-9, 0x1.77dfdb44342fdp-10, -0x1.53195285cf67dp-11, 0x1.2d5317d923b3dp-12,
            -0x1.08bd1df3ffcfap-13, 0x1.cd1ebc572b3b8p-15, -0x1.8ecad1233977cp-16, 0x1.56f42de87859cp-17,
            -0x1.258a3b52cb648p-18, 0x1.f418d5bd4154dp-20, -0x1.a8f4330624d8ep-21, 0x1.6bc3e9677dc03p-22,
            -0x1.336c551b84806p-23, 0x1.db136680f183ep-25, -0x1.9047845873a5ep-26, 0x1.fb5efb3e1b285p-27,
            -0x1.a8eb56c84e433p-28, -0x1.26d4bad6594aap-31, 0x1.e323df22966f8p-33, 0x1.1f610e2ccb169p-30,
            -0x1.df5dd1e834951p-32);
    private static final Polynomial TAIL_4 = new Polynomial(19.75, 7.75,
            0x1.6810425416435p+0, 0x1.5eb68339d10cbp-8, -0x1.78ef54d4be4dap-9, 0x1.6e74804af6ff3p-10,
            -0x1.51b94f8ae8712p-11, 0x1.2d1da5973ecfap-12, -0x1.06859b1b0ed57p-13, 0x1.c26903a8fdd28p-15,
            -0x1.7db59bb2428edp-16, 0x1.406f02f8a435cp-17, -0x1.0af719b642c12p-18, 0x1.ba14ca88d1d51p-20,
            -0x1.6c089514c42ffp-21, 0x1.2a8fdce422109p-22, -0x1.ea217291958d5p-24, 0x1.8f2b883dee04ap-25,
            -0x1.3624e32866f9ep-26, 0x1.f6da5f8b01303p-28, -0x1.061a53c99046cp-28, 0x1.a62a5c6e5ec64p-30,
            -0x1.bdd6c91965d97p-35, 0x1.7b16543926ccfp-36, -0x1.eec69094ab2bap-33, 0x1.8bf1b38ae4de4p-34);

    private Quantile() {}

    /** Infinite at 1 and -1, NaN beyond. */
    static <T> T erfinv(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        T size = a.abs(x);
        T tail = a.mul(a.sub(a.number(1), size), a.number(0.5));
        T value = a.mul(quantile(a, a.mul(size, a.number(0.5)), tail), a.number(ROOT_HALF));
        return a.select(a.lt(x, a.number(0)), a.neg(value), a.select(a.eq(x, a.number(0)), x, value));
    }

    /** The x below which the normal distribution lies with a probability. NaN below 0 and above 1. */
    static <T> T ndtri(Arithmetic<T> a, List<T> operands) {
        T p = operands.getFirst();
        T q = a.sub(p, a.number(0.5));
        T below = a.lt(q, a.number(0));
        T value = quantile(a, a.abs(q), a.select(below, p, a.sub(a.number(1), p)));
        return a.select(below, a.neg(value), value);
    }

    /** The positive quantile of {@code 1/2 + q} and of the tail {@code 1/2 - q}. */
    private static <T> T quantile(Arithmetic<T> a, T q, T tail) {
        T value = a.either(a.le(q, a.number(MIDDLE)), () -> a.mul(q, CENTRE.at(a, a.mul(q, q))), () -> {
            T r = a.sqrt(a.neg(a.log(tail)));
            T factor = a.either(a.lt(r, a.number(5)),
                    () -> a.either(a.lt(r, a.number(2.6)), () -> TAIL_1.at(a, r), () -> TAIL_2.at(a, r)),
                    () -> a.either(a.lt(r, a.number(12)), () -> TAIL_3.at(a, r), () -> TAIL_4.at(a, r)));
            return a.mul(r, factor);
        });
        T known = a.select(a.eq(tail, a.number(0)), a.number(Double.POSITIVE_INFINITY), value);
        return a.select(a.lt(tail, a.number(0)), a.number(Double.NaN), known);
    }
}
