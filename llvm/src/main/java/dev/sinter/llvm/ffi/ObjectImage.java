package dev.sinter.llvm.ffi;

import dev.sinter.llvm.ffi.ElfObject.Relocation;
import dev.sinter.llvm.ffi.ElfObject.Section;
import dev.sinter.llvm.ffi.ElfObject.Symbol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of an object as it will be, less the address at which it will lie. Code comes first, constants
 * from the next page on, variables from the page after these, and each kind is padded to whole pages. All
 * that the sections say of each other is filled in; what remains is to add the base to some words.
 */
public final class ObjectImage {

    private final byte[] bytes;
    private final int code;
    private final int constants;
    private final long[] rebased;
    private final Map<String, Long> functions;

    private ObjectImage(byte[] bytes, int code, int constants, long[] rebased, Map<String, Long> functions) {
        this.bytes = bytes;
        this.code = code;
        this.constants = constants;
        this.rebased = rebased;
        this.functions = functions;
    }

    /**
     * Lays an object out.
     *
     * @throws ObjectRefused if it needs something from outside, or a relocation that is not known here
     */
    public static ObjectImage of(ElfObject object) {
        try {
            return new Composition(object).image();
        } catch (IndexOutOfBoundsException | ArithmeticException damaged) {
            throw new ObjectRefused("a damaged ELF object", damaged);
        }
    }

    /** The size in bytes, a multiple of the page. */
    public int size() {
        return bytes.length;
    }

    /** The bytes of code, at the start; a multiple of the page. */
    public int code() {
        return code;
    }

    /** The bytes of constants, behind the code; a multiple of the page. The rest is variables. */
    public int constants() {
        return constants;
    }

    /** The offsets of the functions. */
    public Map<String, Long> functions() {
        return functions;
    }

    /** A copy of the memory as it is at the address {@code base}. */
    public byte[] at(long base) {
        byte[] memory = bytes.clone();
        ByteBuffer words = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        for (long offset : rebased) {
            words.putLong((int) offset, words.getLong((int) offset) + base);
        }
        return memory;
    }

    /** The memory as it is at an address that is a multiple of the page, without a copy where that can be. */
    byte[] placed(long base) {
        return rebased.length == 0 ? bytes : at(base);
    }

    private static final class Composition {

        private static final int MOST_BYTES = 1 << 28;

        private final ElfObject object;
        private final Relocations relocations;
        private final int page;
        private final long[] starts;
        private final long[] room;
        private long end;

        Composition(ElfObject object) {
            this.object = object;
            switch (object.machine()) {
                case ElfObject.X86_64 -> {
                    relocations = new X86Relocations();
                    page = 1 << 12;
                }
                case ElfObject.AARCH64 -> {
                    relocations = new ArmRelocations();
                    page = 1 << 16;
                }
                default -> throw new ObjectRefused("no loader for the processor " + object.machine());
            }
            this.starts = new long[object.sections().size()];
            java.util.Arrays.fill(starts, -1);
            this.room = new long[starts.length];
        }

        ObjectImage image() {
            int code = place(true, false);
            int constants = place(false, false) - code;
            byte[] bytes = new byte[place(false, true)];
            for (int i = 0; i < starts.length; i++) {
                Section section = object.sections().get(i);
                if (starts[i] >= 0) {
                    section.bytes().get(0, bytes, (int) starts[i], section.bytes().limit());
                }
            }
            long[] rebased = relocate(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
            Map<String, Long> functions = new LinkedHashMap<>();
            for (Symbol symbol : object.symbols()) {
                if (ElfObject.isEntry(symbol)) {
                    functions.put(symbol.name(), address(symbol));
                }
            }
            return new ObjectImage(bytes, code, constants, rebased, java.util.Collections.unmodifiableMap(functions));
        }

        /** Places the sections of one kind, and gives the end of the page on which the last ends. */
        private int place(boolean executable, boolean writable) {
            for (int i = 1; i < starts.length; i++) {
                Section section = object.sections().get(i);
                if (isLoaded(section) && section.is(ElfObject.EXECUTABLE) == executable
                        && section.is(ElfObject.WRITABLE) == writable) {
                    long alignment = section.alignment();
                    if (Long.bitCount(alignment) != 1 || alignment > page) {
                        throw new ObjectRefused("section " + section.name() + " is aligned to " + alignment);
                    }
                    starts[i] = end + alignment - 1 & -alignment;
                    room[i] = section.size();
                    end = Math.addExact(starts[i], section.size());
                    if (section.size() < 0 || end > MOST_BYTES) {
                        throw new ObjectRefused("section " + section.name() + " has " + section.size() + " bytes");
                    }
                }
            }
            end = end + page - 1 & -page;
            return (int) end;
        }

        private static boolean isLoaded(Section section) {
            if (!section.is(ElfObject.ALLOCATED) || section.name().equals(".eh_frame")
                    || section.name().startsWith(".note")) {
                return false;
            }
            boolean known = section.type() == ElfObject.PROGRAM_BITS || section.type() == ElfObject.NO_BITS;
            boolean both = section.is(ElfObject.EXECUTABLE) && section.is(ElfObject.WRITABLE);
            if (!known || both || section.is(ElfObject.THREAD_LOCAL)) {
                throw new ObjectRefused("section " + section.name() + " is of a kind that is not loaded");
            }
            return true;
        }

        private long[] relocate(ByteBuffer memory) {
            List<Long> rebased = new ArrayList<>();
            for (Relocation relocation : object.relocations()) {
                int section = relocation.section();
                if (starts[section] < 0) {
                    continue;
                }
                if (relocation.offset() < 0 || relocation.offset() > room[section] - relocations.bytes(relocation)) {
                    throw new ObjectRefused("a relocation outside its section");
                }
                long place = starts[section] + relocation.offset();
                long value = address(object.symbols().get(relocation.symbol())) + relocation.addend();
                if (relocations.apply(relocation, memory, (int) place, value)) {
                    rebased.add(place);
                }
            }
            return rebased.stream().mapToLong(Long::longValue).toArray();
        }

        private long address(Symbol symbol) {
            int section = symbol.section();
            if (section == 0 || section >= starts.length || starts[section] < 0) {
                throw new ObjectRefused("the symbol " + symbol.name() + " lies outside the loaded sections");
            }
            if (symbol.value() < 0 || symbol.value() > room[section]) {
                throw new ObjectRefused("the symbol " + symbol.name() + " lies outside its section");
            }
            return starts[section] + symbol.value();
        }
    }

    /** How a processor's relocations are filled in. */
    private sealed interface Relocations {

        /** The bytes that a relocation changes. */
        int bytes(Relocation relocation);

        /**
         * Fills a relocation in.
         *
         * @param value the symbol's address with the addend
         * @return whether the base must be added to the word at {@code place}
         */
        boolean apply(Relocation relocation, ByteBuffer memory, int place, long value);

        static ObjectRefused unknown(String processor, Relocation relocation) {
            return new ObjectRefused("relocation " + relocation.type() + " of " + processor + " is not known");
        }

        static int narrow(long distance, int bits) {
            if (distance != distance << 64 - bits >> 64 - bits) {
                throw new ObjectRefused("a distance of " + distance + " bytes does not fit " + bits + " bits");
            }
            return (int) distance;
        }
    }

    /** System V ABI, AMD64 supplement, 4.4. */
    private static final class X86Relocations implements Relocations {

        private static final int ABSOLUTE_64 = 1;
        private static final int RELATIVE_32 = 2;
        private static final int CALL_32 = 4;
        private static final int RELATIVE_64 = 24;

        @Override
        public int bytes(Relocation relocation) {
            return switch (relocation.type()) {
                case ABSOLUTE_64, RELATIVE_64 -> 8;
                case RELATIVE_32, CALL_32 -> 4;
                default -> throw Relocations.unknown("x86-64", relocation);
            };
        }

        @Override
        public boolean apply(Relocation relocation, ByteBuffer memory, int place, long value) {
            switch (relocation.type()) {
                case ABSOLUTE_64 -> memory.putLong(place, value);
                case RELATIVE_64 -> memory.putLong(place, value - place);
                case RELATIVE_32, CALL_32 -> memory.putInt(place, Relocations.narrow(value - place, 32));
                default -> throw Relocations.unknown("x86-64", relocation);
            }
            return relocation.type() == ABSOLUTE_64;
        }
    }

    /** ELF for the Arm 64-bit Architecture, 5.7. The base is a multiple of 4096, which pages are counted in. */
    private static final class ArmRelocations implements Relocations {

        private static final int ABSOLUTE_64 = 257;
        private static final int RELATIVE_64 = 260;
        private static final int RELATIVE_32 = 261;
        private static final int PAGE = 275;
        private static final int ADD_LOW = 277;
        private static final int LOAD_LOW_8 = 278;
        private static final int JUMP = 282;
        private static final int CALL = 283;
        private static final int LOAD_LOW_16 = 284;
        private static final int LOAD_LOW_32 = 285;
        private static final int LOAD_LOW_64 = 286;
        private static final int LOAD_LOW_128 = 299;

        @Override
        public int bytes(Relocation relocation) {
            return switch (relocation.type()) {
                case ABSOLUTE_64, RELATIVE_64 -> 8;
                case RELATIVE_32, PAGE, ADD_LOW, LOAD_LOW_8, LOAD_LOW_16, LOAD_LOW_32, LOAD_LOW_64, LOAD_LOW_128,
                        JUMP, CALL -> 4;
                default -> throw Relocations.unknown("AArch64", relocation);
            };
        }

        @Override
        public boolean apply(Relocation relocation, ByteBuffer memory, int place, long value) {
            switch (relocation.type()) {
                case ABSOLUTE_64 -> memory.putLong(place, value);
                case RELATIVE_64 -> memory.putLong(place, value - place);
                case RELATIVE_32 -> memory.putInt(place, Relocations.narrow(value - place, 32));
                case PAGE -> {
                    int pages = Relocations.narrow((value >> 12) - ((long) place >> 12), 21);
                    insert(memory, place, 0x60FF_FFE0, (pages & 3) << 29 | (pages >> 2 & 0x7_FFFF) << 5);
                }
                case ADD_LOW -> low(memory, place, value, 0);
                case LOAD_LOW_8 -> low(memory, place, value, 0);
                case LOAD_LOW_16 -> low(memory, place, value, 1);
                case LOAD_LOW_32 -> low(memory, place, value, 2);
                case LOAD_LOW_64 -> low(memory, place, value, 3);
                case LOAD_LOW_128 -> low(memory, place, value, 4);
                case JUMP, CALL -> insert(memory, place, 0x03FF_FFFF,
                        Relocations.narrow(scaled(value - place, 2), 26) & 0x03FF_FFFF);
                default -> throw Relocations.unknown("AArch64", relocation);
            }
            return relocation.type() == ABSOLUTE_64;
        }

        /** The low 12 bits of an address, in units of the operand's size, as an instruction's 12-bit immediate. */
        private static void low(ByteBuffer memory, int place, long value, int scale) {
            insert(memory, place, 0x003F_FC00, (int) scaled(value & 0xFFF, scale) << 10);
        }

        private static long scaled(long value, int scale) {
            if ((value & (1L << scale) - 1) != 0) {
                throw new ObjectRefused("the address " + value + " is not a multiple of " + (1 << scale));
            }
            return value >> scale;
        }

        private static void insert(ByteBuffer memory, int place, int mask, int bits) {
            memory.putInt(place, memory.getInt(place) & ~mask | bits);
        }
    }
}
