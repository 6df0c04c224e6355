package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A page is present after it was touched, and not before. */
class PagemapTest {
    private static final long PAGE = 4096;

    private final FaultyCalls calls = new FaultyCalls(Libc.system());

    @Test
    @SuppressWarnings("restricted")
    void touchedPagesArePresentAndOthersAreNot() {
        int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS;
        long address = calls.mmap(0, 3 * PAGE, Linux.PROT_READ | Linux.PROT_WRITE, flags, -1, 0);
        calls.madvise(address, 3 * PAGE, Linux.MADV_NOHUGEPAGE);
        assertThat(Pagemap.isPresent(calls, address + PAGE)).isFalse();
        MemorySegment.ofAddress(address).reinterpret(3 * PAGE).set(ValueLayout.JAVA_BYTE, PAGE, (byte) 1);

        assertThat(Pagemap.isPresent(calls, address)).isFalse();
        assertThat(Pagemap.isPresent(calls, address + PAGE)).isTrue();
        assertThat(Pagemap.isPresent(calls, address + 2 * PAGE - 1)).isTrue();
        assertThat(Pagemap.isPresent(calls, address + 2 * PAGE)).isFalse();
        assertThat(calls.munmap(address, 3 * PAGE)).isZero();
        assertThat(Pagemap.isPresent(calls, address + PAGE)).isFalse();
    }

    @Test
    void anUnreadablePageIsNotPresentAndNoDescriptorStaysOpen() {
        long own = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1)).address();
        assertThat(Pagemap.isPresent(calls, own)).isTrue();
        calls.failAll("pread", Errno.EPERM);
        assertThat(Pagemap.isPresent(calls, own)).isFalse();
        assertThat(calls.count("close")).isEqualTo(calls.count("open")).isEqualTo(2);
        calls.failAll("open", Errno.EACCES);
        assertThat(Pagemap.isPresent(calls, own)).isFalse();
        assertThat(calls.count("close")).isEqualTo(2);
    }
}
