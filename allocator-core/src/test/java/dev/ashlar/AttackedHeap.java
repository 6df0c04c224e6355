package dev.ashlar;

import dev.ashlar.host.MemoryFiles;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * A heap with one region of code and one of constants, and the addresses at which other code of the process attacks it.
 *
 * @param code the first address of the region of code
 * @param alias the first address of its writable view
 * @param constants the first address of the region of constants
 */
record AttackedHeap(SystemCalls kernel, CodeHeap heap, CodeUnit unit, long code, long alias, long constants) {
    static final long REGION = 2 << 20;
    static final String NOT_COMMITTED = "not committed";
    static final int ALL = Linux.PROT_READ | Linux.PROT_WRITE | Linux.PROT_EXEC;

    private static final int ANSWER = 42;
    private static final long READ_IMPLIES_EXEC = 0x0400000;

    static AttackedHeap build(MemoryDemand memory, Hardening hardening, String name) {
        CodeHeap heap = CodeHeap.builder()
                .memory(memory)
                .hardening(hardening)
                .capacity(8 * REGION)
                .name(name)
                .build();
        CodeUnit unit = heap.allocateUnit(new UnitSizes(64, 64, 0));
        unit.code().writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(ANSWER)));
        unit.publish();
        return new AttackedHeap(
                Libc.system(),
                heap,
                unit,
                heap.report().address(),
                heap.report().writableAddress(),
                heap.zones().of(Domain.RODATA, 1).zone().base());
    }

    /** {@return whether old code runs, new code can be made and freed, and the audit is clean} */
    boolean isIntact() {
        CodeBlock more = heap.define(NativeCode.returning(7));
        boolean runs = NativeCode.call(unit.code().address()) == ANSWER && NativeCode.call(more.address()) == 7;
        more.free();
        return runs && heap.audit().isClean();
    }

    long protect(long address, int protection) {
        return kernel.mprotect(address, REGION, protection);
    }

    long mapAnonymous(long address) {
        int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_FIXED;
        return kernel.mmap(address, REGION, ALL, flags, -1, 0);
    }

    /** {@return an address at which there is room for a region} */
    long elsewhere() {
        long room = kernel.mmap(
                0, 2 * REGION, Linux.PROT_NONE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE, -1, 0);
        return (room + REGION - 1) & -REGION;
    }

    long duplicate() {
        long copy = kernel.mremap(alias, 0, REGION, Linux.MREMAP_MAYMOVE | Linux.MREMAP_FIXED, elsewhere());
        return Errno.isFailure(copy) ? copy : kernel.mprotect(copy, REGION, ALL);
    }

    /** {@return the heap's descriptor of the file with the code, or -1 if it has none} */
    int descriptor() {
        return MemoryFiles.descriptorsOf(heap.name()).stream().min(Integer::compare).orElse(-1);
    }

    int openDescriptorAnew() {
        return kernel.open("/proc/self/fd/" + descriptor(), Linux.O_RDWR | Linux.O_CLOEXEC);
    }

    int openMapFile() {
        Mapping mapping = ProcessMaps.readWithin(List.of(AddressRange.ofSize(alias, REGION)))
                .mappings()
                .getFirst();
        String name = Long.toHexString(mapping.start()) + "-" + Long.toHexString(mapping.end());
        return kernel.open("/proc/self/map_files/" + name, Linux.O_RDWR | Linux.O_CLOEXEC);
    }

    /** {@return the result of using a descriptor, or the failure to open it} */
    long with(int fd, IntToLongFunction use) {
        return fd < 0 ? fd : use.applyAsLong(fd);
    }

    long mapFile(int fd) {
        return kernel.mmap(0, REGION, ALL, Linux.MAP_SHARED, fd, 0);
    }

    long mapFileWritable(int fd) {
        return kernel.mmap(0, REGION, Linux.PROT_READ | Linux.PROT_WRITE, Linux.MAP_SHARED, fd, 0);
    }

    long writeFile(int fd) {
        // Writes one byte of the code that is there already.
        return kernel.pwrite(fd, unit.code().address(), 1, unit.code().address() - code);
    }

    /** Makes the kernel map readable memory of this thread executable as well, while the heap maps another region. */
    long implyExecution() {
        long before = personality(READ_IMPLIES_EXEC);
        try {
            return heap.allocate(REGION).address();
        } finally {
            personality(before);
        }
    }

    @SuppressWarnings("restricted")
    private static long personality(long wanted) {
        Linker linker = Linker.nativeLinker();
        MethodHandle call = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("personality"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        try {
            return (int) call.invokeExact(wanted);
        } catch (Throwable unexpected) {
            throw new AssertionError("a downcall threw", unexpected);
        }
    }

    long poke() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment trap = arena.allocate(1);
            int fd = kernel.open("/proc/self/mem", Linux.O_RDWR | Linux.O_CLOEXEC);
            long result = kernel.pwrite(fd, trap.address(), 1, unit.code().address());
            kernel.close(fd);
            return result;
        }
    }

    @SuppressWarnings("restricted")
    long writeThroughAlias() {
        MemorySegment view = MemorySegment.ofAddress(alias).reinterpret(REGION);
        long offset = unit.code().address() - code;
        view.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 1, 0);
        int changed = NativeCode.call(unit.code().address());
        view.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 1, ANSWER);
        return changed == 0 ? 0 : -Errno.EIO;
    }
}
