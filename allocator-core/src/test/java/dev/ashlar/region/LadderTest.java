package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.CodeHeap;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: after a refusal the heap uses the next rung and keeps the reason, or throws an exception with the reason.
 * Method: one kind of call fails, always.
 */
class LadderTest {
    private static final long REGION = 2 << 20;

    private static final Predicate<FaultyCalls.Call> MEMFD = calls("memfdCreate");
    private static final Predicate<FaultyCalls.Call> HUGETLB_MEMFD =
            MEMFD.and(call -> (call.argument(1) & Linux.MFD_HUGETLB) != 0);
    private static final Predicate<FaultyCalls.Call> TRUNCATE = calls("ftruncate");
    private static final Predicate<FaultyCalls.Call> ALLOCATE =
            calls("fallocate").and(call -> call.argument(1) == 0);
    private static final Predicate<FaultyCalls.Call> MAP_WRITABLE = map(Linux.PROT_READ | Linux.PROT_WRITE);
    private static final Predicate<FaultyCalls.Call> MAP_EXECUTABLE = map(Linux.PROT_READ | Linux.PROT_EXEC);

    private static Predicate<FaultyCalls.Call> calls(String method) {
        return call -> call.method().equals(method);
    }

    private static Predicate<FaultyCalls.Call> map(int protection) {
        return calls("mmap").and(call -> call.argument(2) == protection);
    }

    private static Predicate<FaultyCalls.Call> advise(int advice) {
        return calls("madvise").and(call -> call.argument(2) == advice);
    }

    /** {@return whether the refusal concerns the memory file, so that the heap tries memory without a file next} */
    private static boolean concernsTheFile(String call, int errno) {
        boolean isShort = errno == Errno.ENOMEM || errno == Errno.ENOSPC;
        return !isShort && (call.startsWith("memfd") || call.startsWith("ftruncate") || call.startsWith("mmap"));
    }

    static Stream<Arguments> refusals() {
        Predicate<FaultyCalls.Call> collapse = advise(Linux.MADV_COLLAPSE);
        return Stream.of(
                refusal("memfd_create(\"t-", MEMFD, Errno.ENOSYS, "ENOSYS (38)", "seccomp"),
                refusal("memfd_create(\"t-", MEMFD, Errno.EPERM, "EPERM (1)", "seccomp"),
                refusal("memfd_create(\"t-", MEMFD, Errno.EMFILE, "EMFILE (24)", "ulimit -n"),
                refusal("memfd_create(\"t-", MEMFD, Errno.EINVAL, "EINVAL (22)", ""),
                refusal("ftruncate(fd, ", TRUNCATE, Errno.EFBIG, "EFBIG (27)", "ulimit -f"),
                refusal("fallocate(fd, 0, 0, ", ALLOCATE, Errno.ENOSPC, "ENOSPC (28)", ""),
                refusal("mmap(read+write, ", MAP_WRITABLE, Errno.ENOMEM, "ENOMEM (12)", "vm.max_map_count"),
                refusal("mmap(read+execute, ", MAP_EXECUTABLE, Errno.ENOMEM, "ENOMEM (12)", "vm.max_map_count"),
                refusal("mmap(read+execute, ", MAP_EXECUTABLE, Errno.EACCES, "EACCES (13)", "SELinux"),
                refusal("mmap(read+execute, ", MAP_EXECUTABLE, Errno.EPERM, "EPERM (1)", "noexec"),
                refusal("madvise(read+write view, MADV_DONTFORK or MADV_DONTDUMP)",
                        advise(Linux.MADV_DONTFORK), Errno.ENOMEM, "ENOMEM (12)", "vm.max_map_count"),
                refusal("madvise(read+write view, MADV_DONTFORK or MADV_DONTDUMP)",
                        advise(Linux.MADV_DONTDUMP), Errno.EINVAL, "EINVAL (22)", ""),
                refusal("madvise(read+execute view, MADV_DONTFORK)",
                        executable(advise(Linux.MADV_DONTFORK)), Errno.ENOMEM, "ENOMEM (12)", ""),
                refusal("madvise(read+write view, MADV_COLLAPSE)", collapse, Errno.EINVAL, "EINVAL (22)",
                        "vm.nr_hugepages"),
                refusal("madvise(read+write view, MADV_COLLAPSE)", collapse, Errno.EAGAIN, "EAGAIN (11)", ""),
                refusal("madvise(read+execute view, MADV_COLLAPSE)",
                        executable(collapse), Errno.ENOMEM, "ENOMEM (12)", "contiguous"));
    }

    private static Arguments refusal(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String error, String remedy) {
        return Arguments.of(call, fails, errno, error, remedy);
    }

    /** Advice on the executable view, which is the one mapped last. */
    private static Predicate<FaultyCalls.Call> executable(Predicate<FaultyCalls.Call> advice) {
        long[] protection = {0};
        return call -> {
            if (call.method().equals("mmap")) {
                protection[0] = call.argument(2);
            }
            return (protection[0] & Linux.PROT_EXEC) != 0 && advice.test(call);
        };
    }

    /** Calls made while a heap tries this rung for its first region: from the creation of its file to the next file. */
    private static Predicate<FaultyCalls.Call> whileTrying(Backing rung, Predicate<FaultyCalls.Call> fails) {
        String[] file = {""};
        return call -> {
            if (call.method().equals("memfdCreate")) {
                file[0] = (String) call.arguments().getFirst();
            }
            return fails.test(call) && file[0].endsWith("-" + rung.label());
        };
    }

    @ParameterizedTest(name = "{0} {3}")
    @MethodSource("refusals")
    void aRefusalOnEveryRungNamesCallErrorAndRemedyAndLeavesNothing(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String error, String remedy) {
        boolean collapse = call.contains("COLLAPSE");
        try (HugePages _ = HugePages.need(collapse ? MemoryDemand.THP : MemoryDemand.SMALL, 0)) {
            for (MemoryDemand memory : collapse ? List.of(MemoryDemand.THP)
                    : List.of(MemoryDemand.THP, MemoryDemand.SMALL)) {
                Residue before = Residue.now();
                FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(fails, errno).failAll("mremap", errno);
                BackingUnavailableException refused = catchThrowableOfType(
                        BackingUnavailableException.class,
                        () -> over(calls, CodeHeap.builder())
                                .name("t")
                                .memory(memory)
                                .writePath(WritePath.ALIAS)
                                .build());

                assertThat(refused.refusals()).first().satisfies(refusal -> {
                    assertThat(refusal.subject()).isEqualTo(memory.ladder(WritePath.ALIAS).getFirst().label());
                    assertThat(refusal.call()).startsWith(call);
                    assertThat(refusal.error()).isEqualTo(error);
                    assertThat(refusal.remedy()).contains(remedy).endsWith(".");
                });
                assertThat(refused.refusals()).hasSize(concernsTheFile(call, errno) ? 2 : 1);
                assertThat(refused).hasMessageStartingWith("no memory for a heap: asked=" + memory + ". "
                        + refused.refusals().getFirst().describe());
                before.assertNothingLeft(calls);
            }
        }
    }

    @ParameterizedTest(name = "{0} {3}")
    @MethodSource("refusals")
    void aRefusalOfTransparentPagesEndsOnSmallPages(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String error, String remedy) {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(Libc.system())
                    .failWhen(HUGETLB_MEMFD, Errno.ENOSYS)
                    .failWhen(whileTrying(Backing.SHMEM_THP, fails), errno)
                    .failAll("mremap", errno);
            try (CodeHeap heap = over(calls, CodeHeap.builder()).name("t").build()) {
                assertThat(heap.report().backings()).containsExactly(Backing.SMALL);
                assertThat(heap.report().refusals()).extracting(Refusal::subject)
                        .containsExactly(concernsTheFile(call, errno)
                                ? new String[] {"hugetlb", "shmem-thp", "shmem-thp"}
                                : new String[] {"hugetlb", "shmem-thp"});
                assertThat(heap.report().refusals().getLast().error()).isEqualTo(error);
                assertThat(heap.report().describe())
                        .contains("in use: [small]", "refused: shmem-thp: " + call, error, remedy);
                assertThat(heap.stats().committedByBacking()).containsOnlyKeys(Backing.SMALL);
                assertThat(NativeCode.call(heap.define(NativeCode.returning(42)).address())).isEqualTo(42);
                assertThat(heap.audit().isClean()).isTrue();
            }
            before.assertNothingLeft(calls);
        }
    }

    static Stream<Arguments> refusalsOfThePool() {
        return refusals().filter(refusal -> !String.valueOf(refusal.get()[0]).contains("COLLAPSE"));
    }

    @ParameterizedTest(name = "{0} {3}")
    @MethodSource("refusalsOfThePool")
    void aRefusalOfThePoolEndsOnTransparentPagesAndHoldsNoPageOfThePool(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String error, String remedy) {
        HugePages.need(MemoryDemand.THP, 0).close();
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB, 1)) {
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(whileTrying(Backing.HUGETLB, fails), errno);
            try (CodeHeap heap = over(calls, CodeHeap.builder()).name("t").build()) {
                assertThat(heap.report().backings()).containsExactly(Backing.SHMEM_THP);
                assertThat(heap.report().refusals()).singleElement().satisfies(refusal -> {
                    assertThat(refusal.subject()).isEqualTo("hugetlb");
                    assertThat(refusal.call()).startsWith(call);
                    assertThat(refusal.error()).isEqualTo(error);
                    assertThat(refusal.remedy()).contains(remedy);
                });
                assertThat(HugePages.pool()).isEqualTo(before.pool());
                assertThat(heap.audit().isClean()).isTrue();

                // The pool may have been refilled, so the heap asks it again.
                calls.heal();
                heap.allocate(2 * REGION);
                assertThat(heap.report().backings()).containsExactly(Backing.SHMEM_THP, Backing.HUGETLB);
                assertThat(heap.audit().isClean()).isTrue();
            }
            before.assertNothingLeft(calls);
        }
    }

    @Test
    void aKernelWithoutTheNoexecSealIsAskedWithoutIt() {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failWhen(MEMFD.and(call -> (call.argument(1) & Linux.MFD_NOEXEC_SEAL) != 0), Errno.EINVAL);
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            assertThat(NativeCode.call(heap.define(NativeCode.returning(42)).address())).isEqualTo(42);
            assertThat(heap.report().refusals()).isEmpty();
        }
        assertThat(calls.calls("memfdCreate")).extracting(call -> call.argument(1))
                .containsExactly(
                        (long) Linux.MFD_CLOEXEC | Linux.MFD_ALLOW_SEALING | Linux.MFD_NOEXEC_SEAL,
                        (long) Linux.MFD_CLOEXEC | Linux.MFD_ALLOW_SEALING);
    }

    @Test
    void aCollapseThatTheKernelPutsOffIsRepeated() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        int[] putOff = {0};
        calls.failWhen(advise(Linux.MADV_COLLAPSE).and(call -> ++putOff[0] % 4 != 0), Errno.EAGAIN);
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0);
                CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.THP).build()) {
            assertThat(putOff[0]).isEqualTo(8);
            assertThat(heap.report().refusals()).isEmpty();
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void anInterruptedFallocateIsRepeated() {
        FaultyCalls calls = new FaultyCalls(Libc.system()).failNth("fallocate", 1, Errno.EINTR);
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            assertThat(heap.report().refusals()).isEmpty();
            assertThat(calls.count("fallocate")).isEqualTo(2);
        }
    }

    @Test
    void adviceToFillPageTablesMayBeRefused() {
        FaultyCalls calls =
                new FaultyCalls(Libc.system()).failWhen(advise(Linux.MADV_POPULATE_READ), Errno.EINVAL);
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            assertThat(heap.report().refusals()).isEmpty();
            assertThat(NativeCode.call(heap.define(NativeCode.returning(42)).address())).isEqualTo(42);
        }
    }

    @Test
    void aRefusalOfAddressSpaceIsNamedAndLeavesNothing() {
        for (int refused = 1; refused <= 2; refused++) {
            int view = refused;
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(Libc.system());
            long[] reserved = {0};
            // A view is first requested at a place of our choice, then at one of the kernel's choice.
            calls.failWhen(call -> call.method().equals("mmap") && (view == 1 || ++reserved[0] > 1), Errno.ENOMEM);
            BackingUnavailableException failure = catchThrowableOfType(
                    BackingUnavailableException.class,
                    () -> over(calls, CodeHeap.builder())
                            .capacity(3 * REGION)
                            .writePath(WritePath.ALIAS)
                            .build());
            assertThat(failure)
                    .hasMessage("no memory for a heap: asked=AUTO. reserve: mmap(PROT_NONE, "
                            + (view == 1 ? 9 * REGION : 5 * REGION) + ") failed: ENOMEM (12). Ask for"
                            + " a smaller capacity, or raise the limit of address space (ulimit -v) of this process.");
            before.assertNothingLeft(calls);
        }
    }

    @Test
    void aTakenPlaceIsDrawnAgainAndFinallyChosenByTheKernel() {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failWhen(call -> call.method().equals("mmap")
                        && (call.argument(3) & Linux.MAP_FIXED_NOREPLACE) != 0, Errno.EEXIST);
        Residue before = Residue.now();
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            assertThat(heap.report().address() % REGION).isZero();
            assertThat(heap.report().writableAddress() % REGION).isZero();
            assertThat(calls.calls("mmap")).filteredOn(FaultyCalls.Call::injected).hasSize(32);
            assertThat(heap.audit().isClean()).isTrue();
        }
        before.assertNothingLeft(calls);
    }
}
