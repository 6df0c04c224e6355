package dev.ashlar.bench.rivals;

import com.kenai.jffi.PageManager;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a Java program had before java.lang.foreign: the page manager of jffi, whole pages by JNI, permissions by the
 * caller. jnr-ffi and JRuby place their stubs with it.
 */
public final class JffiPages implements BlockMemory {

    private final PageManager pages = PageManager.getInstance();
    private final long pageByteSize = pages.pageSize();
    private final LongAdder mprotectCalls = new LongAdder();

    @Override
    public String label() {
        return "jffi";
    }

    @Override
    public long allocate(long byteSize) {
        long address = pages.allocatePages(pageCount(byteSize), PageManager.PROT_READ | PageManager.PROT_WRITE);
        // The library hands on mmap's MAP_FAILED on some platforms and 0 on others.
        if (address == 0 || address == -1) {
            throw new MemoryRefusedException("PageManager.allocatePages", "no pages");
        }
        return address;
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, address, byteSize);
    }

    @Override
    public void publish(long address, long byteSize) {
        mprotectCalls.increment();
        pages.protectPages(address, pageCount(byteSize), PageManager.PROT_READ | PageManager.PROT_EXEC);
    }

    @Override
    public void free(long address, long byteSize) {
        pages.freePages(address, pageCount(byteSize));
    }

    @Override
    public long mprotectCallCount() {
        return mprotectCalls.sum();
    }

    @Override
    public void close() {
        // Blocks do not share pages: there is nothing left to give back.
    }

    private int pageCount(long byteSize) {
        return Math.toIntExact((byteSize + pageByteSize - 1) / pageByteSize);
    }
}
