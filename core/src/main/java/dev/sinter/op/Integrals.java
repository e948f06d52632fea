package dev.sinter.op;

import java.util.List;

/** Integrals of elementary functions: Dawson's, the exponential, Fresnel's two, and Spence's. */
final class Integrals {
    private static final double EULER = 0.5772156649015329;
    /** Of {@code D(x) / x}, by the square. */
    private static final Polynomial DAWSON_NEAR = new Polynomial(2, 2,
            0x1.47ac84542d482p-2, -0x1.332f4ad271344p-2, 0x1.a3cc7d3831a6bp-3, -0x1.b83cb02211bbap-4,
            0x1.730de9ed4d7cep-5, -0x1.045caccc142c4p-6, 0x1.3854f02e3db82p-8, -0x1.46d05416c28ffp-10,
            0x1.2f09ceb4a63p-12, -0x1.f8593377f5a28p-15, 0x1.7c8ec10d70ce4p-17, -0x1.069ca1e351ec5p-19,
            0x1.4ddde9f91a5a2p-22, -0x1.8969f9d3f7ca6p-25, 0x1.afef314dbf0ep-28, -0x1.bb3f8b0ccfa23p-31,
            0x1.ac49685bc894ap-34, -0x1.9bae59b82c5dcp-37, 0x1.612bc40e946dfp-40);
    private static final Polynomial DAWSON_2 = new Polynomial(3, 1,
            0x1.6d195cb25f5c5p-3, -0x1.1d30585c78539p-4, 0x1.f5793ec2a9112p-6, -0x1.e4e323c82262ep-7,
            0x1.c3b6edd30e52ap-8, -0x1.344b9b20c845cp-9, 0x1.c9bf254344998p-15, 0x1.47d0bd0536e07p-11,
            -0x1.fa0714fca6edcp-12, 0x1.7f4fe55988114p-13, -0x1.b937de7e47962p-17, -0x1.b5365f6714b73p-16,
            0x1.febef0d469947p-17, -0x1.94d0358f36bb9p-19, -0x1.d957ec5e2aa44p-21, 0x1.9548578d6647ep-21,
            -0x1.73f2677051c55p-23, -0x1.dd91a755ecf7p-26, 0x1.ef9b9ea356dcbp-26, -0x1.a173908acf6d8p-28,
            -0x1.616e2ff929652p-30, 0x1.e4006a08b4816p-31, -0x1.50c7daeeafb53p-35, -0x1.80eab816ba5bp-35);
    private static final Polynomial DAWSON_4 = new Polynomial(5.5, 1.5,
            0x1.7ada2efe042fep-4, -0x1.ac401d7d14568p-6, 0x1.ed953167086f1p-8, -0x1.2267bd906913cp-9,
            0x1.5d70fb2f741d9p-11, -0x1.aeca49ebca231p-13, 0x1.10b2b377c09f7p-14, -0x1.63a92043bed4cp-16,
            0x1.dfeaf894742c8p-18, -0x1.510e50486e5ap-19, 0x1.f0ddd87029ef1p-21, -0x1.8384f58bf96e8p-22,
            0x1.40593759b7f6ep-23, -0x1.1479f6b0c9662p-24, 0x1.e049c18d31ff9p-26, -0x1.8bb2f76472a85p-27,
            0x1.0eeaf54597314p-28, -0x1.6e7db871d196dp-31, -0x1.3704d63f78f2ap-32, 0x1.43c06ebc5502fp-32,
            -0x1.1cee5a1e64f72p-32, 0x1.cb6c1de9dff8ap-33, -0x1.02230694c34a9p-34, -0x1.9efb549c8559ap-36,
            0x1.b59df8ea9dc5bp-37);
    /** Of {@code x D(x)}, by {@code 1 / x^2}. */
    private static final Polynomial DAWSON_FAR = new Polynomial(0x1.4e666deec0ae9p-7, 0x1.4e55a6f71ff8ap-7,
            0x1.0153a78b94bcp-1, 0x1.58fb5931b4e4fp-9, 0x1.627bf875201ap-15, 0x1.366f8c4f62d6p-20,
            0x1.85917b5d30726p-25, 0x1.41f6238b2b3dp-29, 0x1.4d7e563640731p-33, 0x1.a2d9f00ccc082p-37,
            0x1.37f2e7605fb81p-40, 0x1.1d637b5ca3186p-43, 0x1.22055751610eep-46);
    /** Of {@code (Ei(x) - gamma - log(x)) / x}. */
    private static final Polynomial EI_NEAR = new Polynomial(1, 1,
            0x1.5162090fd31fcp+0, 0x1.99fd214adf359p-2, 0x1.980b7ad48323p-4, 0x1.493578c9128ebp-6,
            0x1.bb7153f5a6b79p-9, 0x1.ffa3d6938bbd6p-12, 0x1.01f973e3851c8p-14, 0x1.cdf86675b47b2p-18,
            0x1.73ea06a7a6e04p-21, 0x1.0ff88b2a7ad6dp-24, 0x1.6c54e0f5ef8b3p-28, 0x1.c251d72a344dbp-32,
            0x1.06218ed2beb2bp-35, 0x1.180e5cdb2d0ccp-39);
    /** Of {@code x e^-x Ei(x)}, from 2, 4, 8, 16 and 32 on. */
    private static final Polynomial EI_2 = new Polynomial(3, 1,
            0x1.7bd5ad577f529p+0, 0x1.6370e2d58f277p-7, -0x1.6070dc6c01c5ap-4, 0x1.2f684bda12f14p-5,
            -0x1.0eb7eb78d23b4p-7, 0x1.b60f4a0d69f84p-11, 0x1.1920d227d6498p-13, -0x1.7d12a3edb7e1dp-14,
            0x1.dde6548d5c282p-16, -0x1.e22dbf14948fep-18, 0x1.c4522c8f71e22p-20, -0x1.a822e855518dcp-22,
            0x1.9b69a5318f2b2p-24, -0x1.a0cab499081e2p-26, 0x1.bb1fb45b10557p-28, -0x1.e0f5b1a3b2961p-30,
            0x1.d959da00ba76ep-32, -0x1.09a5640b8232bp-33, 0x1.095744ab8f97cp-34, -0x1.35d0bb33a4934p-36);
    private static final Polynomial EI_4 = new Polynomial(6, 2,
            0x1.4764eec42f553p+0, -0x1.0d41c4e2771a6p-3, 0x1.3b7d20b28e32bp-5, -0x1.829a9b0f777acp-11,
            -0x1.846f49577464ap-8, 0x1.df0229fadd0e2p-9, -0x1.67980e0c2232bp-10, 0x1.8479e4f691828p-12,
            -0x1.297e61f37abf8p-14, 0x1.c22396e925abcp-18, 0x1.ad0c1988efa19p-20, -0x1.30273f71f4ed6p-20,
            0x1.bd5e5f24d90c5p-22, -0x1.075ef253d36aep-23, 0x1.19e53be270216p-25, -0x1.234185a9eb7e9p-27,
            0x1.283aabd71a92ep-29, -0x1.1204b962e8154p-31, 0x1.1df5b7838d792p-33, -0x1.0888cd0c6fe24p-34,
            0x1.291463bc4c90dp-36);
    private static final Polynomial EI_8 = new Polynomial(12, 4,
            0x1.1a5c8a2eb1ec7p+0, -0x1.6a6a00118c5adp-5, 0x1.44e64dd3349b2p-6, -0x1.264ea7d12cdb8p-7,
            0x1.fb08ea47b3588p-9, -0x1.8236d4f327192p-10, 0x1.d7cf8d7f969efp-12, -0x1.5ebc04582f823p-14,
            -0x1.9beacc7324e21p-17, 0x1.60c6c85fd04fp-16, -0x1.9f727dd983589p-17, 0x1.65b50e48837f3p-18,
            -0x1.f916c77779a62p-20, 0x1.2e41596eceb64p-21, -0x1.3256e9639c66cp-23, 0x1.f515b943d0175p-26,
            -0x1.0143e54f5df85p-28, -0x1.20fcd477dd481p-32, 0x1.3d92086c896d7p-32, -0x1.5b112607fbc54p-33,
            0x1.ed4fa41387427p-34, -0x1.28729a1e98bedp-35);
    private static final Polynomial EI_16 = new Polynomial(24, 8,
            0x1.0bb0c1319f3e3p+0, -0x1.12c79f1be1dffp-6, 0x1.962304e9cb2bbp-8, -0x1.2e5376f743f9ap-9,
            0x1.c618977fec38cp-11, -0x1.58d247edb5c06p-12, 0x1.097eeeedd8da2p-13, -0x1.9faa04f929005p-15,
            0x1.4b2be1bec3375p-16, -0x1.0bd3fdb0ee854p-17, 0x1.b43c6df2e37c5p-19, -0x1.611172f0db276p-20,
            0x1.171d8a8666a58p-21, -0x1.a622c509c2bb3p-23, 0x1.2aceb50be87efp-24, -0x1.842bc99e952a5p-26,
            0x1.a529b044eee04p-28, -0x1.a4d24b39987cfp-31, -0x1.86910811c499dp-33, -0x1.010c9dc952c2dp-35,
            -0x1.06864e920a152p-34, 0x1.4a3b3cf9bda77p-33, -0x1.e2b663ecd532p-35);
    private static final Polynomial EI_32 = new Polynomial(48, 16,
            0x1.05921c068eee1p+0, -0x1.f10c66bf3c755p-8, 0x1.5adb9e4ed13p-9, -0x1.e4a917a2ea259p-11,
            0x1.53052c5ac4f51p-12, -0x1.dae7b3a22055cp-14, 0x1.4d15eea81e40cp-15, -0x1.d3eb6dbf19d7cp-17,
            0x1.492e859a93cdep-18, -0x1.cfef2013d9692p-20, 0x1.47809ef09eaf4p-21, -0x1.cf4afb92fe817p-23,
            0x1.48998d45aa163p-24, -0x1.d2e7ce9429e0ep-26, 0x1.494681c61c039p-27, -0x1.d61b22568d82fp-29,
            0x1.700216aea77b6p-30, -0x1.09718408630d7p-31, 0x1.8acd9347c822ap-34, -0x1.16979eda4bdabp-35,
            0x1.9dd5c80f54a06p-35, -0x1.3303e170589cp-36);
    /** The same by 1 / x. */
    private static final Polynomial EI_FAR = new Polynomial(0.007815, 0.00781,
            0x1.02085cdd13f01p+0, 0x1.0836356b1d232p-7, 0x1.1308c62a1e201p-13, 0x1.b4c5e29d2be02p-19,
            0x1.d683d6219d623p-24, 0x1.427e42f8f36f6p-28, 0x1.0e28fb3d95752p-32, 0x1.0d081884e5f23p-36,
            0x1.3839e0467f732p-40, 0x1.abe686be8b17ep-44, 0x1.45b601d78dd0ap-47);
    /** Up to where Fresnel's integrals are polynomials of {@code x^4}. */
    private static final double FRESNEL = 6.5536;
    /** Of {@code C(x) / x}. */
    private static final Polynomial FRESNEL_COS = new Polynomial(3.2768, 3.2768,
            0x1.c619e2233a323p-2, -0x1.663b2c010fafdp-2, 0x1.54e01957bae74p-3, -0x1.23da7e47495fdp-5,
            0x1.1901a7bc51ce6p-8, -0x1.5ad806f8ef3ccp-12, 0x1.2a08fd82dc577p-16, -0x1.79547f25df135p-21,
            0x1.6ebaa67a30605p-26, -0x1.1a514e52953e6p-31, 0x1.611c6c6133dadp-37, -0x1.6d70d728a2573p-43);
    /** Of {@code S(x) / x^3}. */
    private static final Polynomial FRESNEL_SIN = new Polynomial(3.2768, 3.2768,
            0x1.27dfb864472fcp-2, -0x1.68b9cec81284dp-3, 0x1.9ab06bfabf56ap-5, -0x1.f3fe0eb39055fp-8,
            0x1.767699ba43b72p-11, -0x1.7ae7955b5f41bp-15, 0x1.1431e0876e1a1p-19, -0x1.2fd84dcf4ba4fp-24,
            0x1.05361ffd1b37bp-29, -0x1.68a937e1776f5p-35, 0x1.98f106523d566p-41, -0x1.83283b2c722c8p-47);
    /** The auxiliary functions, by {@code 1 / x^4}: of {@code pi x f(x)} and of {@code pi^2 x^3 g(x)}. */
    private static final Polynomial FRESNEL_F = new Polynomial(0.015005, 0.014995,
            0x1.fdc6334e3a119p-1, -0x1.103f3eeaed057p-8, 0x1.6605ef5e0177fp-13, -0x1.0f64a8452d3ecp-16,
            0x1.4862d6970ae63p-19, -0x1.0c9ba90e8544dp-21, 0x1.0f5dcfb66dcd1p-23, -0x1.408ad5c2e22dbp-25,
            0x1.ab2f86d22dfacp-27, -0x1.39fee46c805a1p-28, 0x1.f2f72c31a91e9p-30, -0x1.92c405e64f796p-31,
            0x1.60142e8e5a13p-32, -0x1.0c6c11a4641cap-32, 0x1.28fe8f0b6813bp-33, 0x1.8f14c98fc52c9p-34,
            -0x1.287bcb55dc7c9p-34, -0x1.33f87e22ea90cp-33, 0x1.99555b4a0f41bp-34, 0x1.33cc884f9bedap-34,
            -0x1.a070464f0e6b6p-35, -0x1.6cd35aa41dfcdp-36, 0x1.e3c6fc125e322p-37);
    private static final Polynomial FRESNEL_G = new Polynomial(0.015005, 0.014995,
            0x1.f542c581e9dc1p-1, -0x1.3deaddb7fbc55p-6, 0x1.5fdb1dbdfe3b3p-10, -0x1.66dcd7be75d2bp-13,
            0x1.08ea0bd492327p-15, -0x1.f56f7fd5f1458p-18, 0x1.1bac8d406726fp-19, -0x1.6f4013fe89534p-21,
            0x1.08285b65ea391p-22, -0x1.9de1428e9cfd3p-24, 0x1.5babda8ebf5fbp-25, -0x1.30fd348014a41p-26,
            0x1.1b49044545ea4p-27, -0x1.5c564e424c6abp-28, 0x1.7dfc98abcaf7bp-29, 0x1.62a023e64e522p-30,
            -0x1.386fe8239124cp-30, -0x1.2fde75c4b49d6p-28, 0x1.b0d942f852f39p-29, 0x1.3d8d4b5551b7cp-28,
            -0x1.cd05b4b1111c5p-29, -0x1.ecd37e2059b1p-29, 0x1.6301fec13b1c6p-29, 0x1.acf29de47b678p-30,
            -0x1.350621405fb21p-30, -0x1.6a0399a90f191p-32, 0x1.02cf3436556e7p-32);
    private static final Polynomial FRESNEL_F_NEAR = new Polynomial(0x1.75f0a3d70a3d7p-4, 0x1.f61eb851eb852p-5,
            0x1.f48fa85b6f318p-1, -0x1.9c6113ed610b2p-7, 0x1.2f4e39b305606p-10, -0x1.95baa7d8072fap-13,
            0x1.6f5bafd306873p-15, -0x1.90119f9c13039p-17, 0x1.edc673bdcf829p-19, -0x1.4db37e9ebd6c5p-20,
            0x1.e363e55bc5733p-22, -0x1.71daa084b0a92p-23, 0x1.27d2710c3e269p-24, -0x1.e97b51d939d49p-26,
            0x1.a2cb031255abap-27, -0x1.80027ab04a95ep-28, 0x1.5bdd98b355286p-29, -0x1.a7f09da83eb5bp-31,
            0x1.7630867bf3118p-32, -0x1.48c8e21961e18p-31, 0x1.4e4a516af6981p-32, 0x1.5913494b2611bp-33,
            -0x1.730e774be365fp-34, -0x1.5eb7fa6e0ef73p-34, 0x1.6d4125411afc6p-35);
    private static final Polynomial FRESNEL_G_NEAR = new Polynomial(0x1.75f0a3d70a3d7p-4, 0x1.f61eb851eb852p-5,
            0x1.ce2c3368f33cbp-1, -0x1.9288e8123ef88p-5, 0x1.c7d223dda3562p-8, -0x1.81bae09e7b109p-10,
            0x1.9835f77743ef4p-12, -0x1.f297b0d74564ap-14, 0x1.509f313f98a8ap-15, -0x1.e9af1d0ebc9f1p-17,
            0x1.7955eb1ef1004p-18, -0x1.30826fe43bb7fp-19, 0x1.fe6b9529d5072p-21, -0x1.b99cbb3b95a5bp-22,
            0x1.895fc271d9f33p-23, -0x1.661102fa2d11cp-24, 0x1.42efb8c6a1fcep-25, -0x1.30046c05cd0e8p-26,
            0x1.7061b268de1d7p-27, -0x1.6edeeb10ef055p-28, -0x1.c0b84d2174089p-32, 0x1.606e6a9cea656p-32,
            0x1.6c6c866760181p-29, -0x1.883f016340d84p-30, -0x1.03663e27570fap-30, 0x1.1c88a7ded27ecp-31,
            0x1.570d292ca132fp-32, -0x1.7346708acd432p-33);
    /** The coefficients of {@code u^3, u^5, ...} of {@code spence(e^-u)}. */
    private static final Polynomial SPENCE = new Polynomial(0, 1,
            0x1.c71c71c71c71cp-6, -0x1.23456789abcdfp-12, 0x1.3d079fb6ef3e3p-18, -0x1.8a86a49f629d1p-24,
            0x1.04d7f65caf373p-29, -0x1.658a4b8f16a75p-35, 0x1.f63f1e311ac24p-41, -0x1.6731c59dbd7dep-46,
            0x1.04805fdce7819p-51, -0x1.7e168b15d7793p-57, 0x1.1ac70a7618abdp-62, -0x1.a5bf70e5eefd2p-68);

    private Integrals() {}

    /** {@code e^(-x^2)} times the integral of {@code e^(t^2)} from 0 to x. */
    static <T> T dawson(Arithmetic<T> a, List<T> operands) {
        T given = operands.getFirst();
        T x = a.abs(given);
        T size = a.either(a.lt(x, a.number(2)), () -> a.mul(x, DAWSON_NEAR.at(a, a.mul(x, x))),
                () -> a.either(a.lt(x, a.number(7)), () -> a.either(a.lt(x, a.number(4)),
                        () -> DAWSON_2.at(a, x), () -> DAWSON_4.at(a, x)), () -> {
                        T inverse = a.div(a.number(1), x);
                        return a.mul(inverse, DAWSON_FAR.at(a, a.mul(inverse, inverse)));
                    }));
        return a.select(a.lt(given, a.number(0)), a.neg(size), a.select(a.eq(x, a.number(0)), given, size));
    }

    /** The principal value of the integral of {@code e^t / t} from -infinity to x: -infinity at 0, NaN below. */
    static <T> T expint(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        T value = a.either(a.lt(x, a.number(2)), () -> {
            T log = a.log(x);
            return a.add(a.add(log, a.number(EULER)), a.mul(x, EI_NEAR.at(a, x)));
        }, () -> {
            T factor = a.either(a.lt(x, a.number(8)),
                    () -> a.either(a.lt(x, a.number(4)), () -> EI_2.at(a, x), () -> EI_4.at(a, x)),
                    () -> a.either(a.lt(x, a.number(32)),
                            () -> a.either(a.lt(x, a.number(16)), () -> EI_8.at(a, x), () -> EI_16.at(a, x)),
                            () -> a.either(a.lt(x, a.number(64)), () -> EI_32.at(a, x),
                                    () -> EI_FAR.at(a, a.div(a.number(1), x)))));
            // Half of the exponential at a time: e^x is too large before its quotient by x is.
            T root = a.exp(a.mul(x, a.number(0.5)));
            return a.mul(a.mul(root, a.div(factor, x)), root);
        });
        return a.select(a.eq(x, a.number(Double.POSITIVE_INFINITY)), x, value);
    }

    /** The integral of {@code cos(pi t^2 / 2)} from 0 to x. */
    static <T> T fresnelCos(Arithmetic<T> a, List<T> operands) {
        return fresnel(a, operands.getFirst(), false);
    }

    /** The integral of {@code sin(pi t^2 / 2)} from 0 to x. */
    static <T> T fresnelSin(Arithmetic<T> a, List<T> operands) {
        return fresnel(a, operands.getFirst(), true);
    }

    private static <T> T fresnel(Arithmetic<T> a, T given, boolean sine) {
        T x = a.abs(given);
        T square = a.mul(x, x);
        T fourth = a.mul(square, square);
        T size = a.either(a.lt(fourth, a.number(FRESNEL)), () -> sine
                ? a.mul(a.mul(x, square), FRESNEL_SIN.at(a, fourth)) : a.mul(x, FRESNEL_COS.at(a, fourth)), () -> {
            T inverse = a.div(a.number(1), x);
            T second = a.mul(inverse, inverse);
            T w = a.mul(second, second);
            T close = a.lt(a.number(0.03), w);
            T f = a.mul(a.either(close, () -> FRESNEL_F_NEAR.at(a, w), () -> FRESNEL_F.at(a, w)),
                    a.mul(inverse, a.number(1 / Math.PI)));
            T g = a.mul(a.either(close, () -> FRESNEL_G_NEAR.at(a, w), () -> FRESNEL_G.at(a, w)),
                    a.mul(a.mul(second, inverse), a.number(1 / (Math.PI * Math.PI))));
            // x^2 without multiples of 4, and without the rounding of the square.
            T low = a.fma(x, x, a.neg(square));
            T fours = a.round(a.mul(square, a.number(0.25)));
            T angle = a.mul(a.add(a.fma(fours, a.number(-4), square), low), a.number(Math.PI / 2));
            T sin = a.sin(angle);
            T cos = a.cos(angle);
            T wave = sine ? a.fma(f, cos, a.mul(g, sin)) : a.fma(g, cos, a.neg(a.mul(f, sin)));
            return a.sub(a.number(0.5), wave);
        });
        T bounded = a.select(a.lt(a.number(1e17), x), a.number(0.5), size);
        return a.select(a.lt(given, a.number(0)), a.neg(bounded), a.select(a.eq(x, a.number(0)), given, bounded));
    }

    /** The integral of {@code log(t) / (1 - t)} from 1 to x: the dilogarithm of {@code 1 - x}; NaN below 0. */
    static <T> T spence(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        T one = a.number(1);
        T zero = a.number(0);
        T log = a.log(x);
        T high = a.lt(a.number(1.5), x);
        T y = a.select(high, a.div(one, x), x);
        T logY = a.select(high, a.neg(log), log);
        T low = a.lt(y, a.number(0.5));
        T u = a.neg(a.either(low, () -> a.log1p(a.neg(y)), () -> logY));
        T square = a.mul(u, u);
        T series = a.fma(a.mul(square, u), SPENCE.at(a, square), a.fma(square, a.number(-0.25), u));
        T product = a.select(a.eq(y, zero), zero, a.mul(logY, u));
        T near = a.select(low, a.sub(a.add(a.number(Math.PI * Math.PI / 6), product), series), series);
        T value = a.select(high, a.neg(a.fma(a.mul(log, log), a.number(0.5), near)), near);
        T infinity = a.number(Double.POSITIVE_INFINITY);
        T known = a.select(a.eq(x, infinity), a.neg(infinity), value);
        return a.select(a.lt(x, zero), a.number(Double.NaN), known);
    }
}
