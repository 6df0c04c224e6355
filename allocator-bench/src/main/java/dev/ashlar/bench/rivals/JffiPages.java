package dev.ashlar.bench.rivals;

import com.kenai.jffi.PageManager;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;

/**
 * The page manager of jffi: whole pages through JNI, with permissions set by the caller. Java programs used it before
 * java.lang.foreign; jnr-ffi and JRuby place their stubs with it.
 */
final class JffiPages implements BlockMemory {

    private final PageManager pages = PageManager.getInstance();
    private final long pageByteSize = pages.pageSize();

    @Override
    public long allocate(int slot, long byteSize) {
        long address = pages.allocatePages(pageCount(byteSize), PageManager.PROT_READ | PageManager.PROT_WRITE);
        // On failure the library returns MAP_FAILED on some platforms and 0 on others.
        if (address == 0 || address == -1) {
            throw new MemoryRefusedException("PageManager.allocatePages", "no pages");
        }
        return address;
    }

    @Override
    public void publish(long address, long byteSize) {
        pages.protectPages(address, pageCount(byteSize), PageManager.PROT_READ | PageManager.PROT_EXEC);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        pages.freePages(address, pageCount(byteSize));
    }

    private int pageCount(long byteSize) {
        return Math.toIntExact((byteSize + pageByteSize - 1) / pageByteSize);
    }
}
