package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FaultyCallsTest {

    private final FaultyCalls calls = new FaultyCalls(Libc.system());

    @Test
    void aCallWithoutARuleReachesTheKernelAndIsRecorded() {
        long pageBytes = calls.sysconf(Linux.SC_PAGESIZE);

        assertThat(pageBytes).isEqualTo(Libc.system().sysconf(Linux.SC_PAGESIZE));
        assertThat(calls.calls()).singleElement().satisfies(call -> {
            assertThat(call.method()).isEqualTo("sysconf");
            assertThat(call.argument(0)).isEqualTo(Linux.SC_PAGESIZE);
            assertThat(call.result()).isEqualTo(pageBytes);
            assertThat(call.injected()).isFalse();
        });
    }

    @Test
    void onlyTheNthCallOfTheMethodFailsAndItIsNeverMade() {
        calls.failNth("memfdCreate", 2, Errno.EMFILE);

        int first = calls.memfdCreate("first", Linux.MFD_CLOEXEC);
        calls.sysconf(Linux.SC_PAGESIZE);
        int second = calls.memfdCreate("second", Linux.MFD_CLOEXEC);
        int third = calls.memfdCreate("third", Linux.MFD_CLOEXEC);

        assertThat(first).isPositive();
        assertThat(second).isEqualTo(-Errno.EMFILE);
        assertThat(third).isPositive();
        assertThat(calls.calls("memfdCreate")).extracting(FaultyCalls.Call::injected)
                .containsExactly(false, true, false);
        assertThat(calls.close(first)).isZero();
        assertThat(calls.close(third)).isZero();
    }

    @Test
    void theNthCallOfAnyMethodCanFail() {
        calls.failNth(2, Errno.EINTR);

        assertThat(calls.membarrier(TestLinux.MEMBARRIER_CMD_QUERY, 0)).isNotNegative();
        assertThat(calls.close(-1)).isEqualTo(-Errno.EINTR);
        assertThat(calls.close(-1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void aPredicateFailsItsCallsUntilHealed() {
        calls.failWhen(call -> call.method().equals("ftruncate") && call.argument(1) > 4096, Errno.ENOSPC);
        int fd = calls.memfdCreate("predicate", Linux.MFD_CLOEXEC);

        assertThat(calls.ftruncate(fd, 4096)).isZero();
        assertThat(calls.ftruncate(fd, 8192)).isEqualTo(-Errno.ENOSPC);
        assertThat(calls.ftruncate(fd, 8192)).isEqualTo(-Errno.ENOSPC);
        calls.heal();
        assertThat(calls.ftruncate(fd, 8192)).isZero();
        assertThat(calls.close(fd)).isZero();
    }

    @Test
    void everyMethodOfTheInterfaceIsRecordedUnderItsOwnName() throws Exception {
        for (var method : SystemCalls.class.getMethods()) {
            FaultyCalls failing = new FaultyCalls(Libc.system()).failAll(method.getName(), Errno.EPERM);
            Object[] arguments = new Object[method.getParameterCount()];
            for (int index = 0; index < arguments.length; index++) {
                Class<?> type = method.getParameterTypes()[index];
                arguments[index] = type == String.class ? "text" : type == int.class ? (Object) (index + 1)
                        : (Object) (index + 1L);
            }

            Number result = (Number) method.invoke(failing, arguments);

            assertThat(result.longValue()).as(method.getName()).isEqualTo(-Errno.EPERM);
            assertThat(failing.calls()).singleElement().satisfies(call -> {
                assertThat(call.method()).isEqualTo(method.getName());
                assertThat(call.arguments().stream().map(Object::toString))
                        .containsExactly(Arrays.stream(arguments).map(Object::toString)
                                .toArray(String[]::new));
            });
        }
    }

    @Test
    void aRecordedCallReadsLikeATrace() {
        calls.failNth("munmap", 1, Errno.ENOMEM);
        calls.munmap(0x200000, 4096);

        assertThat(calls.calls().getFirst()).hasToString("munmap(0x200000, 0x1000) = ENOMEM (12) injected");
    }

    @Test
    void callsAreCountedFromOne() {
        assertThatThrownBy(() -> calls.failNth("mmap", 0, Errno.ENOMEM)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("calls count from 1: nth=0");
    }
}
