package dev.ashlar.region;

import dev.ashlar.host.OlderKernel;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.TestLinux;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A model of mm/vma.c and mm/huge_memory.c for the mappings of one process: split, merge, share an anon_vma, split and
 * collapse huge entries. The memory itself is real and always writable, so that code under test can touch it; only its
 * description is simulated. Each memory has one view.
 */
final class FakeKernel implements LedgerWalk.Kernel {
    private static final int FIRST_FD = 1_000_000;
    private static final int ANY_FIXED = Linux.MAP_FIXED | Linux.MAP_FIXED_NOREPLACE;

    private final SystemCalls real;
    private final TreeMap<Long, Vma> vmas = new TreeMap<>();
    private final Set<Long> hugeEntries = new HashSet<>();
    private int fds = FIRST_FD;
    private int anonVmas;

    FakeKernel(SystemCalls real) {
        this.real = real;
    }

    /** One struct vm_area_struct. */
    private static final class Vma implements Cloneable {
        long start;
        long end;
        int protection;
        int mapFlags;
        int fd = -1;
        long fileOffset;
        boolean dontFork;
        int hugeAdvice;
        /** The address of its name: rungs have one each. */
        long name;
        int anonVma;

        Vma(long start, long end) {
            this.start = start;
            this.end = end;
        }

        Vma part(long from, long to) {
            try {
                Vma part = (Vma) clone();
                part.start = from;
                part.end = to;
                part.fileOffset += from - start;
                return part;
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }

        /** Compares everything except the permissions. */
        boolean isLike(Vma next) {
            return mapFlags == next.mapFlags
                    && fd == next.fd
                    && (fd < 0 || fileOffset + (end - start) == next.fileOffset)
                    && dontFork == next.dontFork
                    && hugeAdvice == next.hugeAdvice
                    && name == next.name
                    && end == next.start;
        }

        boolean isHugetlb() {
            return fd >= 0;
        }

        boolean allowsTheSame(Vma other) {
            return protection == other.protection
                    && dontFork == other.dontFork
                    && hugeAdvice == other.hugeAdvice
                    && name == other.name;
        }

        boolean mergesWith(Vma next) {
            return isLike(next)
                    && !isHugetlb()
                    && protection == next.protection
                    && (anonVma == next.anonVma || anonVma == 0 || next.anonVma == 0);
        }

        String permissions() {
            return ((protection & Linux.PROT_READ) != 0 ? "r" : "-")
                    + ((protection & Linux.PROT_WRITE) != 0 ? "w" : "-")
                    + ((protection & Linux.PROT_EXEC) != 0 ? "x" : "-")
                    + ((mapFlags & Linux.MAP_SHARED) != 0 ? "s" : "p");
        }
    }

    /** {@return the boundary through which a heap meets this kernel} */
    SystemCalls calls() {
        return (SystemCalls) Proxy.newProxyInstance(
                SystemCalls.class.getClassLoader(), new Class<?>[] {SystemCalls.class}, this::call);
    }

    private @Nullable Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "mmap" -> {
                return mmap((long) arguments[0], (long) arguments[1], (int) arguments[2], (int) arguments[3],
                        (int) arguments[4], (long) arguments[5]);
            }
            case "munmap" -> remove((long) arguments[0], (long) arguments[0] + (long) arguments[1]);
            case "mprotect" -> {
                int protection = (int) arguments[2];
                change((long) arguments[0], (long) arguments[1], vma -> vma.protection = protection);
                return 0;
            }
            case "madvise" -> {
                return madvise((long) arguments[0], (long) arguments[1], (int) arguments[2]);
            }
            case "prctl" -> {
                long name = (long) arguments[4];
                change((long) arguments[2], (long) arguments[3], vma -> vma.name = name);
                return 0;
            }
            case "memfdCreate" -> {
                return fds++;
            }
            case "ftruncate", "fallocate" -> {
                return 0;
            }
            case "close" -> {
                if ((int) arguments[0] >= FIRST_FD) {
                    return 0;
                }
            }
            default -> {
                // The real kernel makes all other calls.
            }
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private long mmap(long address, long byteSize, int protection, int flags, int fd, long offset) {
        boolean isInside = (flags & Linux.MAP_FIXED) != 0;
        long mapped = isInside
                ? address
                : real.mmap(address, byteSize, Linux.PROT_READ | Linux.PROT_WRITE,
                        (flags & ~Linux.MAP_SHARED) | Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE,
                        -1, 0);
        if (Errno.isFailure(mapped)) {
            return mapped;
        }
        if (isInside) {
            // A fresh mapping: no page, and no page table.
            real.madvise(mapped, byteSize, TestLinux.MADV_DONTNEED);
        }
        remove(mapped, mapped + byteSize);
        Vma vma = new Vma(mapped, mapped + byteSize);
        vma.protection = protection;
        vma.mapFlags = flags & ~ANY_FIXED;
        vma.fd = fd;
        vma.fileOffset = offset;
        vmas.put(vma.start, vma);
        merge(vma);
        if (vma.isHugetlb()) {
            for (long region = mapped; region < mapped + byteSize; region += Region.BYTE_SIZE) {
                hugeEntries.add(region);
            }
        }
        return mapped;
    }

    private int madvise(long address, long byteSize, int advice) {
        switch (advice) {
            case Linux.MADV_DONTFORK -> change(address, byteSize, vma -> vma.dontFork = true);
            case Linux.MADV_HUGEPAGE, Linux.MADV_NOHUGEPAGE -> {
                change(address, byteSize, vma -> vma.hugeAdvice = advice);
                // The first touch follows.
                touch(vmas.floorEntry(address).getValue());
            }
            case Linux.MADV_COLLAPSE -> {
                Vma vma = vmas.floorEntry(address).getValue();
                if (vma.end < address + byteSize || vma.anonVma == 0 || !OlderKernel.isTouched(address)) {
                    return -Errno.EINVAL;
                }
                hugeEntries.add(address);
            }
            default -> {
                // No trace in the tables.
            }
        }
        return 0;
    }

    /** anon_vma_prepare: takes that of a neighbour, first of the next one, so that a later mprotect can merge them. */
    private void touch(Vma vma) {
        if (vma.anonVma != 0 || vma.isHugetlb()) {
            return;
        }
        Map.Entry<Long, Vma> after = vmas.higherEntry(vma.start);
        Map.Entry<Long, Vma> before = vmas.lowerEntry(vma.start);
        if (after != null && vma.isLike(after.getValue()) && after.getValue().anonVma != 0) {
            vma.anonVma = after.getValue().anonVma;
        } else if (before != null && before.getValue().isLike(vma) && before.getValue().anonVma != 0) {
            vma.anonVma = before.getValue().anonVma;
        } else {
            vma.anonVma = ++anonVmas;
        }
    }

    /** vma_modify: skips mappings that would not change, and does not split them. */
    private void change(long address, long byteSize, Consumer<Vma> change) {
        long end = address + byteSize;
        for (long at = address; at < end;) {
            Map.Entry<Long, Vma> entry = vmas.floorEntry(at);
            if (entry == null || entry.getValue().end <= at) {
                Long next = vmas.higherKey(at);
                at = next == null ? end : next;
                continue;
            }
            Vma vma = entry.getValue();
            long vmaEnd = vma.end;
            Vma changed = vma.part(vma.start, vma.end);
            change.accept(changed);
            if (!changed.allowsTheSame(vma)) {
                split(at);
                split(Math.min(end, vmaEnd));
                Vma part = vmas.floorEntry(at).getValue();
                change.accept(part);
                merge(part);
            }
            at = vmaEnd;
        }
    }

    private void remove(long from, long to) {
        split(from);
        split(to);
        vmas.subMap(from, to).clear();
        hugeEntries.removeIf(region -> region >= from && region < to);
    }

    /** Splits the mapping and the huge entry that cross an address. */
    private void split(long address) {
        Map.Entry<Long, Vma> entry = vmas.lowerEntry(address);
        if (entry == null || entry.getValue().end <= address) {
            return;
        }
        Vma vma = entry.getValue();
        vmas.put(address, vma.part(address, vma.end));
        vma.end = address;
        if (address % Region.BYTE_SIZE != 0) {
            hugeEntries.remove(address & -Region.BYTE_SIZE);
        }
    }

    private void merge(Vma changed) {
        Vma vma = changed;
        Map.Entry<Long, Vma> before = vmas.lowerEntry(vma.start);
        if (before != null && before.getValue().mergesWith(vma)) {
            vma = joined(before.getValue(), vma);
        }
        Map.Entry<Long, Vma> after = vmas.higherEntry(vma.start);
        if (after != null && vma.mergesWith(after.getValue())) {
            joined(vma, after.getValue());
        }
    }

    private Vma joined(Vma vma, Vma next) {
        vma.end = next.end;
        vma.anonVma = Math.max(vma.anonVma, next.anonVma);
        vmas.remove(next.start);
        return vma;
    }

    @Override
    public List<Ledger.Range> mappings(View view) {
        long start = view.range().start();
        long end = view.range().end();
        Long first = vmas.floorKey(start);
        return vmas.subMap(first == null ? start : first, end).values().stream()
                .filter(vma -> vma.end > start)
                .map(vma -> new Ledger.Range(
                        new AddressRange(Math.max(vma.start, start), Math.min(vma.end, end)), vma.permissions()))
                .toList();
    }

    @Override
    public BitSet hugeRegions(View view) {
        BitSet huge = new BitSet();
        for (long region = view.range().start(); region < view.range().end(); region += Region.BYTE_SIZE) {
            huge.set((int) ((region - view.range().start()) / Region.BYTE_SIZE), hugeEntries.contains(region));
        }
        return huge;
    }
}
