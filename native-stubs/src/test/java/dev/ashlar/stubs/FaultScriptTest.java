package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: a script makes exactly the calls fail that it names, and a wrong script is explained. */
class FaultScriptTest {
    private static final int QUERY = TestLinux.MEMBARRIER_CMD_QUERY;

    @Test
    void aNumberFailsOneCall() {
        SystemCalls calls = FaultScript.parse("membarrier:2=ENOSYS").around(Libc.system());
        assertThat(calls.membarrier(QUERY, 0)).isNotNegative();
        assertThat(calls.membarrier(QUERY, 0)).isEqualTo(-Errno.ENOSYS);
        assertThat(calls.membarrier(QUERY, 0)).isNotNegative();
    }

    @Test
    void aRangeFailsTheCallsInIt() {
        SystemCalls calls = FaultScript.parse("membarrier:2-3=EPERM").around(Libc.system());
        assertThat(calls.membarrier(QUERY, 0)).isNotNegative();
        assertThat(calls.membarrier(QUERY, 0)).isEqualTo(-Errno.EPERM);
        assertThat(calls.membarrier(QUERY, 0)).isEqualTo(-Errno.EPERM);
        assertThat(calls.membarrier(QUERY, 0)).isNotNegative();
    }

    @Test
    void anOpenRangeFailsUntilTheEnd() {
        FaultScript script = FaultScript.parse("membarrier:2-=EPERM");
        SystemCalls calls = script.around(Libc.system());
        assertThat(calls.membarrier(QUERY, 0)).isNotNegative();
        assertThat(calls.membarrier(QUERY, 0)).isEqualTo(-Errno.EPERM);
        assertThat(calls.membarrier(QUERY, 0)).isEqualTo(-Errno.EPERM);
        script.end();
        assertThat(calls.membarrier(QUERY, 0)).isNotNegative();
    }

    @Test
    void rulesCountOnTheirOwnAndTheFirstThatAppliesDecides() {
        FaultScript script = FaultScript.parse(" *:2=EIO ; membarrier : 1-2 = EPERM; mseal:*=ENOSYS");
        SystemCalls calls = script.around(Libc.system());
        assertThat(calls.membarrier(QUERY, 0)).isEqualTo(-Errno.EPERM);
        assertThat(calls.membarrier(QUERY, 0)).isEqualTo(-Errno.EIO);
        assertThat(calls.membarrier(QUERY, 0)).isNotNegative();
        assertThat(script.outcomes()).containsExactly(
                new FaultScript.Outcome("*:2=EIO", 3, 1),
                new FaultScript.Outcome("membarrier : 1-2 = EPERM", 3, 1),
                new FaultScript.Outcome("mseal:*=ENOSYS", 0, 0));
    }

    /** Linux closes the descriptor even if the call fails. */
    @Test
    void aCloseThatFailsClosesTheDescriptor() {
        SystemCalls calls = FaultScript.parse("close:1=EINTR").around(Libc.system());
        int fd = calls.memfdCreate("closed", Linux.MFD_CLOEXEC);
        assertThat(calls.close(fd)).isEqualTo(-Errno.EINTR);
        assertThat(Files.exists(Path.of("/proc/self/fd/" + fd))).isFalse();
    }

    @Test
    void whatIsMappedIsKnownAfterwards() {
        FaultScript script = FaultScript.parse("mmap:2=ENOMEM");
        SystemCalls calls = script.around(Libc.system());
        int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS;
        long address = calls.mmap(0, 4096, Linux.PROT_NONE, flags, -1, 0);
        assertThat(calls.mmap(0, 4096, Linux.PROT_NONE, flags, -1, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(script.reservations()).containsExactly(AddressRange.ofSize(address, 4096));
        calls.munmap(address, 4096);
    }

    @ParameterizedTest
    @EnumSource(SystemCall.class)
    void everyCallFailsWithEveryErrorOfItsManualPage(SystemCall call) throws ReflectiveOperationException {
        assertThat(call.errors()).isNotEmpty().doesNotHaveDuplicates();
        Method method = Arrays.stream(SystemCalls.class.getMethods())
                .filter(candidate -> SystemCall.ofMethod(candidate.getName()).stream().anyMatch(call::equals))
                .findFirst()
                .orElseThrow();
        for (Errno error : call.errors()) {
            SystemCalls calls = FaultScript.parse(call.manualName() + ":1=" + error.name()).around(Libc.system());
            long result = ((Number) method.invoke(calls, harmless(method))).longValue();
            assertThat(result).as(call + " " + error).isEqualTo(call == SystemCall.SYSCONF ? -1 : -error.number());
        }
    }

    @Test
    void everyMethodOfTheBoundaryCanFail() {
        assertThat(SystemCalls.class.getMethods())
                .allSatisfy(method -> assertThat(SystemCall.ofMethod(method.getName())).as(method.getName())
                        .isPresent());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''|1: \"\" must be CALL:WHICH=ERROR, for example mmap:3=ENOMEM",
        "mmap|1: \"mmap\" must be CALL:WHICH=ERROR",
        "mmap:1=EIO;|12: \"\" must be CALL:WHICH=ERROR",
        "mmap:1=EIO; mapp:*=EIO|13: \"mapp\" must be * or one of mmap, munmap, mprotect",
        "mmap:0=EIO|6: \"0\" must be a number from 1, a range such as 2-5 or 4-, or *",
        "mmap:a-3=EIO|6: \"a-3\" must be a number from 1",
        "mmap:-3=EIO|6: \"-3\" must be a number from 1",
        "mmap:5-3=EIO|6: \"5-3\" ends before it starts",
        "mmap:3=ENOPE|8: \"ENOPE\" must be the name of an error of Linux, for example ENOMEM",
        "mmap:3=E41|8: \"E41\" must be the name of an error of Linux, for example ENOMEM"})
    void aWrongScriptIsExplainedWithItsPosition(String script, String rest) {
        assertThatThrownBy(() -> FaultScript.parse(script))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("fault script \"" + script + "\", position " + rest);
    }

    /** Arguments with which a call that the script does not stop changes nothing: close is made, of no descriptor. */
    private static Object[] harmless(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(type -> type == String.class ? "none"
                        : type == int.class ? (Object) Integer.valueOf(-1) : (Object) 0L)
                .toArray();
    }
}
