package dev.sinter.llvm;

import dev.sinter.llvm.ffi.ElfObject;
import dev.sinter.llvm.ffi.ObjectRefused;
import dev.sinter.tensor.CompilerBug;
import java.util.List;

/**
 * A compiled module: a relocatable ELF object that needs nothing from outside, so that it can be kept in a
 * file and linked in another process.
 */
public final class ObjectCode {

    private final byte[] bytes;
    private final ElfObject elf;
    private final List<String> functions;

    private ObjectCode(byte[] bytes, ElfObject elf) {
        this.bytes = bytes;
        this.elf = elf;
        this.functions = elf.functions();
    }

    /**
     * Takes an object's bytes.
     *
     * @throws CompilerBug if they are no 64-bit ELF object, or one that refers to a symbol outside itself
     */
    public static ObjectCode of(byte[] bytes) {
        byte[] own = bytes.clone();
        ElfObject elf;
        try {
            elf = ElfObject.read(own);
        } catch (ObjectRefused damaged) {
            throw new CompilerBug(damaged.getMessage(), damaged);
        }
        List<String> undefined = elf.undefined();
        if (!undefined.isEmpty()) {
            throw new CompilerBug("the compiled module refers to symbols outside itself: "
                    + String.join(", ", undefined));
        }
        return new ObjectCode(own, elf);
    }

    ElfObject elf() {
        return elf;
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
