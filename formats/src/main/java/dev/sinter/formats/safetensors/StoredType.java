package dev.sinter.formats.safetensors;

import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import java.util.Arrays;
import java.util.Optional;

/**
 * The dtypes that headers name, in the order in which the format's own library sorts them: a writer puts the last ones
 * first, so that each tensor lies at a multiple of its element's size.
 */
enum StoredType {
    BOOL(8, DType.BOOL),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8, DType.UINT8),
    I8(8, DType.INT8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16, DType.INT16),
    U16(16, DType.UINT16),
    F16(16, DType.FLOAT16),
    BF16(16, DType.BFLOAT16),
    I32(32, DType.INT32),
    U32(32, DType.UINT32),
    F32(32, DType.FLOAT32),
    C64(64),
    F64(64, DType.FLOAT64),
    I64(64, DType.INT64),
    U64(64, DType.UINT64);

    private final int bits;
    private final Optional<DType> dtype;

    StoredType(int bits) {
        this.bits = bits;
        this.dtype = Optional.empty();
    }

    StoredType(int bits, DType dtype) {
        this.bits = bits;
        this.dtype = Optional.of(dtype);
    }

    /** The type that a word means, where the format has it. */
    static Optional<StoredType> named(String word) {
        return Arrays.stream(values()).filter(type -> type.name().equals(word)).findFirst();
    }

    /** The type that elements of a dtype are stored in. */
    static StoredType of(DType dtype) {
        return Arrays.stream(values()).filter(type -> type.dtype.filter(own -> own == dtype).isPresent()).findFirst()
                .orElseThrow(() -> new CompilerBug("safetensors files have no " + dtype));
    }

    /** The size of one element. */
    int bits() {
        return bits;
    }

    /** Sinter's dtype, where it has it. */
    Optional<DType> dtype() {
        return dtype;
    }
}
