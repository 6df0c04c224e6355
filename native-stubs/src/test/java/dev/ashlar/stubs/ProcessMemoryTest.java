package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    private static final long PAGE = 4096;
    private static final int READ_EXECUTE = Linux.PROT_READ | Linux.PROT_EXEC;

    private final SystemCalls calls = Libc.system();

    @Test
    @SuppressWarnings("restricted")
    void aPageThatIsNotWritableIsWrittenAndReadBack() {
        long address = map(READ_EXECUTE);
        try (ProcessMemory memory = ProcessMemory.open(calls); Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocateFrom(ValueLayout.JAVA_LONG, 0xc3c3c3c3L, 42);

            long written = memory.write(address + 8, source.address(), source.byteSize());
            assumeTrue(written != -Errno.EIO && written != -Errno.EPERM, "this kernel refuses pokes");

            assertThat(written).isEqualTo(16);
            MemorySegment page = MemorySegment.ofAddress(address).reinterpret(PAGE);
            assertThat(page.get(ValueLayout.JAVA_LONG, 8)).isEqualTo(0xc3c3c3c3L);
            MemorySegment copy = arena.allocate(16);
            assertThat(memory.read(address + 8, copy.address(), 16)).isEqualTo(16);
            assertThat(copy.mismatch(source)).isEqualTo(-1);
        }
        assertThat(calls.munmap(address, PAGE)).isZero();
    }

    @Test
    void anAddressWithNothingMappedIsAFailureAndNoSignal() {
        long address = map(Linux.PROT_NONE);
        assertThat(calls.munmap(address, PAGE)).isZero();
        try (ProcessMemory memory = ProcessMemory.open(calls); Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(16);

            assertThat(memory.write(0, buffer.address(), 16)).isEqualTo(-Errno.EIO);
            assertThat(memory.read(0, buffer.address(), 16)).isEqualTo(-Errno.EIO);
        }
    }

    /** Method: a kernel that takes at most three bytes at a time. */
    @Test
    void aShortWriteOrReadIsContinued() {
        SystemCalls short3 = (SystemCalls) Proxy.newProxyInstance(SystemCalls.class.getClassLoader(),
                new Class<?>[] {SystemCalls.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("pwrite") || method.getName().equals("pread")) {
                        arguments[2] = Math.min(3L, (long) arguments[2]);
                    }
                    return method.invoke(calls, arguments);
                });
        FaultyCalls recorded = new FaultyCalls(short3);
        try (ProcessMemory memory = ProcessMemory.open(recorded); Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(24);
            bytes.set(ValueLayout.JAVA_LONG, 0, 0x1122334455667788L);

            assertThat(memory.write(bytes.address() + 8, bytes.address(), 8)).isEqualTo(8);
            assertThat(memory.read(bytes.address() + 8, bytes.address() + 16, 8)).isEqualTo(8);

            assertThat(bytes.get(ValueLayout.JAVA_LONG, 16)).isEqualTo(0x1122334455667788L);
            assertThat(recorded.count("pwrite")).isEqualTo(3);
            assertThat(recorded.count("pread")).isEqualTo(3);
        }
    }

    @Test
    void aFailedWriteIsReportedAndTheNextOneWorks() {
        FaultyCalls failing = new FaultyCalls(calls).failNth("pwrite", 1, Errno.EPERM);
        try (ProcessMemory memory = ProcessMemory.open(failing); Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(16);

            assertThat(memory.write(bytes.address(), bytes.address() + 8, 8)).isEqualTo(-Errno.EPERM);
            assertThat(memory.write(bytes.address(), bytes.address() + 8, 8)).isEqualTo(8);
            assertThat(memory.write(bytes.address(), bytes.address() + 8, 0)).isZero();
        }
    }

    @Test
    void aKernelThatRefusesTheFileIsNamedWithItsErrno() {
        FaultyCalls refused = new FaultyCalls(calls).failAll("open", Errno.EACCES);

        assertThatThrownBy(() -> ProcessMemory.open(refused))
                .isInstanceOfSatisfying(SystemCallException.class, failure -> {
                    assertThat(failure.call()).isEqualTo("open(/proc/self/mem)");
                    assertThat(failure.errno()).isEqualTo(Errno.ofNumber(Errno.EACCES));
                }).hasMessage("open(/proc/self/mem) failed: EACCES (13)");
    }

    private long map(int protection) {
        long address = calls.mmap(0, PAGE, protection, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        assertThat(Errno.isFailure(address)).isFalse();
        return address;
    }
}
