package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.HeapChild;
import dev.ashlar.SecretHeap;
import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.Residue;
import dev.ashlar.host.SecretMemory;
import dev.ashlar.memory.Refusal;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A refusal by the host becomes an exception that names call, error and remedy, and the heap continues to work. */
class SecretRefusalTest {
    private static final long REGION = 2 << 20;

    private final FaultyCalls calls = new FaultyCalls(Libc.system());
    private Residue before;

    @BeforeEach
    void takeResidue() {
        before = Residue.now();
    }

    @AfterEach
    void nothingIsLeft() {
        before.assertNoDescriptorOrMappingLeft(calls);
    }

    private static boolean isSecretMap(FaultyCalls.Call call) {
        return call.method().equals("mmap") && (call.argument(3) & Linux.MAP_SHARED) != 0;
    }

    private static Predicate<FaultyCalls.Call> method(String name) {
        return call -> call.method().equals(name);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("memfd_secret(O_CLOEXEC)", method("memfdSecret"), Errno.ENOSYS, "CONFIG_SECRETMEM"),
                refusal("memfd_secret(O_CLOEXEC)", method("memfdSecret"), Errno.EPERM, "seccomp"),
                refusal("memfd_secret(O_CLOEXEC)", method("memfdSecret"), Errno.EMFILE, "ulimit -n"),
                refusal("ftruncate(fd, 2097152)", method("ftruncate"), Errno.EFBIG, "ulimit -f"),
                refusal("mmap(read+write, MAP_SHARED, 2097152 bytes of secret memory)",
                        SecretRefusalTest::isSecretMap, Errno.EAGAIN, "RLIMIT_MEMLOCK is "),
                refusal("mmap(read+write, MAP_SHARED, 2097152 bytes of secret memory)",
                        SecretRefusalTest::isSecretMap, Errno.ENOMEM, "vm.max_map_count"),
                refusal("madvise(read+write view, MADV_DONTFORK)", method("madvise"), Errno.ENOMEM,
                        "vm.max_map_count"),
                refusal("mremap(read+write view)", method("mremap"), Errno.ENOMEM, "vm.max_map_count"),
                refusal("open(/dev/zero)", method("open"), Errno.ENOENT, "the device /dev/zero"));
    }

    /** Files that are opened once, when the heap is built, are not refused later. */
    static Stream<Arguments> laterRefusals() {
        return refusals().filter(refusal -> !refusal.get()[0].toString().startsWith("open"));
    }

    private static Arguments refusal(String call, Predicate<FaultyCalls.Call> fails, int errno, String remedy) {
        return Arguments.of(call, fails, errno, remedy);
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("refusals")
    void aRefusalWhileAHeapIsBuiltIsNamedAndLeavesNothing(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String remedy) {
        SecretMemory.need(1);
        calls.failWhen(fails, errno);
        BackingUnavailableException refused = catchThrowableOfType(
                BackingUnavailableException.class,
                () -> over(calls, SecretHeap.builder()).build());
        assertThat(refused).hasMessageStartingWith("no memory for a heap: asked=secretmem. secretmem: " + call);
        assertThat(refused.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.subject()).isEqualTo("secretmem");
            assertThat(refusal.call()).isEqualTo(call);
            assertThat(refusal.error()).isEqualTo(Errno.ofNumber(errno).describe());
            assertThat(refusal.remedy()).contains(remedy).endsWith(".");
        });
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("laterRefusals")
    void aLaterRefusalIsNamedAndTheHeapContinues(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String remedy) {
        SecretMemory.need(2);
        try (SecretHeap heap = over(calls, SecretHeap.builder()).build()) {
            MemorySegment first = heap.allocate(REGION).fill((byte) 1);
            HeapStats stats = heap.stats();
            calls.failWhen(fails, errno);

            HeapExhaustedException refused =
                    catchThrowableOfType(HeapExhaustedException.class, () -> heap.allocate(100));

            assertThat(refused.refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.call()).isEqualTo(call);
                assertThat(refusal.remedy()).contains(remedy);
            });
            assertThat(refused).hasMessageContaining(remedy);
            assertThat(heap.report().refusals()).extracting(Refusal::call).containsExactly(call);
            assertThat(heap.report().describe()).contains("refused: secretmem: " + call);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(stats.liveBlockCount());
            assertThat(heap.committedByteSize()).isEqualTo(stats.committedByteSize());
            assertThat(heap.audit().isClean()).isTrue();
            calls.heal();
            heap.free(heap.allocate(100));
            heap.free(first);
        }
    }

    @Test
    void aRefusalOfPagesIsNamedAndTheBlockIsFreed() {
        SecretMemory.need(1);
        try (SecretHeap heap = over(calls, SecretHeap.builder()).build()) {
            calls.failAll("pread", Errno.EFAULT);

            HeapExhaustedException refused =
                    catchThrowableOfType(HeapExhaustedException.class, () -> heap.allocate(5000));

            assertThat(refused.refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.call()).isEqualTo("pread(/dev/zero, 5000 bytes)");
                assertThat(refusal.error()).isEqualTo("EFAULT (14)");
                assertThat(refusal.remedy()).contains("out of memory");
            });
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(heap.report().hiddenByteSize()).isZero();
            try (Arena arena = heap.confinedArena()) {
                assertThat(catchThrowableOfType(HeapExhaustedException.class, () -> arena.allocate(300))).isNotNull();
                calls.heal();
                arena.allocate(300).fill((byte) 1);
            }
            assertThat(heap.stats().liveBlockCount()).isZero();
            space(heap).blocks().checkInvariants();
        }
    }

    @Test
    void anInterruptedReadIsRepeated() {
        SecretMemory.need(1);
        try (SecretHeap heap = over(calls, SecretHeap.builder()).build()) {
            calls.failNth("pread", 1, Errno.EINTR);
            heap.allocate(5000).fill((byte) 1);
            assertThat(calls.count("pread")).isEqualTo(2);
        }
    }

    /** The limit is 5 MiB: room for two regions of 2 MiB. */
    @Test
    void theRealLimitOfLockedMemoryIsNamedAndTheHeapContinues() {
        SecretMemory.need(1);
        ChildJvm.Outcome outcome = limited("5120").run("run out of locked memory");
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output())
                .contains("regions = 2\nno room in heap ashlar-secret for secret: asked=2097152 bytes",
                        "failed: EAGAIN (11). Secret memory is locked memory: RLIMIT_MEMLOCK is 5242880 bytes, 4194304"
                                + " are in use, a region needs 2097152. Raise it (ulimit -l, in KiB), or grant"
                                + " CAP_IPC_LOCK.",
                        "small = false\n",
                        "after a free: small = true, large = true\n",
                        "clean = true, trimmed to = 0\n",
                        "afterwards: large = true\n");
    }

    @Test
    void aLimitThatLeavesNoRoomForARegionIsNamedWhenTheHeapIsBuilt() {
        SecretMemory.need(1);
        ChildJvm.Outcome outcome = limited("1024").run("run out of locked memory");
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(HeapChild.REFUSED);
        assertThat(outcome.output())
                .startsWith("BackingUnavailableException: no memory for a heap: asked=secretmem. secretmem: mmap(")
                .contains("EAGAIN (11)", "RLIMIT_MEMLOCK is 1048576 bytes, 0 are in use", "ulimit -l");
    }

    private static ChildJvm limited(String kibibytes) {
        return ChildJvm.onClassPath(HeapChild.class)
                .flags("--enable-native-access=ALL-UNNAMED")
                .limit("-l " + kibibytes)
                .boundByLockLimit();
    }
}
