package dev.sinter.llvm;

import dev.sinter.tensor.CompilerBug;
import java.util.List;

/**
 * A compiled module: a relocatable ELF object that needs nothing from outside, so that it can be kept in a
 * file and linked in another process.
 */
public final class ObjectCode {

    private final byte[] bytes;
    private final List<String> functions;

    private ObjectCode(byte[] bytes, List<String> functions) {
        this.bytes = bytes;
        this.functions = functions;
    }

    /**
     * Takes an object's bytes.
     *
     * @throws CompilerBug if they are no 64-bit ELF object, or one that refers to a symbol outside itself
     */
    public static ObjectCode of(byte[] bytes) {
        byte[] own = bytes.clone();
        ElfSymbols symbols = ElfSymbols.read(own);
        if (!symbols.undefined().isEmpty()) {
            throw new CompilerBug("the compiled module refers to symbols outside itself: "
                    + String.join(", ", symbols.undefined()));
        }
        return new ObjectCode(own, symbols.functions());
    }

    /** A copy of the object's bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The names of the functions that can be called, in the order of the symbol table. */
    public List<String> functions() {
        return functions;
    }

    /** The size in bytes. */
    public int size() {
        return bytes.length;
    }
}
