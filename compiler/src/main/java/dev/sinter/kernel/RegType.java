package dev.sinter.kernel;

import dev.sinter.tensor.DType;

/**
 * The type of a register: some lanes of one kind of scalar.
 *
 * @param kind  the scalar
 * @param lanes 1 for a scalar
 */
public record RegType(Kind kind, int lanes) {
    /**
     * The scalars that registers hold. A bool is {@code I1}; in memory it is one byte. Shorter elements are wider in
     * registers: half floats are F32, integers of 8 and 16 bits I32, extended by their sign or by zeros. Unsigned
     * integers of 32 and 64 bits are the bits of I32 and I64.
     */
    public enum Kind {
        F32(4), F64(8), I32(4), I64(8), I1(1);

        private final int bytes;

        Kind(int bytes) {
            this.bytes = bytes;
        }

        /** The size of the scalar. */
        public int bytes() {
            return bytes;
        }

        public boolean isFloat() {
            return this == F32 || this == F64;
        }

        /** What registers hold of elements. */
        public static Kind of(DType dtype) {
            return switch (dtype) {
                case FLOAT16, BFLOAT16, FLOAT32 -> F32;
                case FLOAT64 -> F64;
                case INT8, INT16, INT32, UINT8, UINT16, UINT32 -> I32;
                case INT64, UINT64 -> I64;
                case BOOL -> I1;
            };
        }
    }

    public static final RegType INDEX = new RegType(Kind.I64, 1);

    public static RegType of(DType dtype, int lanes) {
        return new RegType(Kind.of(dtype), lanes);
    }

    public RegType withKind(Kind other) {
        return new RegType(other, lanes);
    }

    public RegType withLanes(int other) {
        return new RegType(kind, other);
    }

    // Written out as in Reg.
    @Override
    public boolean equals(Object other) {
        return other instanceof RegType type && type.kind == kind && type.lanes == lanes;
    }

    @Override
    public int hashCode() {
        return kind.ordinal() + 8 * lanes;
    }

    /** {@code f32}, {@code f32x16}. */
    @Override
    public String toString() {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        return lanes == 1 ? name : name + "x" + lanes;
    }
}
