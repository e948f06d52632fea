package dev.sinter.llvm.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Objects in executable memory without the help of LLVM. An object gets a mapping of its own, which is
 * writable while it is filled and then never executable and writable at once.
 */
@SuppressWarnings("restricted")
public final class CodeMemory {

    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE_ANONYMOUS = 0x22;

    private CodeMemory() {
    }

    /**
     * Puts an object into memory; closing the result frees it.
     *
     * @throws ObjectRefused if it is for another processor, holds something that is not known here, or the
     *     system does not give executable memory
     */
    public static LinkedObject load(ElfObject object) {
        if (Platform.current().isEmpty()) {
            throw new ObjectRefused("objects are loaded on Linux alone");
        }
        Functions libc = Functions.HERE;
        if (object.machine() != libc.machine()) {
            throw new ObjectRefused("an object for the processor " + object.machine() + ", this one is "
                    + libc.machine());
        }
        ObjectImage image = ObjectImage.of(object);
        int size = image.size();
        if (size == 0) {
            throw new ObjectRefused("an object without content");
        }
        long base = libc.map(size);
        Arena arena = Arena.ofShared();
        boolean filled = false;
        try {
            MemorySegment memory =
                    MemorySegment.ofAddress(base).reinterpret(size, arena, freed -> libc.unmap(base, size));
            MemorySegment.copy(image.placed(base), 0, memory, ValueLayout.JAVA_BYTE, 0, size);
            libc.clearCache(base, image.code());
            libc.protect(base, image.code(), READ | EXECUTE);
            libc.protect(base + image.code(), image.constants(), READ);
            Map<String, MemorySegment> functions = new HashMap<>();
            image.functions().forEach((name, offset) -> functions.put(name, memory.asSlice(offset, 1)));
            filled = true;
            return new LinkedObject(arena, functions);
        } finally {
            if (!filled) {
                arena.close();
            }
        }
    }

    /** The functions of the C library, and what they serve. */
    private record Functions(int machine, MemorySegment map, MemorySegment protect, MemorySegment unmap,
            Optional<MemorySegment> clear) {

        private static final Functions HERE = find();

        private static Functions find() {
            Platform platform = Platform.current().orElseThrow();
            Optional<MemorySegment> clear = switch (platform) {
                case LINUX_X86_64 -> Optional.empty();
                case LINUX_ARM64 -> LibC.clearCache();
            };
            int machine = switch (platform) {
                case LINUX_X86_64 -> ElfObject.X86_64;
                case LINUX_ARM64 -> ElfObject.AARCH64;
            };
            return new Functions(machine, LibC.require("mmap"), LibC.require("mprotect"),
                    LibC.require("munmap"), clear);
        }

        long map(long size) {
            if (machine == ElfObject.AARCH64 && clear.isEmpty()) {
                throw new ObjectRefused("no way to clear the instruction cache");
            }
            long address = NativeCall.words(map, 0, size, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0);
            if (address == -1) {
                throw new ObjectRefused("the system does not give " + size + " bytes");
            }
            return address;
        }

        void protect(long address, long size, int access) {
            if (size > 0 && (int) NativeCall.words(protect, address, size, access, 0, 0, 0) != 0) {
                throw new ObjectRefused("the system does not let memory become executable");
            }
        }

        void unmap(long address, long size) {
            NativeCall.words(unmap, address, size, 0, 0, 0, 0);
        }

        void clearCache(long address, long size) {
            clear.ifPresent(function -> NativeCall.words(function, address, address + size, 0, 0, 0, 0));
        }
    }
}
