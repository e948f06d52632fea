package dev.sinter.llvm;

import dev.sinter.tensor.CompilerBug;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The symbol table of a relocatable 64-bit little-endian ELF object (System V ABI, chapter 4). */
record ElfSymbols(List<String> functions, List<String> undefined) {

    private static final int SECTION_SYMBOLS = 2;
    private static final int KIND_FUNCTION = 2;
    private static final int BIND_LOCAL = 0;

    static ElfSymbols read(byte[] object) {
        ByteBuffer elf = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
        if (object.length < 64 || elf.getInt(0) != 0x464C_457F || elf.get(4) != 2 || elf.get(5) != 1) {
            throw new CompilerBug("not a 64-bit little-endian ELF object");
        }
        try {
            return read(elf);
        } catch (IndexOutOfBoundsException | ArithmeticException truncated) {
            throw new CompilerBug("a truncated ELF object", truncated);
        }
    }

    private static ElfSymbols read(ByteBuffer elf) {
        int sections = Math.toIntExact(elf.getLong(0x28));
        int sectionSize = Short.toUnsignedInt(elf.getShort(0x3A));
        int sectionCount = Short.toUnsignedInt(elf.getShort(0x3C));
        List<String> functions = new ArrayList<>();
        List<String> undefined = new ArrayList<>();
        for (int section = 0; section < sectionCount; section++) {
            int header = sections + section * sectionSize;
            if (elf.getInt(header + 0x04) == SECTION_SYMBOLS) {
                int stringHeader = sections + elf.getInt(header + 0x28) * sectionSize;
                int strings = Math.toIntExact(elf.getLong(stringHeader + 0x18));
                int start = Math.toIntExact(elf.getLong(header + 0x18));
                int size = Math.toIntExact(elf.getLong(header + 0x20));
                int entry = Math.toIntExact(elf.getLong(header + 0x38));
                for (int symbol = start + entry; symbol < start + size; symbol += entry) {
                    String name = name(elf, strings + elf.getInt(symbol));
                    int info = elf.get(symbol + 4);
                    boolean defined = elf.getShort(symbol + 6) != 0;
                    if (!defined && !name.isEmpty()) {
                        undefined.add(name);
                    } else if (info >> 4 != BIND_LOCAL && (info & 0xF) == KIND_FUNCTION) {
                        functions.add(name);
                    }
                }
            }
        }
        return new ElfSymbols(List.copyOf(functions), List.copyOf(undefined));
    }

    private static String name(ByteBuffer elf, int start) {
        int end = start;
        while (elf.get(end) != 0) {
            end++;
        }
        return new String(elf.array(), start, end - start, StandardCharsets.UTF_8);
    }
}
