package dev.sinter.llvm.ffi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a relocatable 64-bit little-endian ELF object says (System V ABI, chapter 4). Whatever is read lies
 * inside the bytes; what it means is not judged here.
 *
 * @param machine the processor's number
 * @param sections the sections, in order
 * @param symbols the symbols, in order; the first stands for none
 * @param relocations what must be filled in
 */
public record ElfObject(int machine, List<Section> sections, List<Symbol> symbols,
        List<Relocation> relocations) {

    /** The number of the x86-64 processors. */
    public static final int X86_64 = 62;

    /** The number of the 64-bit ARM processors. */
    public static final int AARCH64 = 183;

    private static final int RELOCATABLE = 1;
    private static final int FUNCTION = 2;

    /** What a section is. */
    static final int PROGRAM_BITS = 1;
    static final int SYMBOLS = 2;
    static final int RELOCATIONS_WITH_ADDEND = 4;
    static final int NO_BITS = 8;
    static final int RELOCATIONS = 9;
    static final int COMPRESSED_RELOCATIONS = 0x4000_0014;

    /** The flags of a section. */
    static final long WRITABLE = 1;
    static final long ALLOCATED = 2;
    static final long EXECUTABLE = 4;
    static final long THREAD_LOCAL = 0x400;

    /**
     * A section.
     *
     * @param bytes a view of its content; empty where it has none in the file
     * @param size its size in memory
     */
    public record Section(String name, int type, long flags, ByteBuffer bytes, long size, long alignment) {
        boolean is(long flag) {
            return (flags & flag) != 0;
        }
    }

    /**
     * A symbol.
     *
     * @param section the section that defines it; 0 where none does, and 0xFF00 or more for special values
     * @param value its offset in the section
     */
    public record Symbol(String name, int kind, boolean local, int section, long value) {
        boolean defined() {
            return section != 0;
        }
    }

    /** A place to fill in: {@code offset} bytes into {@code section}. */
    public record Relocation(int section, long offset, int type, int symbol, long addend) {
    }

    /**
     * Reads an object.
     *
     * @throws ObjectRefused if the bytes are no such object, or not a whole one
     */
    public static ElfObject read(byte[] object) {
        ByteBuffer elf = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
        if (object.length < 64 || elf.getInt(0) != 0x464C_457F || elf.get(4) != 2 || elf.get(5) != 1
                || elf.getShort(0x10) != RELOCATABLE) {
            throw new ObjectRefused("not a relocatable 64-bit little-endian ELF object");
        }
        try {
            return new Reader(elf).read();
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException damaged) {
            throw new ObjectRefused("a damaged ELF object", damaged);
        }
    }

    /** The names of the functions that can be called from outside, in the order of the symbol table. */
    public List<String> functions() {
        return symbols.stream().filter(ElfObject::isEntry).map(Symbol::name).toList();
    }

    /** The names of the symbols that the object refers to and does not define. */
    public List<String> undefined() {
        return symbols.stream().filter(symbol -> !symbol.defined() && !symbol.name().isEmpty())
                .map(Symbol::name).toList();
    }

    static boolean isEntry(Symbol symbol) {
        return symbol.defined() && !symbol.local() && symbol.kind() == FUNCTION;
    }

    private static final class Reader {

        private final ByteBuffer elf;
        private final int headers;
        private final int headerSize;
        private final int count;

        Reader(ByteBuffer elf) {
            this.elf = elf;
            this.headers = Math.toIntExact(elf.getLong(0x28));
            this.headerSize = Short.toUnsignedInt(elf.getShort(0x3A));
            this.count = Short.toUnsignedInt(elf.getShort(0x3C));
            if (headerSize < 64 || count == 0) {
                throw new ObjectRefused("an ELF object without sections");
            }
        }

        ElfObject read() {
            int names = header(Short.toUnsignedInt(elf.getShort(0x3E)));
            List<Section> sections = new ArrayList<>(count);
            List<Symbol> symbols = new ArrayList<>();
            List<Relocation> relocations = new ArrayList<>();
            Optional<Integer> table = Optional.empty();
            for (int i = 0; i < count; i++) {
                int header = header(i);
                sections.add(section(header, names));
                if (sections.getLast().type() == SYMBOLS) {
                    if (table.isPresent()) {
                        throw new ObjectRefused("an ELF object with two symbol tables");
                    }
                    table = Optional.of(i);
                    readSymbols(sections.getLast().bytes(), header(elf.getInt(header + 0x28)), symbols);
                }
            }
            for (int i = 0; i < count; i++) {
                Section section = sections.get(i);
                if (section.type() == RELOCATIONS_WITH_ADDEND) {
                    int header = header(i);
                    if (!Optional.of(elf.getInt(header + 0x28)).equals(table)) {
                        throw new ObjectRefused("relocations of another symbol table");
                    }
                    readRelocations(section.bytes(), elf.getInt(header + 0x2C), symbols.size(), relocations);
                } else if (section.type() == RELOCATIONS || section.type() == COMPRESSED_RELOCATIONS) {
                    throw new ObjectRefused("relocations of the kind of section " + section.name());
                }
            }
            int machine = Short.toUnsignedInt(elf.getShort(0x12));
            return new ElfObject(machine, List.copyOf(sections), List.copyOf(symbols),
                    List.copyOf(relocations));
        }

        private int header(int section) {
            if (section < 0 || section >= count) {
                throw new ObjectRefused("no section " + section + " among " + count);
            }
            return Math.addExact(headers, Math.multiplyExact(section, headerSize));
        }

        private Section section(int header, int names) {
            int type = elf.getInt(header + 0x04);
            long size = elf.getLong(header + 0x20);
            int inFile = type == NO_BITS || type == 0 ? 0 : Math.toIntExact(size);
            ByteBuffer bytes = elf.slice(Math.toIntExact(elf.getLong(header + 0x18)), inFile)
                    .order(ByteOrder.LITTLE_ENDIAN);
            return new Section(name(names, elf.getInt(header)), type, elf.getLong(header + 0x08), bytes, size,
                    Math.max(1, elf.getLong(header + 0x30)));
        }

        private void readSymbols(ByteBuffer bytes, int names, List<Symbol> symbols) {
            for (int at = 0; at < bytes.limit(); at += 24) {
                int info = bytes.get(at + 4);
                symbols.add(new Symbol(name(names, bytes.getInt(at)), info & 0xF, info >> 4 == 0,
                        Short.toUnsignedInt(bytes.getShort(at + 6)), bytes.getLong(at + 8)));
            }
        }

        private void readRelocations(ByteBuffer bytes, int section, int symbols, List<Relocation> found) {
            header(section);
            for (int at = 0; at < bytes.limit(); at += 24) {
                long info = bytes.getLong(at + 8);
                int symbol = Math.toIntExact(info >>> 32);
                if (symbol >= symbols) {
                    throw new ObjectRefused("a relocation by symbol " + symbol + " of " + symbols);
                }
                found.add(new Relocation(section, bytes.getLong(at), (int) info, symbol,
                        bytes.getLong(at + 16)));
            }
        }

        private String name(int tableHeader, int offset) {
            int start = Math.addExact(Math.toIntExact(elf.getLong(tableHeader + 0x18)), offset);
            int end = start;
            while (elf.get(end) != 0) {
                end++;
            }
            return new String(Arrays.copyOfRange(elf.array(), start, end), StandardCharsets.UTF_8);
        }
    }
}
